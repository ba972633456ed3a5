//! Floor 2: verdict → check run, and comment where the policy wants one. Only what changed is written,
//! and only by the newest evaluation.

mod check;
mod comment;
mod statement;

use jiff::Timestamp;

use crate::{
    github::{self, DraftError, Repository},
    ids::{AppId, RepositoryId},
    store::{Claim, Store, StoreError},
};

pub use crate::ids::CHECK_NAME;
pub use comment::{Commented, Conversation};
pub use statement::{Statement, proposal};

/// The button that gathers everything again.
pub const AGAIN: &str = "re-evaluate";

/// Why something could not be published, though it may be later.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// GitHub did not take it.
    #[error(transparent)]
    GitHub(#[from] github::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The check cannot be drawn up.
    #[error(transparent)]
    Draft(#[from] DraftError),
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcomes {
    /// It was written.
    Written,
    /// It stands there already.
    Unchanged,
    /// A newer evaluation has the word, or the head is no longer the head.
    Overtaken,
    /// Another pull request with this head is writing, since then.
    Busy {
        /// Since when.
        since: Timestamp,
    },
    /// It would have been written, had this been no dry run.
    Dry,
}

/// Where and by whom something is published.
#[derive(Debug)]
pub struct Desk<'a> {
    /// The repository, to write to.
    pub repository: &'a Repository,
    /// Its id.
    pub id: RepositoryId,
    /// The App.
    pub app: AppId,
    /// What was published before.
    pub store: &'a Store,
    /// The claim whose evaluation this is; its fence is the order of this evaluation among all.
    pub claim: &'a Claim,
    /// The time.
    pub now: Timestamp,
    /// Whether nothing is written.
    pub dry_run: bool,
}
