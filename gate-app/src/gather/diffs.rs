//! What tells the diff of one commit from that of another, path by path: an approval holds as long as
//! the diff is the one that was approved.

use gate_core::{
    evidence::{ChangeKind, Diff, Told},
    measure::Message,
    report::patch_identity,
};

use crate::{
    github::{Snapshot, Tree},
    ids::CommitSha,
};

use super::{
    GatherError, Sources,
    changes::{Change, Failure, Listed, is_whole},
    facts::Fact,
};

impl Sources {
    /// What a commit of a pull request changes, seen from its base, so that two of them can be compared;
    /// of one that is the head no more, as it was when it was the head, where it was looked at then.
    pub(super) async fn diff(
        &self,
        snapshot: &Snapshot,
        commit: &CommitSha,
    ) -> Result<Told<Diff>, GatherError> {
        let base = match &snapshot.base {
            Ok(base) => &base.commit,
            Err(incomplete) => return Ok(Told::Unknown(incomplete.to_string())),
        };
        let is_head = *commit == snapshot.head;
        let merge_base = if is_head {
            self.known_merge_base(base, commit).await?
        } else {
            self.known(merge_base_of(&reviewed(&snapshot.base_ref, commit))).await?
        };
        if let Some(merge_base) = merge_base
            && let Some(diff) = self.known(diff_fact(&diff_name(&merge_base, commit))).await?
        {
            return Ok(Told::Known(diff));
        }
        match self.find_diff(base, commit, (snapshot, is_head)).await {
            Ok(diff) => Ok(Told::Known(diff)),
            Err(Failure::Broken(why)) => Ok(Told::Unknown(why.to_string())),
            Err(Failure::Later(error)) => Err(error),
        }
    }

    async fn find_diff(
        &self,
        base: &CommitSha,
        commit: &CommitSha,
        (snapshot, is_head): (&Snapshot, bool),
    ) -> Result<Diff, Failure> {
        let comparison = self.repository.compare(base, commit).await?;
        let merge_base = comparison.merge_base.clone();
        self.keep_merge_base(base, commit, &merge_base).await?;
        let listed = Listed::of(snapshot);
        let diff = if is_whole(&comparison, is_head.then_some(listed)) {
            diff_of(&self.listed_changes(&merge_base, commit, comparison.files).await?)
        } else {
            self.tree_diff(&merge_base, commit).await?
        };
        self.keep_diff(&merge_base, commit, (listed, &diff)).await?;
        Ok(diff)
    }

    /// Of more files than GitHub compares: a file's diff is another one as soon as the file is, here
    /// or there.
    async fn tree_diff(&self, merge_base: &CommitSha, commit: &CommitSha) -> Result<Diff, Failure> {
        let too_many = || {
            let why = "GitHub does not list all files of the repository";
            Failure::Broken(Message::new(why))
        };
        let old = self.repository.tree(merge_base).await?.ok_or_else(too_many)?;
        let new = self.repository.tree(commit).await?.ok_or_else(too_many)?;
        let differing =
            old.keys().chain(new.keys()).filter(|path| old.get(*path) != new.get(*path));
        let id =
            |tree: &Tree, path: &String| tree.get(path).map_or("none", String::as_str).to_owned();
        let both = |path: &String| format!("{} {}", id(&old, path), id(&new, path));
        Ok(differing.map(|path| (path.clone(), both(path))).collect())
    }

    /// Keeps what tells a diff from another, for when the commit is the head no more.
    pub(super) async fn keep_diff(
        &self,
        merge_base: &CommitSha,
        commit: &CommitSha,
        (listed, diff): (Listed<'_>, &Diff),
    ) -> Result<(), GatherError> {
        self.keep(diff_fact(&diff_name(merge_base, commit)), diff).await?;
        self.keep(merge_base_of(&reviewed(listed.base, commit)), merge_base).await
    }
}

/// What tells these changes from others, path by path; of a file that was moved under both paths.
pub(super) fn diff_of(changes: &[Change]) -> Diff {
    let mut diff = Diff::new();
    for change in changes {
        let identity = patch_identity(&change.patch(), &change.content);
        let gone = change.old_path.as_ref().filter(|_| change.kind != ChangeKind::Copied);
        for path in gone.into_iter().chain([&change.path]) {
            // Two files may share a path: one has gone from there, and another has come.
            diff.entry(path.clone()).or_default().push_str(&identity);
        }
    }
    diff
}

/// Under which it is kept what a commit changes from there.
fn diff_name(merge_base: &CommitSha, commit: &CommitSha) -> String {
    format!("diff:{merge_base}...{commit}")
}

/// Under which it is kept from where a commit was looked at last while it was to go to this branch.
fn reviewed(base_ref: &str, commit: &CommitSha) -> String {
    format!("reviewed:{base_ref}:{commit}")
}

const fn diff_fact(name: &str) -> Fact<'_> {
    Fact { name, what: "the diff of a commit" }
}

const fn merge_base_of(name: &str) -> Fact<'_> {
    Fact { name, what: "from where a commit was looked at" }
}
