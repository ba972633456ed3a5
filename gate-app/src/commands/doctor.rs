//! `gate-app doctor`: everything that the App needs, looked at and told.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Args;
use gate_app::{clock::Clock, doctor, settings::Settings};

use super::complain;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Print gate-app/doctor/v1, for programs.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&format_args!("cannot start: {error}")),
    };
    let diagnosis = runtime.block_on(doctor::examine(settings, &Clock::system()));
    let text = if arguments.json {
        match diagnosis.json() {
            Ok(json) => format!("{json}\n"),
            Err(error) => return complain(&error),
        }
    } else {
        diagnosis.text()
    };
    if let Err(error) = io::stdout().write_all(text.as_bytes()) {
        return complain(&format_args!("what was found cannot be written: {error}"));
    }
    if diagnosis.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
