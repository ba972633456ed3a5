//! Reports that came by the upload door. An upload fulfils the report of its name, or the part
//! `NAME:PART` of one that has parts.
//!
//! Where the policy names an artifact too, the two must be the same file: which of two would count
//! is nothing that can be told from when they came, because runs are repeated and clocks differ.
//! Two that differ are no report.

use std::collections::BTreeSet;

use gate_core::{
    evidence::{Piece, Report},
    measure::Message,
    policy::{ExpectedReport, Policy},
};

use crate::{
    github::Artifact,
    ids::CommitSha,
    store::{ReportFile, Upload},
};

use super::{
    GatherError, Sources,
    reports::{Commit, GONE},
};

impl Sources {
    /// A report that the policy names no artifact for: it is uploaded, or awaited until its
    /// deadline, because nobody can tell whether somebody is still at it.
    pub(super) async fn upload_only(
        &self,
        expected: &ExpectedReport,
        commit: &Commit<'_>,
        upload: Option<&Upload>,
    ) -> Result<Piece<Report>, GatherError> {
        match upload {
            Some(upload) => self.read_upload(expected, commit, upload).await,
            None => {
                let from =
                    Message::new("whoever uploads it, because the policy names no artifact for it");
                Ok(Piece::Awaited { since: commit.since, from })
            }
        }
    }

    /// A report that was uploaded, and what was found in artifacts for it besides.
    pub(super) async fn upload_beside(
        &self,
        expected: &ExpectedReport,
        commit: &Commit<'_>,
        upload: &Upload,
        found: &[(&Artifact, ReportFile)],
    ) -> Result<Piece<Report>, GatherError> {
        let others = found.iter().filter(|(_, file)| file.digest != upload.file.digest);
        let others: Vec<String> =
            others.map(|(artifact, file)| format!("{}: {}", artifact.name, file.name)).collect();
        if others.is_empty() {
            return self.read_upload(expected, commit, upload).await;
        }
        let why = Message::new("it was uploaded by ")
            .quote(&upload.by)
            .say(", and another one is in the artifact ")
            .quote_each(others, 5)
            .say("; bring it one way, or bring the same");
        Ok(Piece::Broken { why })
    }

    /// What was uploaded and no policy asks for: it is shown, because somebody meant something by it.
    pub(super) async fn unused_uploads(
        &self,
        policy: &Policy,
        commit: &CommitSha,
    ) -> Result<Vec<String>, GatherError> {
        let uploads = self.store.uploads(self.id, commit).await?.into_iter();
        let names = uploads.map(|upload| upload.file.name);
        let parts = policy.reports().iter().flat_map(ExpectedReport::by_part);
        let wanted: BTreeSet<String> = parts.map(|(_, part)| part.name).collect();
        Ok(names.filter(|name| !wanted.contains(name)).collect())
    }

    async fn read_upload(
        &self,
        expected: &ExpectedReport,
        commit: &Commit<'_>,
        upload: &Upload,
    ) -> Result<Piece<Report>, GatherError> {
        let trust = if upload.is_trusted { "" } else { ", from a fork" };
        let origin = format!("upload by {}{trust}", upload.by);
        let piece = self.read(expected, commit, origin, &upload.file).await?;
        Ok(piece.unwrap_or_else(|| Piece::Broken {
            why: Message::new("it was uploaded, and ").say(GONE).say("; upload it again"),
        }))
    }
}
