//! The workflow runs of a commit, as their jobs show them, and what follows from them for a report
//! that has not come.

use std::collections::BTreeMap;

use gate_core::{
    evidence::{Piece, Report},
    measure::Message,
    policy::ExpectedReport,
};
use jiff::Timestamp;

use crate::{
    github::{Artifact, Check, Conclusion, Status},
    ids::RunId,
};

/// A workflow run, as its jobs show it.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) id: RunId,
    pub(super) workflow: String,
    pub(super) is_done: bool,
    /// Its newest job: another one after a re-run.
    pub(super) stamp: u64,
    /// Its jobs and how each ended; none while it runs.
    jobs: Vec<(String, Option<Conclusion>)>,
}

/// The runs that these jobs belong to, the oldest first.
pub(super) fn runs(jobs: &[Check]) -> Vec<Run> {
    let mut runs: BTreeMap<RunId, Run> = BTreeMap::new();
    for job in jobs {
        let Some(id) = job.run else { continue };
        let stamp = job.id.map_or(0, |id| id.0);
        // Between two jobs, of which one needs the other, only the run says that more will come.
        let is_done = [Some(job.status), job.run_status]
            .into_iter()
            .flatten()
            .all(|status| status == Status::Completed);
        let run = runs.entry(id).or_insert_with(|| Run {
            id,
            workflow: job.workflow.clone().unwrap_or_else(|| job.name.clone()),
            is_done: true,
            stamp: 0,
            jobs: Vec::new(),
        });
        run.is_done &= is_done;
        run.stamp = run.stamp.max(stamp);
        run.jobs.push((job.name.clone(), job.conclusion));
    }
    runs.into_values().collect()
}

/// Whether one of the runs that these jobs belong to is under way.
pub(super) fn is_any_running(jobs: &[Check]) -> bool {
    runs(jobs).iter().any(|run| !run.is_done)
}

/// The run of the same workflow that will leave this artifact anew, if one is at it: pushed and
/// asked for, or labelled, a commit may be tested twice by one workflow.
pub(super) fn newer<'a>(artifact: &Artifact, runs: &'a [Run]) -> Option<&'a Run> {
    let of = runs.iter().find(|run| Some(run.id) == artifact.run)?;
    runs.iter().find(|run| !run.is_done && run.workflow == of.workflow && run.id > of.id)
}

/// What has not come: awaited while somebody may bring it, and missing once nobody can.
pub(super) fn absent(
    expected: &ExpectedReport,
    since: Timestamp,
    runs: &[Run],
    expired: Option<&Artifact>,
) -> Piece<Report> {
    let artifact = expected.artifact.as_deref().unwrap_or_default();
    let running: Vec<&str> =
        runs.iter().filter(|run| !run.is_done).map(|run| run.workflow.as_str()).collect();
    if !running.is_empty() {
        let from = Message::new("the workflow ").quote_each(running, 3);
        return Piece::Awaited { since, from };
    }
    if runs.is_empty() {
        let from = Message::new("a workflow run, of which none has begun");
        return Piece::Awaited { since, from };
    }
    if let Some(expired) = expired {
        let why = Message::new("the artifact ").quote(&expired.name);
        let why = why.say(" has expired; run its workflow again");
        return Piece::Missing { why };
    }
    let why = Message::new("every workflow run has ended, and none left the file ")
        .quote(&expected.file)
        .say(" in the artifact ")
        .quote(artifact)
        .say(": ")
        .quote_each(ended(runs), 5);
    Piece::Missing { why }
}

/// Every job and how it ended, those first that did not end well.
fn ended(runs: &[Run]) -> Vec<String> {
    let jobs = runs.iter().flat_map(|run| run.jobs.iter().map(move |job| (run, job)));
    let mut jobs: Vec<_> = jobs.collect();
    jobs.sort_by_key(|(_, (_, conclusion))| *conclusion == Some(Conclusion::Success));
    let words = |(run, (name, conclusion)): (&Run, &(String, Option<Conclusion>))| {
        let ended = conclusion.map_or("no conclusion", Conclusion::as_str);
        format!("{} / {name} ({ended})", run.workflow)
    };
    jobs.into_iter().map(words).collect()
}
