//! A crowd of pull requests, brought from stage to stage by webhooks; each step ends when the check
//! of every one of them is written.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    app::App,
    database::Database,
    meter,
    replay::{Replay, Written},
    sender::{Kind, Sender, Webhook},
    tape::{Stage, Tape},
    template::Place,
};

/// A step of every pull request: what happens, how far it then is, and how its check then stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    event: Kind,
    stage: Stage,
    conclusion: Option<&'static str>,
}

/// It is opened: the first snapshot, and a check that waits.
pub(crate) const OPENED: Step = Step {
    name: "opened → check in progress",
    event: ("pull_request", "opened"),
    stage: Stage::Opened,
    conclusion: None,
};
/// Its workflow has ended: reports are listed, downloaded, read.
pub(crate) const REPORTED: Step = Step {
    name: "reports came → check updated",
    event: ("workflow_run", "completed"),
    stage: Stage::Reported,
    conclusion: None,
};
/// It is approved: one snapshot, the reports of before, one write.
pub(crate) const APPROVED: Step = Step {
    name: "review → check concluded",
    event: ("pull_request_review", "submitted"),
    stage: Stage::Approved,
    conclusion: Some("success"),
};

/// Pull requests, GitHub, and who judges them.
pub(crate) struct Crowd<'a> {
    pub(crate) tape: &'a Tape,
    pub(crate) replay: Replay,
    pub(crate) apps: Vec<App>,
    /// Theirs; after them, because it outlives them.
    pub(crate) database: Database,
    pub(crate) size: (usize, usize),
}

/// What a step cost.
#[derive(Debug, Clone)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    pub(crate) app: Duration,
    pub(crate) database: Duration,
    pub(crate) generator: Duration,
    pub(crate) snapshots: usize,
    /// From just before a webhook was sent to GitHub's answer to the write.
    pub(crate) waits: Vec<Duration>,
}

impl Crowd<'_> {
    /// Takes these pull requests through a step; one event each `pace`, or all at once.
    pub(crate) async fn step(
        &mut self,
        step: Step,
        pulls: std::ops::Range<usize>,
        pace: Option<Duration>,
    ) -> Result<Cost, String> {
        let count = pulls.len();
        let mut webhooks = Vec::with_capacity(count);
        for pull in pulls.clone() {
            let place = Place { pull, repositories: self.size.1 };
            webhooks.push(Webhook::new(self.tape, step.event, place)?);
            self.replay.stage(pull, step.stage);
        }
        let urls: Vec<String> = self.apps.iter().map(|app| app.url().to_owned()).collect();
        let before = self.used()?;
        let snapshots = self.replay.snapshots();
        let sender = Sender::new()?;
        let begun = Instant::now();
        let first = pulls.start;
        let sending = tokio::spawn(async move {
            let Some(pace) = pace else {
                let connections = 16.max(urls.len());
                sender.all(&urls, webhooks.into(), connections).await?;
                return Ok(vec![begun; count]);
            };
            let mut sent = Vec::with_capacity(count);
            let mut beat = tokio::time::interval(pace);
            for (turn, webhook) in webhooks.iter().enumerate() {
                beat.tick().await;
                sent.push(Instant::now());
                let app = urls.get(turn % urls.len()).ok_or("nobody judges")?;
                sender.send(app, webhook).await?;
            }
            Ok::<Vec<Instant>, String>(sent)
        });
        let mut ended: Vec<Option<Written>> = vec![None; count];
        let mut left: BTreeSet<usize> = pulls.collect();
        while !left.is_empty() {
            let written = self.replay.written().await?;
            // A second look may write once more; what counts is the check that is wanted, and it comes
            // or the measurement ends with an error.
            if written.conclusion.as_deref() != step.conclusion || !left.remove(&written.pull) {
                continue;
            }
            let at = written.pull - first;
            if let Some(place) = ended.get_mut(at) {
                *place = Some(written);
            }
        }
        let wall = begun.elapsed();
        let sent = sending.await.map_err(|error| error.to_string())??;
        let waits = sent.iter().zip(ended.iter().flatten());
        let waits = waits.map(|(sent, written)| written.at.duration_since(*sent)).collect();
        let after = self.used()?;
        Ok(Cost {
            wall,
            app: after.0 - before.0,
            database: after.1.saturating_sub(before.1),
            generator: after.2 - before.2,
            snapshots: self.replay.snapshots() - snapshots,
            waits,
        })
    }

    /// CPU time: of the Apps, of the database, and of the generator with its GitHub.
    fn used(&self) -> Result<(Duration, Duration, Duration), String> {
        let apps: Vec<u32> = self.apps.iter().map(App::pid).collect();
        let own = [std::process::id()];
        // Connections come and go, and so do the server's processes.
        let database = meter::cpu(&self.database.pids())?;
        Ok((meter::cpu(&apps)?, database, meter::cpu(&own)?))
    }
}

/// So many processes on one database.
pub(crate) fn apps(
    tape: &Arc<Tape>,
    replay: &Replay,
    database: &Database,
    (count, sweep): (usize, u64),
) -> Result<Vec<App>, String> {
    let one = |_| {
        App::builder()
            .github(replay.url())
            .identity(tape.app, &tape.key, &tape.secret)
            .database(database)
            .sweep(sweep)
            .start()
    };
    (0..count).map(one).collect()
}
