//! How many signed webhooks are accepted, durably, against a handler that only verifies the
//! signature. GitHub answers nothing meanwhile, so that the workers do nothing beside.

use std::{
    fs::File,
    io::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    app::App,
    database::{Database, Kind},
    figures::{Table, cores, in_a_second, millis_each, per_second, ratios, say, shown},
    meter,
    replay::{Pace, Replay},
    sender::{MIX, Sender, Webhook},
    tape::Tape,
    template::Place,
};

const REPOSITORIES: usize = 50;
const PULLS: usize = 400;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Amount {
    pub(crate) rounds: usize,
    pub(crate) time: Duration,
    pub(crate) connections: usize,
}

/// What one of the compared gave, a value for each round.
#[derive(Debug, Default)]
struct Figures {
    per_second: Vec<f64>,
    cpu: Vec<f64>,
    database: Vec<f64>,
    busy: Vec<f64>,
    generator: Vec<f64>,
}

pub(crate) fn run(tape: &Arc<Tape>, amount: Amount) -> Result<(), String> {
    let webhooks: Result<Vec<Webhook>, String> = (0..PULLS)
        .flat_map(|pull| MIX.map(|kind| (kind, Place { pull, repositories: REPOSITORIES })))
        .map(|(kind, place)| Webhook::new(tape, kind, place))
        .collect();
    let webhooks: Arc<[Webhook]> = webhooks?.into();
    let bytes: usize = webhooks.iter().map(Webhook::bytes).sum();
    say(&format!(
        "webhooks of {} bytes in the mean, {} connections, {:?} a round",
        bytes / webhooks.len(),
        amount.connections,
        amount.time
    ));
    let kinds = Kind::all();
    let mut bare = Figures::default();
    let mut of_kinds: Vec<Figures> = kinds.iter().map(|_| Figures::default()).collect();
    let mut synced = Vec::new();
    for _ in 0..amount.rounds {
        synced.push(syncs(amount.time / 4)?);
        let app = App::bare(&tape.secret)?;
        bare.measure(&app, &webhooks, amount, Vec::new)?;
        drop(app);
        for (kind, figures) in kinds.iter().zip(&mut of_kinds) {
            let replay = Replay::start(tape, (PULLS, REPOSITORIES), Pace::Never)?;
            let database = Database::new(kind)?;
            let app = App::builder()
                .github(replay.url())
                .identity(tape.app, &tape.key, &tape.secret)
                .database(&database)
                .start()?;
            figures.measure(&app, &webhooks, amount, || database.pids())?;
        }
    }
    let mut table = Table::new(&[
        "who",
        "accepted/s",
        "its own CPU ms a webhook",
        "CPU ÷ bare",
        "accepted per CPU second",
        "database's CPU ms a webhook",
        "cores busy",
        "generator's CPU ms a webhook",
    ]);
    let names = std::iter::once("bare axum, signature only".to_owned())
        .chain(kinds.iter().map(|kind| format!("gate-app, {kind}")));
    for (name, figures) in names.zip(std::iter::once(&bare).chain(&of_kinds)) {
        table.row([
            name,
            shown(figures.per_second.clone(), 0),
            shown(figures.cpu.clone(), 3),
            shown(ratios(&figures.cpu, &bare.cpu), 2),
            shown(figures.cpu.iter().copied().map(in_a_second).collect(), 0),
            shown(figures.database.clone(), 3),
            shown(figures.busy.clone(), 2),
            shown(figures.generator.clone(), 3),
        ]);
    }
    table.print("Webhooks accepted");
    say(&format!("\nwrites of 4 KiB, each synced to the disk: {} a second", shown(synced, 0)));
    Ok(())
}

impl Figures {
    fn measure(
        &mut self,
        app: &App,
        webhooks: &Arc<[Webhook]>,
        amount: Amount,
        database: impl Fn() -> Vec<u32>,
    ) -> Result<(), String> {
        let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
        let sender = Sender::new()?;
        let apps = [app.url().to_owned()];
        let one = |time| sender.flood(&apps, webhooks, (amount.connections, time));
        // Connections are made and statements prepared before anything counts.
        runtime.block_on(one(amount.time / 8))?;
        let own = [std::process::id()];
        let database = database();
        let before = (meter::cpu(&[app.pid()])?, meter::cpu(&database)?, meter::cpu(&own)?);
        let begun = Instant::now();
        let accepted = runtime.block_on(one(amount.time))?;
        let wall = begun.elapsed();
        let cpu = meter::cpu(&[app.pid()])? - before.0;
        self.per_second.push(per_second(accepted, wall));
        self.cpu.push(millis_each(cpu, accepted));
        self.busy.push(cores(cpu, wall));
        self.database.push(millis_each(meter::cpu(&database)? - before.1, accepted));
        self.generator.push(millis_each(meter::cpu(&own)? - before.2, accepted));
        Ok(())
    }
}

/// How often a second a small write reaches the disk for sure, one after another: no faster can
/// anybody be who makes each webhook durable by itself.
fn syncs(time: Duration) -> Result<f64, String> {
    let folder = tempfile::TempDir::new().map_err(|error| error.to_string())?;
    let mut file = File::create(folder.path().join("log")).map_err(|error| error.to_string())?;
    let mut count = 0;
    let begun = Instant::now();
    while begun.elapsed() < time {
        let written = file.write_all(&[0; 4096]).and_then(|()| file.sync_data());
        written.map_err(|error| error.to_string())?;
        count += 1;
    }
    Ok(per_second(count, begun.elapsed()))
}
