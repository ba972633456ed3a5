//! The reports that a policy names, from the artifacts of a commit's workflow runs.
//!
//! A run that has ended is listed once, and an artifact is downloaded once; both are remembered.
//! What has not come is awaited while any run may still bring it, and missing as soon as none can.

use std::collections::BTreeMap;

use gate_core::{
    evidence::{Piece, Provenance, Report},
    measure::Message,
    policy::{ExpectedReport, Policy},
    report::{self, Limits, ReadOptions},
};
use globset::{GlobBuilder, GlobMatcher};
use jiff::Timestamp;

use crate::{
    github::{self, Artifact, Check, Incomplete, UnpackLimits, unpack},
    ids::{CommitSha, RunId},
    store::ReportFile,
};

use super::{GatherError, Sources};

/// A commit whose reports are wanted.
pub(super) struct Commit<'a> {
    pub(super) sha: &'a CommitSha,
    /// Its checks, of which the jobs of Actions tell of their runs.
    pub(super) checks: Result<&'a [Check], &'a Incomplete>,
    /// Since when its reports are waited for.
    pub(super) since: Timestamp,
    /// Whether its runs are those of a fork, whose writer nobody knows.
    pub(super) is_fork: bool,
}

/// A workflow run, as its jobs show it.
#[derive(Debug)]
struct Run {
    id: RunId,
    workflow: String,
    is_done: bool,
    /// How its worst job ended, for people.
    ended: String,
    /// Its newest job: another one after a re-run.
    stamp: u64,
}

impl Sources {
    /// Every report of the policy, as far as it has come.
    pub(super) async fn reports(
        &self,
        policy: &Policy,
        commit: &Commit<'_>,
    ) -> Result<BTreeMap<String, Piece<Report>>, GatherError> {
        let checks = match commit.checks {
            Ok(checks) => checks,
            Err(incomplete) => {
                let broken = |expected: &ExpectedReport| {
                    let why = Message::default().quote(incomplete.to_string());
                    (expected.name.clone(), Piece::Broken { why })
                };
                return Ok(policy.reports().iter().map(broken).collect());
            }
        };
        let runs = runs(checks);
        let mut artifacts = Vec::new();
        for run in runs.iter().filter(|run| run.is_done) {
            let of_this = self.listing(run).await?.into_iter().filter(|artifact| {
                artifact.head_sha.as_ref().is_none_or(|sha| sha == commit.sha)
                    && artifact.repository.is_none_or(|id| id == self.id)
            });
            artifacts.extend(of_this);
        }
        let mut reports = BTreeMap::new();
        for expected in policy.reports() {
            let piece = self.report(expected, commit, &runs, &artifacts).await?;
            reports.insert(expected.name.clone(), piece);
        }
        Ok(reports)
    }

