//! The reports that a policy names, from the artifacts of a commit's workflow runs.
//!
//! A run that has ended is listed once, and an artifact is downloaded once; both are remembered.
//! What has not come is awaited while any run may still bring it, and missing as soon as none can.
//! A report may also have been uploaded: see [`uploads`](super::uploads).

use std::collections::BTreeMap;

use gate_core::{
    evidence::{Piece, Report, merge_parts},
    measure::Message,
    policy::{ExpectedReport, Policy},
};
use globset::{GlobBuilder, GlobMatcher};
use jiff::Timestamp;
use tokio::sync::OnceCell;

use crate::{
    github::{self, Artifact, Check, Incomplete, UnpackLimits, unpack},
    ids::CommitSha,
    store::{ReportFile, Upload},
};

use super::{
    GatherError, Sources,
    facts::Fact,
    files::Files,
    runs::{Run, absent, newer, runs},
};

/// What is told of bytes that are no longer kept.
pub(super) const GONE: &str = "its bytes are gone";

/// A commit whose reports are wanted.
pub(super) struct Commit<'a> {
    pub(super) sha: &'a CommitSha,
    /// Its jobs of Actions, which tell of their runs.
    pub(super) jobs: Result<&'a [Check], &'a Incomplete>,
    /// Since when its reports are waited for.
    pub(super) since: Timestamp,
    /// Whether its runs are those of a fork, whose writer nobody knows.
    pub(super) is_fork: bool,
    /// Its files, once they have been asked for.
    pub(super) files: OnceCell<Files>,
}

impl Sources {
    /// Every report of the policy, as far as it has come.
    pub(super) async fn reports(
        &self,
        policy: &Policy,
        commit: &Commit<'_>,
    ) -> Result<BTreeMap<String, Piece<Report>>, GatherError> {
        let mut reports = BTreeMap::new();
        let uploads = self.store.uploads(self.id, commit.sha).await?;
        let uploaded = |expected: &ExpectedReport| {
            uploads.iter().find(|upload| upload.file.name == expected.name)
        };
        // What the policy names no artifact for is only ever uploaded, whatever the jobs say.
        for expected in policy.reports().iter().filter(|expected| expected.artifact.is_none()) {
            let mut parts = Vec::new();
            for (part, wanted) in expected.by_part() {
                parts.push((part, self.upload_only(&wanted, commit, uploaded(&wanted)).await?));
            }
            reports.insert(expected.name.clone(), merge_parts(parts));
        }
        let by_artifact = || policy.reports().iter().filter(|one| one.artifact.is_some());
        let jobs = match commit.jobs {
            Ok(jobs) => jobs,
            Err(incomplete) => {
                let broken = |expected: &ExpectedReport| {
                    let why = Message::default().quote(incomplete.to_string());
                    (expected.name.clone(), Piece::Broken { why })
                };
                reports.extend(by_artifact().map(broken));
                return Ok(reports);
            }
        };
        let runs = runs(jobs);
        let mut artifacts = Vec::new();
        for run in runs.iter().filter(|run| run.is_done) {
            artifacts.extend(self.listing(run).await?);
        }
        for expected in by_artifact() {
            let mut parts = Vec::new();
            for (part, wanted) in expected.by_part() {
                let upload = uploaded(&wanted);
                let found = (runs.as_slice(), artifacts.as_slice());
                parts.push((part, Box::pin(self.report(&wanted, commit, found, upload)).await?));
            }
            reports.insert(expected.name.clone(), merge_parts(parts));
        }
        Ok(reports)
    }

    async fn report(
        &self,
        expected: &ExpectedReport,
        commit: &Commit<'_>,
        (runs, artifacts): (&[Run], &[Artifact]),
        upload: Option<&Upload>,
    ) -> Result<Piece<Report>, GatherError> {
        let named = expected.artifact.as_deref().unwrap_or_default();
        let (Some(artifact_glob), Some(file_glob)) = (glob(named), glob(&expected.file)) else {
            let why = Message::default().quote(named).say(" or ").quote(&expected.file);
            return Ok(Piece::Broken { why: why.say(" is no glob") });
        };
        let newest = newest(artifacts, &artifact_glob);
        if let Some(run) = newest.iter().find_map(|artifact| newer(artifact, runs)) {
            let from = Message::new("the workflow ").quote(&run.workflow).say(", which runs again");
            return Ok(Piece::Awaited { since: commit.since, from });
        }
        let mut found: Vec<(&Artifact, ReportFile)> = Vec::new();
        for artifact in newest {
            if let Some(why) = self.stray(artifact, commit.sha) {
                return Ok(Piece::Broken { why });
            }
            match self.files(artifact).await? {
                Ok(files) => {
                    let fitting = files.into_iter().filter(|file| file_glob.is_match(&file.name));
                    found.extend(fitting.map(|file| (artifact, file)));
                }
                Err(why) => {
                    let why =
                        Message::new("the artifact ").quote(&artifact.name).say(": ").quote(why);
                    return Ok(Piece::Broken { why });
                }
            }
        }
        if let Some(upload) = upload {
            return self.upload_beside(expected, commit, upload, &found).await;
        }
        match found.as_slice() {
            [] => {
                let is_expired = |one: &&Artifact| one.expired && artifact_glob.is_match(&one.name);
                let expired = artifacts.iter().find(is_expired);
                Ok(absent(expected, commit.since, runs, expired))
            }
            [(artifact, file)] => {
                let run = artifact.run.map(|run| format!(" of run {run}")).unwrap_or_default();
                let trust = if commit.is_fork { ", from a fork" } else { "" };
                let origin = format!("artifact {}{run}: {}{trust}", artifact.name, file.name);
                match Box::pin(self.read(expected, commit, origin, file)).await? {
                    Some(piece) => Ok(piece),
                    // Pruned between two steps: the next evaluation fetches it again.
                    None => Err(GatherError::Kept { what: "a report", why: GONE.to_owned() }),
                }
            }
            several => {
                let names = several
                    .iter()
                    .map(|(artifact, file)| format!("{}: {}", artifact.name, file.name));
                let why =
                    Message::new(format_args!("{} files fit, and one is needed: ", several.len()))
                        .quote_each(names, 5);
                Ok(Piece::Broken { why })
            }
        }
    }

