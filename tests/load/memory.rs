//! Memory with many open pull requests: before there is one, after each was judged, and after the
//! sweep has judged them all again.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::{
    app::App,
    crowd::{self, Crowd, OPENED, REPORTED},
    database::{Database, Kind},
    figures::{Table, mib, millis_each, per_second},
    meter,
    replay::{Pace, Replay},
    tape::Tape,
};

const REPOSITORIES: usize = 100;
/// A sweep may last as long as this.
const PATIENCE: Duration = Duration::from_secs(900);

/// How much is measured: pull requests, and the sweep's period in minutes, with 0 for no sweep.
pub(crate) fn run(tape: &Arc<Tape>, (pulls, sweep): (usize, u64)) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let replay = Replay::start(tape, (pulls, REPOSITORIES), Pace::AtOnce)?;
    let database = Database::new(&Kind::Sqlite)?;
    let minutes = if sweep == 0 { 1440 } else { sweep };
    let apps = crowd::apps(tape, &replay, &database, (1, minutes))?;
    let size = (pulls, REPOSITORIES);
    let mut crowd = Crowd { tape, replay, apps, database, size };
    let pid = crowd.apps.first().map(App::pid).ok_or("no App")?;
    let mut table =
        Table::new(&["when", "resident MiB", "peak MiB", "evaluations/s", "CPU ms each"]);
    let mut row = |when: String, speed: String, cpu: String| {
        let (now, peak) = meter::memory(pid)?;
        table.row([when, format!("{:.1}", mib(now)), format!("{:.1}", mib(peak)), speed, cpu]);
        Ok::<(), String>(())
    };
    row("no pull request".to_owned(), "–".to_owned(), "–".to_owned())?;
    for step in [OPENED, REPORTED] {
        let cost = runtime.block_on(crowd.step(step, 0..pulls, None))?;
        let speed = format!("{:.0}", per_second(pulls, cost.wall));
        let cpu = format!("{:.2}", millis_each(cost.app, pulls));
        row(format!("{pulls} × {}", step.name), speed, cpu)?;
    }
    if sweep > 0 {
        let (cost, wall) = swept(&crowd, pid)?;
        let speed = format!("{:.0}", per_second(pulls, wall));
        row(format!("a sweep over {pulls}"), speed, format!("{:.2}", millis_each(cost, pulls)))?;
    }
    table.print("Memory on SQLite");
    Ok(())
}

/// Waits until every pull request was looked at once more; the CPU time of the App, and the time
/// from the first to the last.
fn swept(crowd: &Crowd<'_>, pid: u32) -> Result<(Duration, Duration), String> {
    let pulls = crowd.size.0;
    crowd.replay.forget_looks();
    let until = Instant::now() + PATIENCE;
    let mut begun = None;
    while Instant::now() < until {
        let seen = crowd.replay.looked_at(1);
        if seen > 0 && begun.is_none() {
            begun = Some((Instant::now(), meter::cpu(&[pid])?));
        }
        if let (true, Some((at, cpu))) = (seen == pulls, begun) {
            return Ok((meter::cpu(&[pid])? - cpu, at.elapsed()));
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err(format!("in {PATIENCE:?} the sweep came to {} of {pulls}", crowd.replay.looked_at(1)))
}
