//! How many evaluations a second one, two and four processes make, which share one PostgreSQL.

use std::{sync::Arc, time::Duration};

use crate::{
    crowd::{self, APPROVED, Cost, Crowd, OPENED, REPORTED, Step},
    database::{Database, Kind},
    figures::{Table, cores, millis_each, per_second, ratios, say, shown},
    replay::{Pace, Replay},
    tape::Tape,
};

const REPOSITORIES: usize = 100;
const PROCESSES: [usize; 3] = [1, 2, 4];
const STEPS: [Step; 3] = [OPENED, REPORTED, APPROVED];

pub(crate) fn run(tape: &Arc<Tape>, (pulls, rounds): (usize, usize)) -> Result<(), String> {
    let Some(kind) = Kind::postgres() else {
        say("\nevaluations: GATE_TEST_POSTGRES says of no PostgreSQL; left out");
        return Ok(());
    };
    for (words, pace) in
        [("at once", Pace::AtOnce), ("after 80 ms", Pace::After(Duration::from_millis(80)))]
    {
        // For each step and number of processes, a cost for each round.
        let mut costs: Vec<Vec<Vec<Cost>>> = vec![vec![Vec::new(); PROCESSES.len()]; STEPS.len()];
        for _ in 0..rounds {
            for (column, processes) in PROCESSES.into_iter().enumerate() {
                let of_steps = measure(tape, &kind, pulls, (processes, pace))?;
                for (row, cost) in costs.iter_mut().zip(of_steps) {
                    if let Some(cell) = row.get_mut(column) {
                        cell.push(cost);
                    }
                }
            }
        }
        table(&costs, pulls).print(&format!("Evaluations on PostgreSQL, GitHub answers {words}"));
    }
    Ok(())
}

fn measure(
    tape: &Arc<Tape>,
    kind: &Kind,
    pulls: usize,
    (processes, pace): (usize, Pace),
) -> Result<Vec<Cost>, String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let replay = Replay::start(tape, (pulls, REPOSITORIES), pace)?;
    let database = Database::new(kind)?;
    let apps = crowd::apps(tape, &replay, &database, (processes, 1440))?;
    let size = (pulls, REPOSITORIES);
    let mut crowd = Crowd { tape, replay, apps, database, size };
    let mut costs = Vec::new();
    for step in STEPS {
        costs.push(runtime.block_on(crowd.step(step, 0..pulls, None))?);
    }
    Ok(costs)
}

fn table(costs: &[Vec<Vec<Cost>>], pulls: usize) -> Table {
    let mut table = Table::new(&[
        "evaluation",
        "processes",
        "a second",
        "÷ one process",
        "gate-app's CPU ms each",
        "PostgreSQL's CPU ms each",
        "generator's CPU ms each",
        "cores busy with gate-app",
        "snapshots each",
    ]);
    for (step, row) in STEPS.iter().zip(costs) {
        let speeds = |cell: &Vec<Cost>| -> Vec<f64> {
            cell.iter().map(|cost| per_second(pulls, cost.wall)).collect()
        };
        let one = row.first().map(speeds).unwrap_or_default();
        for (processes, cell) in PROCESSES.iter().zip(row) {
            let of = |time: fn(&Cost) -> Duration| {
                shown(cell.iter().map(|cost| millis_each(time(cost), pulls)).collect(), 2)
            };
            let snapshots = cell
                .iter()
                .map(|cost| per_second(cost.snapshots, Duration::from_secs(pulls as u64)));
            table.row([
                step.name.to_owned(),
                processes.to_string(),
                shown(speeds(cell), 0),
                shown(ratios(&speeds(cell), &one), 2),
                of(|cost| cost.app),
                of(|cost| cost.database),
                of(|cost| cost.generator),
                shown(cell.iter().map(|cost| cores(cost.app, cost.wall)).collect(), 2),
                shown(snapshots.collect(), 2),
            ]);
        }
    }
    table
}
