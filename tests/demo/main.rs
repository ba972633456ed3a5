//! The whole App against the fake GitHub, with a small story told on the terminal: the way to see it
//! without a GitHub account.
//!
//! Nothing is acted: the App is the real one with its router, its client, its workers and a database
//! in a temporary folder, and every webhook and every call goes over HTTP and is held against GitHub's
//! own descriptions. What is shown of a check is what the App wrote there.

mod clock;
mod screen;
mod story;

use std::{
    io::Write as _,
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use jiff::Timestamp;

use crate::screen::Screen;

/// Shows the GitHub App at work, on a GitHub that is made for it: from a pull request that is opened
/// to the merge queue.
///
/// Exit codes: 0 the story went as told, 1 it did not, 2 the command line cannot be used.
#[derive(Debug, Parser)]
#[command(name = "demo")]
struct Arguments {
    /// When the story begins, by the clocks of GitHub and of the App.
    #[arg(long, value_name = "RFC3339", default_value = "2027-01-11T09:00:00Z")]
    now: Timestamp,
    /// How long each step of the App may take at most.
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    patience: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // What a step expected and what there was is said once, below.
    panic::set_hook(Box::new(|_| {}));
    let told = panic::catch_unwind(AssertUnwindSafe(|| {
        let mut screen = Screen::new();
        story::tell(&mut screen, arguments.now, Duration::from_secs(arguments.patience));
    }));
    let Err(problem) = told else { return ExitCode::SUCCESS };
    let words = problem
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| problem.downcast_ref::<&str>().map(|&words| words.to_owned()));
    let words = words.unwrap_or_default();
    // Whoever closed stderr does not want to know.
    let _ = writeln!(anstream::stderr(), "\ndemo: the story does not go as it is told: {words}");
    ExitCode::FAILURE
}
