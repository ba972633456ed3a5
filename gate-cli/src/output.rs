//! Where words go: the verdict to stdout or a file, complaints to stderr.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use gate_core::{
    Verdict,
    render::{self, Colour},
};

use crate::{
    args::{PrintArguments, PrintFormat},
    error::CliError,
};

/// GitHub takes this many bytes in a check's summary.
const SUMMARY_BYTES: usize = 65_535;

/// Writes a verdict as asked for.
pub(crate) fn verdict(verdict: &Verdict, print: &PrintArguments) -> Result<(), CliError> {
    let colour = if print.output.is_none() { Colour::Ansi } else { Colour::Never };
    let text = match print.format {
        PrintFormat::Text => render::text(verdict, colour),
        PrintFormat::Markdown => render::markdown(verdict, SUMMARY_BYTES),
        PrintFormat::Json => serde_json::to_string_pretty(&render::json::verdict(verdict))? + "\n",
    };
    match &print.output {
        Some(file) => write_file(file, &text),
        None => stdout(&text),
    }
}

/// Writes to stdout. Colours go only to a terminal that wants them; a reader who has left (`| head`)
/// is no error.
pub(crate) fn stdout(text: &str) -> Result<(), CliError> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Stdout(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

pub(crate) fn write_file(file: &Path, text: &str) -> Result<(), CliError> {
    fs::write(file, text).map_err(|source| CliError::Unwritable { file: file.to_owned(), source })
}

/// Says on stderr what went wrong. Whoever closed stderr does not want to know.
pub(crate) fn complain(problem: &str) {
    let _ = writeln!(anstream::stderr(), "gate: {}", problem.trim_end());
}
