//! `gate`: a small door to gate-core. Reads files and git, asks for a verdict, prints it, exits.

mod args;
mod cases;
mod check;
mod error;
mod exit;
mod explain;
mod files;
mod gather;
mod git;
mod github;
mod history;
mod init;
mod meant;
mod output;
mod policy;
mod progress;
mod read;
mod replay;
mod shell;
mod trial;

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
        Command::Init(arguments) => init::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Read(arguments) => read::run(arguments),
        Command::Policy(command) => policy::run(command),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Replay(arguments) => replay::run(arguments),
        Command::Completions { shell } => shell::completions(*shell),
        Command::Man { directory } => shell::man(directory.as_deref()),
    };
    result.unwrap_or_else(|error| {
        output::complain(&error.to_string());
        Exit::Unusable
    })
}
