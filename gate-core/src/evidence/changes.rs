//! What a pull request changes: the files between the merge base and the head.

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

impl ChangeSet {
    /// These files.
    #[must_use]
    pub const fn new(files: Vec<FileChange>) -> Self {
        Self { files }
    }
}

impl FileChange {
    /// This happened to the file of this path.
    #[must_use]
    pub const fn new(path: RepoPath, kind: ChangeKind) -> Self {
        Self { path, old_path: None, kind }
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
}
