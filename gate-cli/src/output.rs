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
    github,
};

/// GitHub takes this many bytes in a check's summary.
const SUMMARY_BYTES: usize = 65_535;

/// Writes a verdict as asked for. `policy` is where people find the policy.
pub(crate) fn verdict(
    verdict: &Verdict,
    print: &PrintArguments,
    policy: &str,
) -> Result<(), CliError> {
    let format = match (print.format, &print.output) {
        (Some(format), _) => format,
        (None, None) if github::is_here() => PrintFormat::Github,
        (None, _) => PrintFormat::Text,
    };
    // Before the verdict itself: what cannot be written is an error, and no verdict.
    for (format, file) in &print.write {
        write_file(file, &written(verdict, *format, Colour::Never, policy)?)?;
    }
    let colour = if print.output.is_none() { Colour::Ansi } else { Colour::Never };
    let text = written(verdict, format, colour, policy)?;
    if format == PrintFormat::Github {
        github::summarise(verdict)?;
    }
    match &print.output {
        Some(file) => write_file(file, &text),
        None => stdout(&text),
    }
}

fn written(
    verdict: &Verdict,
    format: PrintFormat,
    colour: Colour,
    policy: &str,
) -> Result<String, CliError> {
    Ok(match format {
        PrintFormat::Text => render::text(verdict, colour),
        PrintFormat::Markdown => render::markdown(verdict, SUMMARY_BYTES),
        PrintFormat::Json => serde_json::to_string_pretty(&render::json::verdict(verdict))? + "\n",
        PrintFormat::Sarif => render::sarif(verdict, policy)?,
        PrintFormat::Junit => render::junit(verdict),
        PrintFormat::Github => render::github(verdict, &github::below_workspace()),
    })
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
