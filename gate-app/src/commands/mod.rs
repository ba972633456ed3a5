//! The command line: one file a command.

mod doctor;
mod health;
mod records;
mod serve;
mod token;

use std::{
    env, fmt,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use gate_app::settings::{Settings, TABLE};

/// The GitHub App that posts one check, `gate`, which says whether a pull request meets the
/// repository's merge bar, and what is missing.
///
/// Settings come from the environment; they are listed below.
#[derive(Debug, Parser)]
#[command(name = "gate-app", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the App until it is told to stop. Without credentials it serves its set-up page.
    Serve,
    /// Look at everything that the App needs, at GitHub and here, and say what to mend.
    ///
    /// It changes nothing. Exit codes: 0 nothing is wrong, 1 something is, 2 the settings cannot be
    /// used.
    Doctor(doctor::Arguments),
    /// Ask the App that serves on this machine whether it answers.
    ///
    /// Exit codes: 0 it does, 1 it does not, 2 the settings cannot be used.
    Health(health::Arguments),
    /// Write the records of a repository into a folder, for `gate replay` and `gate policy try`: of each
    /// head that was judged, the newest.
    Records(records::Arguments),
    /// Make, list and revoke the tokens by which CI other than GitHub Actions uploads reports.
    #[command(subcommand)]
    Token(token::Command),
}

/// Does what the command line says.
pub(crate) fn run() -> ExitCode {
    let command = Arguments::command().after_help(settings_help());
    let arguments = command.get_matches();
    let arguments = Arguments::from_arg_matches(&arguments).unwrap_or_else(|error| error.exit());
    match arguments.command {
        Command::Serve => with_settings(serve::run),
        Command::Health(arguments) => with_settings(|settings| health::run(&arguments, &settings)),
        Command::Doctor(arguments) => with_settings(|settings| doctor::run(&arguments, &settings)),
        Command::Records(arguments) => {
            with_settings(|settings| records::run(&arguments, &settings))
        }
        Command::Token(command) => with_settings(|settings| token::run(command, &settings)),
    }
}

/// Runs a command that needs the settings.
fn with_settings(command: impl FnOnce(Settings) -> ExitCode) -> ExitCode {
    match Settings::read(env::vars_os(), |file| fs::read_to_string(file)) {
        Ok(settings) => command(settings),
        Err(problems) => complain(&problems),
    }
}

/// Says what kept the command from being carried out.
fn complain(problem: &dyn fmt::Display) -> ExitCode {
    say(problem);
    ExitCode::from(2)
}

fn say(what: &dyn fmt::Display) {
    // Whoever closed stderr does not want to know.
    let _ = writeln!(io::stderr(), "gate-app: {what}");
}

/// The table of settings, for `--help`.
fn settings_help() -> String {
    let mut text = "Settings:\n".to_owned();
    for setting in TABLE {
        let default = match setting.default {
            "none" => String::new(),
            value => format!(" [default: {value}]"),
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {:<26} {}{default}", setting.name, setting.what.replace('`', ""));
    }
    text
}
