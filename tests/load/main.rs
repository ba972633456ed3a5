//! `load`: the load generator. It starts real `gate-app` processes against a light GitHub and prints
//! the figures of docs/performance.md:
//!
//! `.ci/postgres cargo run --release -p gate-tests --bin load`
//!
//! Everything is a ratio against something that was measured in the same run, or CPU time of the one
//! process that is meant, because machines differ and are shared.

#![expect(clippy::expect_used, reason = "a server that cannot be made ends the measurement")]

mod app;
mod bare;
mod crowd;
mod database;
mod evaluations;
mod figures;
mod latency;
mod memory;
mod meter;
mod replay;
mod sender;
mod server;
mod tape;
mod template;
mod webhooks;

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::{Args, Parser, Subcommand};

use figures::say;

/// Measures gate-app under load.
#[derive(Parser)]
struct Load {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Everything, as docs/performance.md has it.
    All(Amounts),
    /// Webhooks accepted, against a handler that only verifies the signature.
    Webhooks(Amounts),
    /// From an event to the published check.
    Latency(Amounts),
    /// Evaluations a second, with 1, 2 and 4 processes.
    Evaluations(Amounts),
    /// Memory with many open pull requests.
    Memory(Amounts),
    /// The reference that `webhooks` starts by itself.
    #[command(hide = true)]
    Bare {
        #[arg(long)]
        port: u16,
        #[arg(long)]
        secret: String,
    },
}

/// How much is measured. What is not said is as much as the figures of record need.
#[derive(Args, Clone)]
struct Amounts {
    /// Rounds of `webhooks` and `evaluations`; the median of them is shown.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Milliseconds that each round of `webhooks` lasts.
    #[arg(long, default_value_t = 4_000)]
    millis: u64,
    /// Connections that webhooks come over at a time.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Pull requests of `latency`.
    #[arg(long, default_value_t = 400)]
    events: usize,
    /// Milliseconds from one event of `latency` to the next.
    #[arg(long, default_value_t = 50)]
    pace: u64,
    /// Pull requests of `evaluations`.
    #[arg(long, default_value_t = 500)]
    pulls: usize,
    /// Open pull requests of `memory`.
    #[arg(long, default_value_t = 10_000)]
    open: usize,
    /// The sweep's period in minutes; 0 leaves the sweep out.
    #[arg(long, default_value_t = 1)]
    sweep: u64,
}

fn main() -> ExitCode {
    match run(Load::parse().what) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            drop(writeln!(io::stderr(), "load: {problem}"));
            ExitCode::FAILURE
        }
    }
}

fn run(what: What) -> Result<(), String> {
    if let What::Bare { port, secret } = what {
        return bare::serve(port, secret);
    }
    let tape = Arc::new(tape::record()?);
    let before = meter::load_average();
    match &what {
        What::All(amounts) => {
            for one in [webhooks, latency, evaluations, memory] {
                one(&tape, amounts)?;
            }
        }
        What::Webhooks(amounts) => webhooks(&tape, amounts)?,
        What::Latency(amounts) => latency(&tape, amounts)?,
        What::Evaluations(amounts) => evaluations(&tape, amounts)?,
        What::Memory(amounts) => memory(&tape, amounts)?,
        What::Bare { .. } => {}
    }
    say(&format!("\nload average: {before} before, {} after", meter::load_average()));
    Ok(())
}

fn webhooks(tape: &Arc<tape::Tape>, amounts: &Amounts) -> Result<(), String> {
    let Amounts { rounds, connections, millis, .. } = *amounts;
    let time = Duration::from_millis(millis);
    webhooks::run(tape, webhooks::Amount { rounds, time, connections })
}

fn latency(tape: &Arc<tape::Tape>, amounts: &Amounts) -> Result<(), String> {
    latency::run(tape, (amounts.events, Duration::from_millis(amounts.pace)))
}

fn evaluations(tape: &Arc<tape::Tape>, amounts: &Amounts) -> Result<(), String> {
    evaluations::run(tape, (amounts.pulls, amounts.rounds))
}

fn memory(tape: &Arc<tape::Tape>, amounts: &Amounts) -> Result<(), String> {
    memory::run(tape, (amounts.open, amounts.sweep))
}
