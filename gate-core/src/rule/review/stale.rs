//! Approvals of other commits than the head: whether what was reviewed is still what the pull request
//! changes, path by path. By the diffs, not by the times of anything.

use std::collections::BTreeSet;

use super::{Answer, Lack, Message, PullRequest, RepoPath, Review, Unknown, short};
use crate::{
    evidence::{Diff, Told},
    policy::StaleApprovals,
};

/// What an approval covers of what the pull request changes now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cover {
    /// All of it: it is of the head, its diff is that of the head, or the rule asks for no more.
    All,
    /// Some of it.
    Some {
        /// The paths that have the diff that was approved.
        same: BTreeSet<RepoPath>,
        /// Those that have another one, or had one.
        changed: BTreeSet<RepoPath>,
    },
    /// Nothing: it was given on another commit, and the rule counts none of these.
    Nothing,
    /// Nobody can tell.
    Unknown(Unknown),
}

impl Cover {
    /// Whether all is covered.
    pub(super) fn all(&self) -> Answer {
        match self {
            Self::All => Answer::Yes,
            Self::Some { .. } | Self::Nothing => Answer::No,
            Self::Unknown(unknown) => Answer::Unknown(unknown.clone()),
        }
    }

    /// Whether this path is covered.
    pub(super) fn path(&self, path: &RepoPath) -> Answer {
        match self {
            Self::Some { same, .. } if same.contains(path) => Answer::Yes,
            Self::All | Self::Some { .. } | Self::Nothing | Self::Unknown(_) => self.all(),
        }
    }
}

/// What an approval covers under a rule.
pub(super) fn cover(choice: StaleApprovals, pull_request: &PullRequest, review: &Review) -> Cover {
    let head = &pull_request.head.sha;
    match (choice, &review.commit) {
        (StaleApprovals::Count, _) => Cover::All,
        (_, Some(commit)) if commit == head => Cover::All,
        (StaleApprovals::Ignore, _) | (StaleApprovals::Unchanged, None) => Cover::Nothing,
        (StaleApprovals::Unchanged, Some(commit)) => {
            match (diff(pull_request, commit), diff(pull_request, head)) {
                (Ok(reviewed), Ok(now)) => compared(reviewed, now),
                (Err(mut one), Err(other)) => {
                    one.lacks.extend(other.lacks);
                    Cover::Unknown(one)
                }
                (Err(one), Ok(_)) | (Ok(_), Err(one)) => Cover::Unknown(one),
            }
        }
    }
}

/// Of which commit an approval is, beside the head.
pub(super) fn given_on(pull_request: &PullRequest, review: &Review) -> Message {
    let given = Message::new("was given on ");
    let given = match &review.commit {
        Some(commit) => given.quote(short(commit)),
        None => given.say("an unknown commit"),
    };
    given.say(", and the head is ").quote(short(&pull_request.head.sha))
}

fn diff<'a>(pull_request: &'a PullRequest, commit: &str) -> Result<&'a Diff, Unknown> {
    let what = || Message::new("what ").quote(short(commit)).say(" changes");
    match pull_request.people.diffs.get(commit) {
        Some(Told::Known(diff)) => Ok(diff),
        Some(Told::Unknown(why)) => Err(Unknown::because(&what(), why)),
        None => Err(Unknown::unasked(&what(), Lack::Diff(commit.to_owned()))),
    }
}

fn compared(reviewed: &Diff, now: &Diff) -> Cover {
    let paths = reviewed.keys().chain(now.keys());
    let (same, changed): (BTreeSet<&String>, BTreeSet<&String>) =
        paths.partition(|path| reviewed.get(*path) == now.get(*path));
    if changed.is_empty() {
        return Cover::All;
    }
    let all = |paths: BTreeSet<&String>| {
        paths.into_iter().map(|path| RepoPath::normalised(path)).collect()
    };
    Cover::Some { same: all(same), changed: all(changed) }
}
