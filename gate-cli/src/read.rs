//! `gate read`: what gate sees in one report.

use gate_core::{
    render,
    report::{self, Layout},
};

use crate::{
    args::ReadArguments, error::CliError, exit::Exit, files, gather, output, progress::Progress,
};

pub(crate) fn run(arguments: &ReadArguments) -> Result<Exit, CliError> {
    let file = &arguments.file;
    // Nothing is assumed about the repository: what one report says does not depend on where it is
    // read.
    let options = gather::options(Layout::unknown());
    let options = match arguments.format {
        Some(format) => options.with_format(format),
        None => options,
    };
    let report = {
        let _progress = Progress::of(format!("reading {}", file.display()));
        let bytes = files::read(file, &options.limits)
            .map_err(|source| CliError::Unreadable { file: file.clone(), source })?;
        report::read(&bytes, &options)
            .map_err(|source| CliError::Report { file: file.clone(), source })?
    };
    output::stdout(&if arguments.json {
        serde_json::to_string(&render::report_json(&report))? + "\n"
    } else {
        render::report_text(&report)
    })?;
    Ok(Exit::Passed)
}