    async fn report(
        &self,
        expected: &ExpectedReport,
        commit: &Commit<'_>,
        runs: &[Run],
        artifacts: &[Artifact],
    ) -> Result<Piece<Report>, GatherError> {
        let Some(named) = &expected.artifact else {
            let why = Message::new("the policy names no artifact for it");
            return Ok(Piece::Missing { why });
        };
        let (Some(artifact_glob), Some(file_glob)) = (glob(named), glob(&expected.file)) else {
            let why = Message::default().quote(named).say(" or ").quote(&expected.file);
            return Ok(Piece::Broken { why: why.say(" is no glob") });
        };
        let mut found: Vec<(&Artifact, ReportFile)> = Vec::new();
        for artifact in newest(artifacts, &artifact_glob) {
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
        match found.as_slice() {
            [] => Ok(absent(expected, commit, runs)),
            [(artifact, file)] => self.read(expected, commit, artifact, file).await,
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
        if let Some(fact) = self.store.fact(self.id, &name).await? {
            return serde_json::from_str(&fact).map_err(|error| GatherError::Kept {
                what: "the list of a run's artifacts",
                why: error.to_string(),
            });
        }
        let artifacts = self.repository.artifacts_of(run.id, None).await?;
        let fact = serde_json::to_string(&artifacts).map_err(|error| GatherError::Kept {
            what: "the list of a run's artifacts",
            why: error.to_string(),
        })?;
        self.store.keep_fact(self.id, &name, &fact, self.now).await?;
        Ok(artifacts)
    }

    /// The files of an artifact; fetched once. What is wrong with the artifact itself is told, and
    /// told again each time: it does not get better.
    async fn files(
        &self,
        artifact: &Artifact,
    ) -> Result<Result<Vec<ReportFile>, String>, GatherError> {
        if let Some(files) = self.store.artifact(self.id, artifact.id).await? {
            return Ok(Ok(files));
        }
        let limits = UnpackLimits::default();
        // What would not be unpacked is not fetched.
        let download = match self.repository.download(artifact, limits.packed).await {
            Ok(download) => download,
            Err(error @ (github::Error::TooLarge { .. } | github::Error::NotFound { .. })) => {
                return Ok(Err(error.to_string()));
            }
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

    async fn read(
        &self,
        expected: &ExpectedReport,
        commit: &Commit<'_>,
        artifact: &Artifact,
        file: &ReportFile,
    ) -> Result<Piece<Report>, GatherError> {
        let Some(bytes) = self.store.report(&file.digest).await? else {
            // Pruned between two steps: the next evaluation fetches it again.
            return Err(GatherError::Kept { what: "a report", why: "it is gone".to_owned() });
        };
        let size = bytes.len() as u64;
        let mut options = ReadOptions::default()
            .with_limits(Limits::default().with_bytes(UnpackLimits::default().unpacked));
        if let Some(format) = expected.format {
            options = options.with_format(format);
        }
        let report = tokio::task::spawn_blocking(move || report::read(&bytes, &options)).await;
        let run = artifact.run.map(|run| format!(" of run {run}")).unwrap_or_default();
        let trust = if commit.is_fork { ", from a fork" } else { "" };
        let origin = format!("artifact {}{run}: {}{trust}", artifact.name, file.name);
        Ok(match report {
            Ok(Ok(report)) => Piece::Present(report.with_provenance(Provenance {
                origin,
                digest: file.digest.clone(),
                bytes: size,
            })),
            Ok(Err(error)) => Piece::Broken {
                why: Message::default().quote(&file.name).say(": ").quote(error.to_string()),
            },
            Err(_) => Piece::Broken {
                why: Message::new("reading it failed inside; please report it: ").quote(&file.name),
            },
        })
    }
}

/// The runs that jobs among these checks belong to.
fn runs(checks: &[Check]) -> Vec<Run> {
    let mut runs: BTreeMap<RunId, Run> = BTreeMap::new();
    for check in checks {
        let Some(id) = check.run else { continue };
        let ended = check.conclusion.map_or("running", github::Conclusion::as_str);
        let workflow = check.workflow.clone().unwrap_or_else(|| check.name.clone());
        let stamp = check.id.map_or(0, |id| id.0);
        // Between two jobs, of which one needs the other, only the run says that more will come.
        let is_done = [Some(check.status), check.run_status]
            .into_iter()
            .flatten()
            .all(|status| status == github::Status::Completed);
        let run = runs.entry(id).or_insert_with(|| Run {
            id,
            workflow,
            is_done: true,
            ended: "success".to_owned(),
            stamp: 0,
        });
        run.is_done &= is_done;
        run.stamp = run.stamp.max(stamp);
        if ended != "success" {
            ended.clone_into(&mut run.ended);
        }
    }
    runs.into_values().collect()
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

/// What has not come: awaited while somebody may bring it, and missing once nobody can.
fn absent(expected: &ExpectedReport, commit: &Commit<'_>, runs: &[Run]) -> Piece<Report> {
    let artifact = expected.artifact.as_deref().unwrap_or_default();
    let running: Vec<&str> =
        runs.iter().filter(|run| !run.is_done).map(|run| run.workflow.as_str()).collect();
    if !running.is_empty() {
        let from = Message::new("the workflow ").quote_each(running, 3);
        return Piece::Awaited { since: commit.since, from };
    }
    if runs.is_empty() {
        let from = Message::new("a workflow run, of which none has begun");
        return Piece::Awaited { since: commit.since, from };
    }
    let ended = runs.iter().map(|run| format!("{} ({}: {})", run.workflow, run.id, run.ended));
    let why = Message::new("every workflow run has ended, and none left the file ")
        .quote(&expected.file)
        .say(" in the artifact ")
        .quote(artifact)
        .say(": ")
        .quote_each(ended, 5);
    Piece::Missing { why }
}
