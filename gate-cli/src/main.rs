//! `gate`: a small door to gate-core. Reads files and git, asks for a verdict, prints it, exits.

mod args;
mod check;
mod error;
mod exit;
mod files;
mod gather;
mod git;
mod history;
mod output;
mod policy;
mod progress;
mod read;
mod replay;

use std::{panic, process::ExitCode};

use clap::Parser as _;

use args::{Arguments, Command};
use exit::Exit;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A crash of ours is never a pass, and its text is of no use to anybody but us.
    panic::set_hook(Box::new(|_| {}));
    let exit = panic::catch_unwind(|| run(&arguments)).unwrap_or_else(|_| {
        output::complain(
            "gate has failed inside and reached no verdict; please report what you ran",
        );
        Exit::Unusable
    });
    exit.into()
}

fn run(arguments: &Arguments) -> Exit {
    let result = match &arguments.command {
        Command::Check(arguments) => check::run(arguments),
        Command::Read(arguments) => read::run(arguments),
        Command::Policy(command) => policy::run(command),
        Command::Replay(arguments) => replay::run(arguments),
    };
    result.unwrap_or_else(|error| {
        output::complain(&error.to_string());
        Exit::Unusable
    })
}
