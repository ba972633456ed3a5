//! `gate replay`: the verdict of a record, reached anew.

use std::{fs, path::Path};

use gate_core::Record;

use crate::{args::ReplayArguments, error::CliError, exit::Exit, output};

pub(crate) fn run(arguments: &ReplayArguments) -> Result<Exit, CliError> {
    let file = &arguments.record;
    let record = record(file)?;
    let unusable = |source| CliError::Record { file: file.clone(), source };
    let verdict = record.replay().map_err(unusable)?;
    output::verdict(&verdict, &arguments.print, record.policy_name())?;
    Ok(verdict.outcome.into())
}

/// The record in this file.
pub(crate) fn record(file: &Path) -> Result<Record, CliError> {
    let json = fs::read_to_string(file)
        .map_err(|source| CliError::Unreadable { file: file.to_owned(), source })?;
    Record::parse(&json).map_err(|source| CliError::Record { file: file.to_owned(), source })
}
