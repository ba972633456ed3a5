//! A unified diff, as git and GitHub write it → what a pull request changes.
//!
//! The diff should be git's histogram one with renames found over the whole tree: another
//! algorithm shows lines as new that only lie beside new ones. What is not new is found here, by
//! the texts of the lines: [`origins`] looks for code that was moved or reformatted, and [`marks`] for
//! lines that take code out of judgement.

mod between;
mod header;
mod hunks;
mod identity;
mod marks;
mod origins;
mod tokens;

use crate::{
    evidence::{AddedLines, ChangeKind, ChangeSet, FileChange, LineRun},
    measure::RepoPath,
};

use super::{Limits, ReadError, ReadProblem};
pub use between::hunks_between;
use hunks::{Group, Lines};
pub use identity::patch_identity;

/// The diff of one file, as GitHub's REST interface gives it: hunks without a header.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Patch<'a> {
    /// Its path at the head; of a removed file, its last path.
    pub path: &'a str,
    /// Its path at the merge base, where that is another one.
    pub old_path: Option<&'a str>,
    /// What happened to it.
    pub kind: ChangeKind,
    /// Its hunks; none for what is no text, or where no line differs.
    pub hunks: &'a str,
    /// Whether it is no text.
    pub binary: bool,
}

impl<'a> Patch<'a> {
    /// These hunks of this file.
    #[must_use]
    pub const fn new(path: &'a str, kind: ChangeKind, hunks: &'a str) -> Self {
        Self { path, old_path: None, kind, hunks, binary: false }
    }

    /// The same, of a file that had another path.
    #[must_use]
    pub const fn from(mut self, old_path: &'a str) -> Self {
        self.old_path = Some(old_path);
        self
    }

    /// The same, of a file that is no text.
    #[must_use]
    pub const fn binary(mut self) -> Self {
        self.binary = true;
        self
    }
}

/// One file of a diff, with the texts of its lines.
struct File<'a> {
    change: FileChange,
    groups: Vec<Group<'a>>,
}

/// Reads a whole diff, as `git diff` prints it.
///
/// # Errors
/// When the bytes are no complete unified diff of two versions, or go beyond a limit.
pub fn read_diff(bytes: &[u8], limits: &Limits) -> Result<ChangeSet, ReadError> {
    if bytes.len() as u64 > limits.bytes {
        return Err(ReadError::new(super::too_large(limits.bytes)));
    }
    let mut lines = Lines::of(bytes);
    let mut files = Vec::new();
    while let Some(head) = header::next(&mut lines)? {
        let groups = hunks::read(&mut lines)?;
        files.push(File { change: head, groups });
        if files.len() > limits.files {
            let problem = format!("the diff has more than {} files", limits.files);
            return Err(ReadError::new(ReadProblem::BeyondLimit(problem)));
        }
    }
    Ok(change_set(files))
}

/// Puts the diffs of single files together.
///
/// # Errors
/// When the hunks of one are not complete; the error names the file.
pub fn read_patches<'a>(
    patches: impl IntoIterator<Item = Patch<'a>>,
) -> Result<ChangeSet, ReadError> {
    let mut files = Vec::new();
    for patch in patches {
        let mut lines = Lines::of(patch.hunks.as_bytes());
        let groups = hunks::read(&mut lines)?;
        if lines.peek().is_some() {
            let problem = format!("{}: no hunk begins with this", patch.path);
            return Err(lines.error(ReadProblem::Malformed(problem)));
        }
        let mut change = FileChange::new(RepoPath::normalised(patch.path), patch.kind);
        change.old_path = patch.old_path.map(RepoPath::normalised);
        change.binary = patch.binary;
        files.push(File { change, groups });
    }
    Ok(change_set(files))
}

fn change_set(files: Vec<File<'_>>) -> ChangeSet {
    let origins = origins::find(&files);
    let marks = marks::find(&files, &origins);
    let mut changes = Vec::with_capacity(files.len());
    let found = origins.into_iter().zip(marks);
    for (File { mut change, groups }, (mut origins, marks)) in files.into_iter().zip(found) {
        change.marks = marks;
        for group in &groups {
            if !group.removed.is_empty() {
                let lines = u32::try_from(group.removed.len()).unwrap_or(u32::MAX);
                change.removed.push(LineRun { start: group.old_start, lines });
            }
            for offset in 0..u32::try_from(group.added.len()).unwrap_or(u32::MAX) {
                let line = group.new_start.saturating_add(offset);
                add(&mut change.added, line, origins.remove(&line));
            }
        }
        if change.kind == ChangeKind::Copied {
            // A copy's diff shows what differs from the original; all of it is new here.
            change.added = vec![AddedLines { start: 1, lines: u32::MAX, origin: None }];
            change.removed.clear();
        }
        changes.push(change);
    }
    ChangeSet::new(changes)
}

/// Adds a line to the run before it, if it goes on with that.
fn add(runs: &mut Vec<AddedLines>, line: u32, origin: Option<crate::evidence::Origin>) {
    if let Some(last) = runs.last_mut() {
        let follows = last.start.saturating_add(last.lines) == line;
        let goes_on = match (&last.origin, &origin) {
            (None, None) => true,
            (Some(before), Some(now)) => {
                before.path == now.path
                    && before.how == now.how
                    && before.start.saturating_add(last.lines) == now.start
            }
            (None, Some(_)) | (Some(_), None) => false,
        };
        if follows && goes_on {
            last.lines += 1;
            return;
        }
    }
    runs.push(AddedLines { start: line, lines: 1, origin });
}

#[cfg(test)]
mod tests;
