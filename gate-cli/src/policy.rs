//! `gate policy`: check, schema, default.

use std::{
    io,
    path::{Path, PathBuf},
};

use gate_core::{
    policy::{self, MAX_BYTES, Policy},
    render::{self, Colour},
    report::Limits,
};

use crate::{args::PolicyCommand, cases, error::CliError, exit::Exit, files, output, trial};

pub(crate) fn run(command: &PolicyCommand) -> Result<Exit, CliError> {
    match command {
        PolicyCommand::Default => output::stdout(policy::DEFAULT)?,
        PolicyCommand::Schema => {
            output::stdout(&(serde_json::to_string_pretty(&policy::schema())? + "\n"))?;
        }
        PolicyCommand::Check { files } => return check(files),
        PolicyCommand::Test(arguments) => return cases::run(arguments),
        PolicyCommand::Try(arguments) => return trial::run(arguments),
    }
    Ok(Exit::Passed)
}

/// Says of each policy what is wrong with it, or what it has.
fn check(files: &[PathBuf]) -> Result<Exit, CliError> {
    let mut wrong = Vec::new();
    for file in files {
        match text(file).and_then(|text| parse(file, &text)) {
            Ok(policy) => output::stdout(&sound(file, &policy))?,
            Err(error) => wrong.push(error.to_string()),
        }
    }
    if wrong.is_empty() { Ok(Exit::Passed) } else { Err(CliError::Policy(wrong.join("\n"))) }
}

fn sound(file: &Path, policy: &Policy) -> String {
    let count =
        |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    format!(
        "{}: sound, with {}, {} and {}\n",
        file.display(),
        count(policy.rules().len(), "rule"),
        count(policy.reports().len(), "report"),
        count(policy.waivers().len(), "waiver"),
    )
}

/// The text of a policy file, or as much of a larger one as it takes to see that it is too large.
pub(crate) fn text(file: &Path) -> Result<String, CliError> {
    let limits = Limits::default().with_bytes(MAX_BYTES as u64);
    let unreadable = |source| CliError::Unreadable { file: file.to_owned(), source };
    match files::read(file, &limits) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|error| unreadable(io::Error::other(error))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(CliError::NoPolicy { file: file.to_owned() })
        }
        Err(error) => Err(unreadable(error)),
    }
}

/// The policy, or all that is wrong with it, with its lines.
pub(crate) fn parse(file: &Path, text: &str) -> Result<Policy, CliError> {
    Policy::parse(text).map_err(|error| {
        let name = file.to_string_lossy();
        let problems = render::problems(&name, text, &error, Colour::Ansi);
        CliError::Policy(format!("{name} cannot be used\n\n{problems}"))
    })
}
