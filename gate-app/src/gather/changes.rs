//! What a pull request changes: GitHub's list with its patches, and where GitHub's limits cut these,
//! the files themselves. Never less than there is: what cannot be had in full is `Broken`.

use std::collections::BTreeMap;

use gate_core::{
    evidence::{ChangeKind, ChangeSet, Piece},
    measure::{Digest, Message},
    report::{Patch, hunks_between, read_patches},
};

use crate::{
    github::{self, ChangedFile, Comparison, Snapshot, Version},
    ids::{CommitSha, PullRequestNumber},
};

use super::{GatherError, Sources, diffs::diff_of, facts::Fact};

/// More files than this are not fetched one by one.
const MOST_FETCHED: usize = 500;

/// The diff of one file.
pub(super) struct Change {
    pub(super) path: String,
    pub(super) old_path: Option<String>,
    pub(super) kind: ChangeKind,
    hunks: String,
    binary: bool,
    /// What stands for its content where the hunks have no lines around them, or there are none.
    pub(super) content: String,
}

/// A pull request, as far as the list of its files is concerned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed<'a> {
    number: PullRequestNumber,
    /// How many files it changes.
    files: u64,
    /// The branch that it goes to.
    pub(super) base: &'a str,
}

impl<'a> Listed<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        let Snapshot { number, changed_files, base_ref, .. } = snapshot;
        Self { number: *number, files: *changed_files, base: base_ref }
    }
}

/// Why there is no change set: it cannot be had, or not now.
pub(super) enum Failure {
    Broken(Message),
    Later(GatherError),
}

impl From<github::Error> for Failure {
    fn from(error: github::Error) -> Self {
        let is_final =
            matches!(error, github::Error::TooLarge { .. } | github::Error::NotFound { .. });
        if is_final {
            Self::Broken(Message::default().quote(error.to_string()))
        } else {
            Self::Later(error.into())
        }
    }
}

impl From<GatherError> for Failure {
    fn from(error: GatherError) -> Self {
        Self::Later(error)
    }
}

impl Sources {
    /// What a pull request changes; found out once for a head and its merge base.
    pub(super) async fn changes(
        &self,
        snapshot: &Snapshot,
    ) -> Result<Piece<ChangeSet>, GatherError> {
        let base = match &snapshot.base {
            Ok(base) => &base.commit,
            Err(incomplete) => {
                let why = Message::default().quote(incomplete.to_string());
                return Ok(Piece::Broken { why });
            }
        };
        self.changes_between(base, &snapshot.head, Some(Listed::of(snapshot))).await
    }

    /// What differs between a head and its merge base with another commit; `listed` where that is
    /// the head of a pull request.
    pub(super) async fn changes_between(
        &self,
        base: &CommitSha,
        head: &CommitSha,
        listed: Option<Listed<'_>>,
    ) -> Result<Piece<ChangeSet>, GatherError> {
        if let Some(merge_base) = self.known_merge_base(base, head).await?
            && let Some(changes) = self.known(fact(&name(&merge_base, head))).await?
        {
            return Ok(Piece::Present(changes));
        }
        match self.find_changes(base, head, listed).await {
            Ok(changes) => Ok(Piece::Present(changes)),
            Err(Failure::Broken(why)) => Ok(Piece::Broken { why }),
            Err(Failure::Later(error)) => Err(error),
        }
    }

    async fn find_changes(
        &self,
        base: &CommitSha,
        head: &CommitSha,
        listed: Option<Listed<'_>>,
    ) -> Result<ChangeSet, Failure> {
        let comparison = self.repository.compare(base, head).await?;
        let merge_base = comparison.merge_base.clone();
        self.keep_merge_base(base, head, &merge_base).await?;
        let name = name(&merge_base, head);
        if let Some(changes) = self.known(fact(&name)).await? {
            return Ok(changes);
        }
        let is_whole = is_whole(&comparison, listed);
        let changes = if is_whole {
            self.listed_changes(&merge_base, head, comparison.files).await?
        } else {
            let number = listed.map(|listed| listed.number);
            self.tree_changes(&merge_base, head, number).await?
        };
        if let Some(listed) = listed.filter(|_| is_whole) {
            self.keep_diff(&merge_base, head, (listed, &diff_of(&changes))).await?;
        }
        // Looking for moved code in a large diff takes a while.
        let read = tokio::task::spawn_blocking(move || {
            read_patches(changes.iter().map(Change::patch)).map_err(|error| error.to_string())
        });
        let changes = match read.await {
            Ok(Ok(changes)) => changes,
            Ok(Err(error)) => return Err(Failure::Broken(Message::default().quote(error))),
            Err(_) => {
                let why = "reading what changed failed inside; please report it";
                return Err(Failure::Broken(Message::new(why)));
            }
        };
        self.keep(fact(&name), &changes).await?;
        Ok(changes)
    }

    /// From a list that is complete, with the patches that are.
    pub(super) async fn listed_changes(
        &self,
        merge_base: &CommitSha,
        head: &CommitSha,
        files: Vec<ChangedFile>,
    ) -> Result<Vec<Change>, Failure> {
        let mut changes = Vec::with_capacity(files.len());
        let mut fetched = 0;
        for file in files {
            changes.push(self.change(merge_base, head, file, &mut fetched).await?);
        }
        Ok(changes)
    }

