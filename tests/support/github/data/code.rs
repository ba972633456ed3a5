//! What people make: commits, pull requests, and what is said of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

/// A commit with its whole tree.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Commit {
    pub sha: String,
    pub parents: Vec<String>,
    pub files: BTreeMap<String, Vec<u8>>,
    pub message: String,
    pub author: String,
    pub at: Timestamp,
    /// What GitHub thinks of its signature: `valid`, `unsigned`, `unknown_key`, …
    pub signature: String,
}

/// A push to a branch.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Push {
    pub id: u64,
    pub branch: String,
    pub before: String,
    pub after: String,
    pub actor: String,
    /// `push`, `force_push` or `branch_creation`.
    pub kind: String,
    pub at: Timestamp,
}

/// A pull request.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct PullRequest {
    pub id: u64,
    pub number: u64,
    pub title: String,
    pub body: Option<String>,
    pub author: String,
    pub draft: bool,
    /// `open` or `closed`.
    pub state: String,
    pub merged: bool,
    pub labels: BTreeSet<String>,
    pub base: String,
    pub base_sha: String,
    pub head: String,
    pub head_sha: String,
    pub head_repository: u64,
    pub reviews: Vec<Review>,
    pub threads: Vec<Thread>,
    pub review_requests: Vec<String>,
    /// `APPROVED`, `CHANGES_REQUESTED`, `REVIEW_REQUIRED`, or nothing where no review is required.
    pub review_decision: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A review.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Review {
    pub id: u64,
    pub author: String,
    /// In upper case, as REST and GraphQL write it.
    pub state: String,
    pub commit: String,
    pub body: String,
    pub at: Timestamp,
}

/// A conversation on the code.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Thread {
    pub id: String,
    pub comment_id: u64,
    pub author: String,
    pub path: String,
    pub line: u64,
    pub body: String,
    pub resolved_by: Option<String>,
    pub outdated: bool,
    pub at: Timestamp,
}

/// A comment on a pull request's conversation.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Comment {
    pub id: u64,
    pub number: u64,
    pub author: String,
    /// The App that wrote it.
    pub app: Option<u64>,
    pub body: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Whether the test has looked at it since it was last written.
    pub seen: bool,
}

/// An entry of a merge queue.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct MergeGroup {
    pub id: u64,
    pub number: u64,
    pub head: String,
    pub head_ref: String,
    pub base_sha: String,
    pub base: String,
    pub enqueued_at: Timestamp,
}

impl PullRequest {
    /// The last opinion of each reviewer: comments are none, and a dismissed one says nothing.
    #[must_use]
    pub fn opinions(&self) -> Vec<&Review> {
        let mut last: BTreeMap<&str, &Review> = BTreeMap::new();
        for review in &self.reviews {
            if ["APPROVED", "CHANGES_REQUESTED", "DISMISSED"].contains(&review.state.as_str()) {
                last.insert(&review.author, review);
            }
        }
        last.into_values().collect()
    }
}