    /// The artifacts of a run that has ended; asked for once.
    async fn listing(&self, run: &Run) -> Result<Vec<Artifact>, GatherError> {
        let name = format!("run:{}:{}", run.id, run.stamp);
        let fact = Fact { name: &name, what: "the list of a run's artifacts" };
        if let Some(known) = self.known_unless_asked(fact).await? {
            return Ok(known);
        }
        let mut artifacts = self.repository.artifacts_of(run.id, None).await?;
        let is_told = |one: &Artifact| one.head_sha.is_some() && one.repository.is_some();
        if !artifacts.iter().all(is_told) {
            // An older Enterprise Server does not say where an artifact comes from. The run does, and
            // the token opens this repository alone.
            let head = self.repository.run(run.id).await?.head_sha;
            for artifact in artifacts.iter_mut().filter(|one| !is_told(one)) {
                artifact.head_sha = Some(head.clone());
                artifact.repository = Some(self.id);
            }
        }
        for artifact in &mut artifacts {
            artifact.run = Some(run.id);
        }
        self.keep(fact, &artifacts).await?;
        Ok(artifacts)
    }

    /// Why an artifact is not this commit's, if it is not.
    fn stray(&self, artifact: &Artifact, commit: &CommitSha) -> Option<Message> {
        let is_ours = artifact.repository == Some(self.id);
        let head = artifact.head_sha.as_ref();
        if is_ours && head == Some(commit) {
            return None;
        }
        let of = match (is_ours, head) {
            (true, Some(head)) => format!("the commit {head}"),
            (true, None) => "no commit that it names".to_owned(),
            (false, _) => "another repository".to_owned(),
        };
        let why = Message::new("the artifact ").quote(&artifact.name).say(" is of ").quote(of);
        Some(why.say(format_args!(", not of {commit}")))
    }

    /// The files of an artifact; fetched once. What is wrong with the artifact itself is told, and
    /// told again each time: it does not get better.
    async fn files(
        &self,
        artifact: &Artifact,
    ) -> Result<Result<Vec<ReportFile>, String>, GatherError> {
        let is_new = match self.asked {
            Some(asked) => self.store.has_read_since(self.id, artifact.id, asked).await?,
            None => true,
        };
        if is_new && let Some(files) = self.store.artifact(self.id, artifact.id).await? {
            return Ok(Ok(files));
        }
        let limits = UnpackLimits::default();
        // What would not be unpacked is not fetched.
        let download = match self.repository.download(artifact, limits.packed).await {
            Ok(download) => download,
            Err(
                error @ (github::Error::TooLarge { .. }
                | github::Error::NotFound { .. }
                | github::Error::Corrupt { .. }),
            ) => return Ok(Err(error.to_string())),
            Err(error) => return Err(error.into()),
        };
        let name = artifact.name.clone();
        let unpacked = tokio::task::spawn_blocking(move || {
            unpack(&download.bytes, download.content_type.as_deref(), &name, &limits)
        });
        let unpacked = match unpacked.await {
            Ok(Ok(files)) => files,
            Ok(Err(error)) => return Ok(Err(error.to_string())),
            Err(_) => return Ok(Err("unpacking it failed inside; please report it".to_owned())),
        };
        let mut files = Vec::new();
        for (name, bytes) in unpacked {
            let digest = self.store.keep_report(bytes, self.now).await?;
            files.push(ReportFile { name, digest });
        }
        self.store.note_artifact(self.id, artifact.id, &files, self.now).await?;
        Ok(Ok(files))
    }
}

/// Of the artifacts whose name fits, the newest of each name.
fn newest<'a>(artifacts: &'a [Artifact], glob: &GlobMatcher) -> Vec<&'a Artifact> {
    let mut by_name: BTreeMap<&str, &Artifact> = BTreeMap::new();
    for artifact in artifacts.iter().filter(|one| !one.expired && glob.is_match(&one.name)) {
        let newest = by_name.entry(&artifact.name).or_insert(artifact);
        if (artifact.created_at, artifact.id) > (newest.created_at, newest.id) {
            *newest = artifact;
        }
    }
    by_name.into_values().collect()
}

fn glob(pattern: &str) -> Option<GlobMatcher> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build().ok()?;
    Some(glob.compile_matcher())
}
