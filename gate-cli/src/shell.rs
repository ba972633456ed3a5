//! `gate completions` and `gate man`: the command line as shells and `man` know it.

use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::{args::Arguments, error::CliError, exit::Exit, output};

/// Prints the completion script of a shell.
pub(crate) fn completions(shell: Shell) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "gate", &mut script);
    output::stdout(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Passed)
}

/// Prints the manual page of `gate`, or writes those of all commands into a folder.
pub(crate) fn man(folder: Option<&Path>) -> Result<Exit, CliError> {
    let command = Arguments::command();
    match folder {
        Some(folder) => {
            let unwritable = |source| CliError::Unwritable { file: folder.to_owned(), source };
            std::fs::create_dir_all(folder).map_err(unwritable)?;
            clap_mangen::generate_to(command, folder).map_err(unwritable)?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page).map_err(CliError::Stdout)?;
            output::stdout(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(Exit::Passed)
}
