//! From an event to the published check, with a GitHub that answers at once and with one that takes
//! its time. Events come at a steady pace, slow enough that none waits for another.

use std::{sync::Arc, time::Duration};

use crate::{
    crowd::{self, APPROVED, Crowd, OPENED, REPORTED},
    database::{Database, Kind},
    figures::{Table, millis_each, percentile, say},
    replay::{Pace, Replay},
    tape::Tape,
};

const REPOSITORIES: usize = 20;
/// What one request to GitHub takes from a place with a good connection.
const FAR: Duration = Duration::from_millis(80);

pub(crate) fn run(tape: &Arc<Tape>, (pulls, pace): (usize, Duration)) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let mut table = Table::new(&[
        "GitHub answers",
        "database",
        "event",
        "p50 ms",
        "p99 ms",
        "longest ms",
        "gate-app's CPU ms",
    ]);
    for (words, github) in [("at once", Pace::AtOnce), ("after 80 ms", Pace::After(FAR))] {
        for kind in Kind::all() {
            let replay = Replay::start(tape, (pulls, REPOSITORIES), github)?;
            let database = Database::new(&kind)?;
            let apps = crowd::apps(tape, &replay, &database, (1, 1440))?;
            let size = (pulls, REPOSITORIES);
            let mut crowd = Crowd { tape, replay, apps, database, size };
            for step in [OPENED, REPORTED, APPROVED] {
                let cost = runtime.block_on(crowd.step(step, 0..pulls, Some(pace)))?;
                let of = |hundredth| {
                    let time = percentile(cost.waits.clone(), hundredth);
                    format!("{:.1}", millis_each(time, 1))
                };
                table.row([
                    words.to_owned(),
                    kind.to_string(),
                    step.name.to_owned(),
                    of(50),
                    of(99),
                    of(100),
                    format!("{:.2}", millis_each(cost.app, pulls)),
                ]);
            }
        }
    }
    table.print("From an event to the published check");
    say(&format!("\n{pulls} pull requests, an event every {pace:?}"));
    Ok(())
}
