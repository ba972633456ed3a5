//! What the App must survive, with the real binary as processes on real databases, against the fake
//! GitHub over HTTP: `docs/reliability.md`.
//!
//! The ordinary run is short. `GATE_CHAOS=long` makes it long, and prints a row of figures for each
//! scenario. The scenarios on PostgreSQL run where `GATE_TEST_POSTGRES` says where one is.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod apps;
mod artifacts;
mod credentials;
mod crossed;
mod crowd;
mod database_gone;
mod databases;
mod dice;
mod github_ill;
mod killed;
mod time;
mod webhooks;
mod wire;

use std::{env, io::Write as _, time::Duration};

/// Only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(90);

/// Whether this is the long run.
fn is_long() -> bool {
    env::var("GATE_CHAOS").is_ok_and(|it| it == "long")
}

/// One number for the ordinary run, another for the long one.
fn by_length<T>(short: T, long: T) -> T {
    if is_long() { long } else { short }
}

/// A line for whoever watches.
fn tell(line: &str) {
    // Nobody may be there to read it.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A row of `docs/reliability.md`: the scenario, what was injected how often, and how it came out.
fn row(scenario: &str, injected: &str, outcome: &str) {
    tell(&format!("| {scenario} | {injected} | {outcome} |"));
}
