//! The pull request as people and checks have left it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Commit, Piece, Protection, people::People};

/// The state of one pull request. Its JSON form, version 1, is `pull-request.json` (see
/// `docs/pull-request.md`), read by [`report::pull_request`](crate::report::read_pull_request).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PullRequest {
    /// Its number, where it has one already.
    pub number: Option<u64>,
    /// Its title.
    pub title: Option<String>,
    /// Who opened it; absent for a deleted account.
    pub author: Option<Account>,
    /// Where it goes.
    pub base: Branch,
    /// What it brings.
    pub head: Branch,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether it comes from a fork; absent where nobody has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fork: Option<bool>,
    /// When its head was first seen; what is still expected is waited for from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_seen_at: Option<Timestamp>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Every review, in the order of submission.
    pub reviews: Vec<Review>,
    /// The review conversations on its code.
    pub threads: Vec<Thread>,
    /// The checks and statuses of its head.
    pub checks: Vec<Check>,
    /// What has to be known of people beside their reviews.
    #[serde(default, skip_serializing_if = "People::is_empty")]
    pub people: People,
    /// Its commits, the oldest first, where whoever described it has listed them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commits: Option<Vec<Commit>>,
    /// How its base branch is protected. Not in the record of a policy that does not ask for it.
    #[serde(default = "Piece::nobody_looked", skip_serializing_if = "Piece::is_nobody_looked")]
    pub protection: Piece<Protection>,
}

/// A person's or bot's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The login; may change, and is compared without case.
    pub login: String,
    /// The numeric id; never changes.
    pub id: Option<u64>,
    /// Whether it is a bot or an App.
    #[serde(default)]
    pub bot: bool,
}

impl Account {
    /// One person, by numeric id where both have one (a login may change hands), else by login.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self.id, other.id) {
            (Some(a), Some(b)) => a == b,
            (Some(_), None) | (None, Some(_) | None) => {
                self.login.eq_ignore_ascii_case(&other.login)
            }
        }
    }
}

/// A branch at a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// The branch's name.
    #[serde(rename = "ref")]
    pub name: String,
    /// The commit it points to.
    pub sha: String,
}

/// One review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Who gave it; absent for a deleted account.
    pub author: Option<Account>,
    /// What it says.
    pub state: ReviewState,
    /// The commit it was given on, where that is known.
    pub commit: Option<String>,
    /// When it was submitted; absent for a pending one.
    pub submitted_at: Option<Timestamp>,
    /// Whether its author may write to the repository.
    pub can_write: bool,
}

/// What a review says. Read in lower case, as GitHub's webhooks write it, and in upper case, as its
/// REST and GraphQL interfaces do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// The changes may go in.
    #[serde(alias = "APPROVED")]
    Approved,
    /// They may not, as they are.
    #[serde(alias = "CHANGES_REQUESTED")]
    ChangesRequested,
    /// Words only; no opinion.
    #[serde(alias = "COMMENTED")]
    Commented,
    /// An opinion that was taken back.
    #[serde(alias = "DISMISSED")]
    Dismissed,
    /// Not submitted; no opinion.
    #[serde(alias = "PENDING")]
    Pending,
}

/// One review conversation on the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    /// The file it is about.
    pub path: String,
    /// The line it is about, where it still has one.
    pub line: Option<u32>,
    /// Whether somebody resolved it.
    pub resolved: bool,
    /// Whether the code it is about has changed since.
    #[serde(default)]
    pub outdated: bool,
}

/// A check run or commit status on the head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// The App that made it; absent for a commit status.
    pub app: Option<String>,
    /// The workflow it is a job of, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// `queued`, `in_progress`, `completed`, …, as GitHub has it.
    pub status: String,
    /// `success`, `failure`, …, once it is completed.
    pub conclusion: Option<String>,
}

impl PullRequest {
    /// A pull request that brings `head` to `base`, with nothing said about it yet.
    #[must_use]
    pub fn new(base: Branch, head: Branch) -> Self {
        Self {
            number: None,
            title: None,
            author: None,
            base,
            head,
            draft: false,
            fork: None,
            head_seen_at: None,
            labels: Vec::new(),
            reviews: Vec::new(),
            threads: Vec::new(),
            checks: Vec::new(),
            people: People::default(),
            commits: None,
            protection: Piece::nobody_looked(),
        }
    }
}
