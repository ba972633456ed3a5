//! The surroundings of a step of GitHub Actions.

use std::{
    env,
    fs::{self, File},
    io::Write as _,
    path::PathBuf,
};

use gate_core::{
    Verdict,
    render::{self, MIN_MARKDOWN_BYTES, STEP_SUMMARY_BYTES},
};

use crate::{error::CliError, output};

/// Whether gate runs in a step of GitHub Actions.
pub(crate) fn is_here() -> bool {
    env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// The working folder as seen from the workspace of the job; empty for the workspace itself, and where
/// there is none. Annotations are placed by paths from there.
pub(crate) fn below_workspace() -> String {
    let workspace = env::var_os("GITHUB_WORKSPACE").filter(|folder| !folder.is_empty());
    let folders = workspace.and_then(|workspace| {
        Some((fs::canonicalize(env::current_dir().ok()?).ok()?, fs::canonicalize(workspace).ok()?))
    });
    let below = folders.and_then(|(here, workspace)| {
        here.strip_prefix(workspace).ok()?.to_str().map(|below| below.replace('\\', "/"))
    });
    below.unwrap_or_default()
}

/// Adds the verdict to the summary of the step, within what GitHub takes: other commands of the step
/// may have written to it already. Without a summary there is nothing to do.
pub(crate) fn summarise(verdict: &Verdict) -> Result<(), CliError> {
    let Some(file) = env::var_os("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty()) else {
        return Ok(());
    };
    let file = PathBuf::from(file);
    let unwritable = |source| CliError::Unwritable { file: file.clone(), source };
    let taken = fs::metadata(&file).map_or(0, |metadata| metadata.len());
    let room = STEP_SUMMARY_BYTES.saturating_sub(usize::try_from(taken).unwrap_or(usize::MAX));
    // A line break of ours, so that what stands there already does not run into it.
    let Some(room) = room.checked_sub(1).filter(|room| *room >= MIN_MARKDOWN_BYTES) else {
        output::complain("the summary of this step is full already; the verdict is not in it");
        return Ok(());
    };
    let text = render::markdown(verdict, room);
    let mut summary = File::options().append(true).create(true).open(&file).map_err(unwritable)?;
    summary.write_all(format!("\n{text}").as_bytes()).map_err(unwritable)
}