    /// From everything that both commits have, with the patches of GitHub's list as far as it goes.
    async fn tree_changes(
        &self,
        merge_base: &CommitSha,
        head: &CommitSha,
        number: Option<PullRequestNumber>,
    ) -> Result<Vec<Change>, Failure> {
        let too_many = || {
            let why = "GitHub does not list all files of the repository";
            Failure::Broken(Message::new(why))
        };
        let old = self.repository.tree(merge_base).await?.ok_or_else(too_many)?;
        let new = self.repository.tree(head).await?.ok_or_else(too_many)?;
        let listed = match number {
            Some(number) => self.repository.pull_request_files(number).await?,
            None => Vec::new(),
        };
        // The list is of the head as it is now, and the trees are of the head that is judged.
        let is_of_head = |file: &ChangedFile| new.get(&file.path) == file.sha.as_ref();
        let mut listed: BTreeMap<String, ChangedFile> = listed
            .into_iter()
            .filter(|file| file.kind != github::ChangeKind::Removed && is_of_head(file))
            .filter(|file| file.previous_path.as_ref().is_none_or(|path| old.contains_key(path)))
            .map(|file| (file.path.clone(), file))
            .collect();
        let mut files = Vec::new();
        let mut gone: BTreeMap<&String, &String> =
            old.iter().filter(|(path, _)| !new.contains_key(*path)).collect();
        for (path, id) in &new {
            let kind = match old.get(path) {
                Some(before) if before == id => continue,
                Some(_) => github::ChangeKind::Modified,
                None => github::ChangeKind::Added,
            };
            let file = listed.remove(path).unwrap_or_else(|| unlisted(path, id, kind));
            if let Some(from) = &file.previous_path {
                gone.remove(from);
            }
            files.push(file);
        }
        files.extend(
            gone.into_iter().map(|(path, id)| unlisted(path, id, github::ChangeKind::Removed)),
        );
        self.listed_changes(merge_base, head, files).await
    }

    /// One file: its patch where that is complete, and else by comparing both versions of it.
    async fn change(
        &self,
        merge_base: &CommitSha,
        head: &CommitSha,
        file: ChangedFile,
        fetched: &mut usize,
    ) -> Result<Change, Failure> {
        let kind = match file.kind {
            github::ChangeKind::Added => ChangeKind::Added,
            github::ChangeKind::Removed => ChangeKind::Removed,
            github::ChangeKind::Renamed => ChangeKind::Renamed,
            github::ChangeKind::Copied => ChangeKind::Copied,
            github::ChangeKind::Modified
            | github::ChangeKind::Changed
            | github::ChangeKind::Unchanged => ChangeKind::Modified,
        };
        let mut change = Change {
            path: file.path.clone(),
            old_path: file.previous_path.clone(),
            kind,
            hunks: String::new(),
            binary: false,
            content: String::new(),
        };
        if let Some(patch) = complete_patch(&file) {
            change.hunks = patch;
            return Ok(change);
        }
        *fetched += 1;
        if *fetched > MOST_FETCHED {
            return Err(Failure::Broken(Message::new(format_args!(
                "GitHub gives no diff of more than {MOST_FETCHED} files"
            ))));
        }
        let old_path = file.previous_path.as_deref().unwrap_or(&file.path);
        let versions = self.repository.versions((merge_base, old_path), (head, &file.path)).await?;
        match versions {
            (Version::Binary, _) | (_, Version::Binary) => {
                change.binary = true;
                change.content = file.sha.ok_or_else(|| {
                    let why = Message::new("GitHub does not say what is in ").quote(&file.path);
                    Failure::Broken(why)
                })?;
            }
            (old, new) => {
                let (old, new) = (text(old), text(new));
                let digest = |text: &str| Digest::of(text.as_bytes());
                change.content = format!("{} {}", digest(&old), digest(&new));
                let hunks = tokio::task::spawn_blocking(move || hunks_between(&old, &new)).await;
                change.hunks = hunks.map_err(|_| {
                    Failure::Broken(Message::new("comparing two files failed inside"))
                })?;
            }
        }
        Ok(change)
    }
}

impl Change {
    pub(super) fn patch(&self) -> Patch<'_> {
        let patch = Patch::new(&self.path, self.kind, &self.hunks);
        let patch = match &self.old_path {
            Some(path) => patch.from(path),
            None => patch,
        };
        if self.binary { patch.binary() } else { patch }
    }
}

/// Whether a comparison lists all that differs.
pub(super) fn is_whole(comparison: &Comparison, listed: Option<Listed<'_>>) -> bool {
    let count = comparison.files.len() as u64;
    !comparison.truncated && listed.is_none_or(|listed| listed.files == count)
}

/// The patch, if it has as many lines as GitHub counts.
fn complete_patch(file: &ChangedFile) -> Option<String> {
    match &file.patch {
        Some(patch) => {
            let count = |mark| patch.lines().filter(|line| line.starts_with(mark)).count() as u64;
            (count('+') == file.additions && count('-') == file.deletions).then(|| patch.clone())
        }
        // Nothing but its path is another one.
        None if file.kind == github::ChangeKind::Renamed
            && file.additions + file.deletions == 0 =>
        {
            Some(String::new())
        }
        None => None,
    }
}

fn unlisted(path: &str, id: &str, kind: github::ChangeKind) -> ChangedFile {
    ChangedFile {
        path: path.to_owned(),
        previous_path: None,
        sha: Some(id.to_owned()),
        kind,
        additions: 0,
        deletions: 0,
        patch: None,
    }
}

fn text(version: Version) -> String {
    match version {
        Version::Text(text) => text,
        Version::Absent | Version::Binary => String::new(),
    }
}

fn name(merge_base: &CommitSha, head: &CommitSha) -> String {
    // What was kept under another name was read by a reader that found less in it.
    format!("changes-and-marks:{merge_base}...{head}")
}

const fn fact(name: &str) -> Fact<'_> {
    Fact { name, what: "what a pull request changes" }
}
