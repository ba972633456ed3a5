//! `gate-app`: the GitHub App that posts the check which branch protection requires.

mod commands;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run()
}
