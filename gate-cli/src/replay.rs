//! `gate replay`: the verdict of a record, reached anew.

use std::fs;

use gate_core::Record;

use crate::{args::ReplayArguments, error::CliError, exit::Exit, output};

pub(crate) fn run(arguments: &ReplayArguments) -> Result<Exit, CliError> {
    let file = &arguments.record;
    let json = fs::read_to_string(file)
        .map_err(|source| CliError::Unreadable { file: file.clone(), source })?;
    let verdict = Record::parse(&json)
        .and_then(|record| record.replay())
        .map_err(|source| CliError::Record { file: file.clone(), source })?;
    output::verdict(&verdict, &arguments.print)?;
    Ok(verdict.outcome.into())
}
