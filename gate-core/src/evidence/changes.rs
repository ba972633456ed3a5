//! What a pull request changes: the files between the merge base and the head, the lines that came
//! and went, and where lines came from that are not new.
//!
//! The text of the lines is not kept: what is judged are their numbers. Of those that take code out of
//! judgement, the words that do so are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::measure::RepoPath;

/// Every file that differs between the merge base and the head. Never a shorter list than the real
/// one: what could not be listed in full is no change set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ChangeSet {
    /// The files, in the order of the diff.
    pub files: Vec<FileChange>,
}

/// What happened to one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FileChange {
    /// Its path at the head; of a removed file, its last path.
    pub path: RepoPath,
    /// Its path at the merge base, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_path: Option<RepoPath>,
    /// What happened to it.
    pub kind: ChangeKind,
    /// Whether it is no text, so that no lines are listed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub binary: bool,
    /// The lines of the head that the merge base does not have at that place, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<AddedLines>,
    /// The lines of the merge base that the head does not have at that place, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<LineRun>,
    /// What takes some code out of judgement and was not there before, in the order of the diff.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// A line that takes some code out of judgement, or whose going does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// What it does.
    pub kind: MarkKind,
    /// The line: at the head, or at the merge base where it is one that went.
    pub line: u32,
    /// Whether the line is one of the merge base that went.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// What is written there, as far as it matters: `# nosec B602`, the name of a test,
    /// `fail_under: 85 → 80`.
    pub text: String,
}

/// How a line takes some code out of judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MarkKind {
    /// It tells a tool to pass over something.
    Suppression,
    /// It keeps a test from being run, or lets it fail.
    SkippedTest,
    /// It was the beginning of a test that is gone.
    RemovedTest,
    /// It states a lower bar to a tool than the one that stood there, or took a bar away.
    LoweredBar,
}

/// What can happen to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// Its content or its mode is another one.
    Modified,
    /// It is gone.
    Removed,
    /// It has another path.
    Renamed,
    /// It is new, and a copy of another one.
    Copied,
}

/// Some lines in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineRun {
    /// The first, from 1.
    pub start: u32,
    /// How many.
    pub lines: u32,
}

/// Lines in a row that came, and where they came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedLines {
    /// The first, from 1.
    pub start: u32,
    /// How many.
    pub lines: u32,
    /// Where they were at the merge base, if they are not new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// Where lines of the head were at the merge base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The file.
    pub path: RepoPath,
    /// The line that the first of them was; the others follow. Of reformatted lines, which each
    /// have a run of their own, the line on which the code began.
    pub start: u32,
    /// How they came here.
    pub how: Motion,
}

/// How lines came to where they are without being new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Motion {
    /// They stood elsewhere.
    Moved,
    /// They stood here, with other spaces and line breaks.
    Reformatted,
}

/// What a line of the head is to the merge base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineOrigin<'a> {
    /// It stood there already, on this line of the file's old path.
    Unchanged(u32),
    /// It stood there on this line of this file, elsewhere or in another form.
    From(&'a RepoPath, u32, Motion),
    /// It is new.
    New,
}

impl ChangeSet {
    /// These files.
    #[must_use]
    pub const fn new(files: Vec<FileChange>) -> Self {
        Self { files }
    }

    /// The changed files by their paths at the head; those that are gone are not among them.
    #[must_use]
    pub fn by_path(&self) -> BTreeMap<&RepoPath, &FileChange> {
        let here = self.files.iter().filter(|file| file.kind != ChangeKind::Removed);
        here.map(|file| (&file.path, file)).collect()
    }
}

impl FileChange {
    /// This happened to the file of this path.
    #[must_use]
    pub const fn new(path: RepoPath, kind: ChangeKind) -> Self {
        Self {
            path,
            old_path: None,
            kind,
            binary: false,
            added: Vec::new(),
            removed: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// The same, of a file that had this path before.
    #[must_use]
    pub fn from(mut self, old_path: RepoPath) -> Self {
        self.old_path = Some(old_path);
        self
    }

    /// The paths it is or was at.
    pub fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        std::iter::once(&self.path).chain(&self.old_path)
    }

    /// Its path at the merge base; of a file that was not there, its path now.
    #[must_use]
    pub fn base_path(&self) -> &RepoPath {
        self.old_path.as_ref().unwrap_or(&self.path)
    }

    /// How many lines came.
    #[must_use]
    pub fn added_lines(&self) -> u64 {
        self.added.iter().map(|run| u64::from(run.lines)).sum()
    }

    /// How many lines went.
    #[must_use]
    pub fn removed_lines(&self) -> u64 {
        self.removed.iter().map(|run| u64::from(run.lines)).sum()
    }

    /// Where this line of the head comes from.
    #[must_use]
    pub fn origin(&self, line: u32) -> LineOrigin<'_> {
        let at = self.added.partition_point(|run| run.start <= line);
        let before = self.added.get(..at).unwrap_or_default();
        if let Some(run) = before.last().filter(|run| line - run.start < run.lines) {
            return match &run.origin {
                Some(Origin { path, start, how }) => {
                    LineOrigin::From(path, start.saturating_add(line - run.start), *how)
                }
                None => LineOrigin::New,
            };
        }
        // The k-th line that stayed is the k-th line that was not removed.
        let added: u32 = before.iter().map(|run| run.lines).fold(0, u32::saturating_add);
        let mut old = line.saturating_sub(added);
        for run in &self.removed {
            if run.start > old {
                break;
            }
            old = old.saturating_add(run.lines);
        }
        LineOrigin::Unchanged(old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_stayed_is_found_behind_what_came_and_went() {
        let mut file = FileChange::new(RepoPath::normalised("a.py"), ChangeKind::Modified);
        // Old: a b c d e f.  New: a X Y d e Z f, with `b c` gone.
        file.removed = vec![LineRun { start: 2, lines: 2 }];
        file.added = vec![
            AddedLines { start: 2, lines: 2, origin: None },
            AddedLines {
                start: 6,
                lines: 1,
                origin: Some(Origin {
                    path: RepoPath::normalised("b.py"),
                    start: 9,
                    how: Motion::Moved,
                }),
            },
        ];
        let origins: Vec<_> = (1..=7).map(|line| file.origin(line)).collect();
        let other = RepoPath::normalised("b.py");
        assert_eq!(
            origins,
            [
                LineOrigin::Unchanged(1),
                LineOrigin::New,
                LineOrigin::New,
                LineOrigin::Unchanged(4),
                LineOrigin::Unchanged(5),
                LineOrigin::From(&other, 9, Motion::Moved),
                LineOrigin::Unchanged(6),
            ]
        );
        assert_eq!((file.added_lines(), file.removed_lines()), (3, 2));
    }
}
