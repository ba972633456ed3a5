//! `gate check`: gather → evaluate → publish, on a laptop.

use std::{env, path::Path};

use gate_core::{Record, evaluate};
use jiff::Timestamp;

use crate::{args::CheckArguments, error::CliError, exit::Exit, gather, output, policy};

pub(crate) fn run(arguments: &CheckArguments) -> Result<Exit, CliError> {
    work_in(arguments.folder.as_deref())?;
    let file = &arguments.policy;
    let text = policy::text(file)?;
    let policy = policy::parse(file, &text, arguments.extends.as_deref())?;
    let evidence = gather::evidence(&policy, arguments)?;
    let now = arguments.now.unwrap_or_else(this_second);
    let verdict = match &arguments.record {
        None => evaluate(&policy, &evidence, now),
        Some(to) => {
            let name = file.to_string_lossy();
            let (record, verdict) =
                Record::of(&name, &policy, evidence, now).map_err(CliError::RecordUnwritable)?;
            let json = record.to_json().map_err(CliError::RecordUnwritable)?;
            output::write_file(to, &json)?;
            verdict
        }
    };
    output::verdict(&verdict, &arguments.print, &file.to_string_lossy())?;
    Ok(verdict.outcome.into())
}

/// Works as if gate had been started in this folder.
pub(crate) fn work_in(folder: Option<&Path>) -> Result<(), CliError> {
    let Some(folder) = folder else { return Ok(()) };
    env::set_current_dir(folder)
        .map_err(|source| CliError::Folder { folder: folder.to_owned(), source })
}

/// The present, in whole seconds: nothing in a policy is finer.
pub(crate) fn this_second() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
