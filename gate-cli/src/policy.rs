//! `gate policy`: check, schema, default.

use std::{
    io,
    path::{Path, PathBuf},
};

use gate_core::{
    Record,
    policy::{self, MAX_BYTES, Policy},
    render::{self, Colour},
    report::Limits,
};

use crate::{
    args::PolicyCommand, cases, error::CliError, exit::Exit, files, github, output, trial,
};

pub(crate) fn run(command: &PolicyCommand) -> Result<Exit, CliError> {
    match command {
        PolicyCommand::Default => output::stdout(policy::DEFAULT)?,
        PolicyCommand::Schema => {
            output::stdout(&(serde_json::to_string_pretty(&policy::schema())? + "\n"))?;
        }
        PolicyCommand::Check { files, extends } => {
            return check(files, extends.as_deref());
        }
        PolicyCommand::Test(arguments) => return cases::run(arguments),
        PolicyCommand::Try(arguments) => return trial::run(arguments),
    }
    Ok(Exit::Passed)
}

/// Says of each policy what is wrong with it, or what it has.
fn check(files: &[PathBuf], extends: Option<&Path>) -> Result<Exit, CliError> {
    let mut wrong = Vec::new();
    for file in files {
        match text(file).and_then(|text| parse(file, &text, extends)) {
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
/// `extends` is a copy of the policy that it extends.
pub(crate) fn parse(file: &Path, text: &str, extends: Option<&Path>) -> Result<Policy, CliError> {
    let extended = extends.map(self::text).transpose()?;
    understood(&file.to_string_lossy(), text, extended.as_deref())
}

/// The policy of a record.
pub(crate) fn of_record(record: &Record) -> Result<Policy, CliError> {
    let (name, text) = (record.policy_name(), record.policy_text());
    understood(name, text, record.extended_text())
}

fn understood(name: &str, text: &str, extended: Option<&str>) -> Result<Policy, CliError> {
    Policy::parse_extending(text, extended).map_err(|error| {
        let mut problems = render::problems(name, text, &error, Colour::Ansi);
        if github::is_here() {
            let from_workspace = Path::new(&github::below_workspace()).join(name);
            let plain = text.strip_prefix('\u{feff}').unwrap_or(text);
            let place = from_workspace.to_string_lossy();
            problems.push_str(&render::github_problems(&place, plain, &error));
        }
        CliError::Policy(format!("{name} cannot be used\n\n{problems}"))
    })
}
