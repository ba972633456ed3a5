//! What a webhook says, in our own words.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::payload;
use crate::ids::{CommitSha, InstallationId, PullRequestNumber, RepositoryId, RepositoryName};

/// A delivery that GitHub signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The same when GitHub delivers it again.
    pub id: DeliveryId,
    /// The event's name.
    pub event: String,
    /// What happened, for events that tell different things.
    pub action: Option<String>,
    /// The installation that it was sent for.
    pub installation: Option<InstallationId>,
    /// The repository that it is about.
    pub repository: Option<Repository>,
    /// What it means to us; never empty.
    pub effects: Vec<Effect>,
}

impl Delivery {
    /// Whether it means nothing to us, and why.
    #[must_use]
    pub fn ignored(&self) -> Option<&str> {
        match self.effects.as_slice() {
            [Effect::Ignored { why }] => Some(why),
            _ => None,
        }
    }
}

/// The value of `X-GitHub-Delivery`: a GUID.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeliveryId(String);

/// A text that names no delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a delivery's id has 1 to 64 letters, digits and hyphens")]
pub struct DeliveryIdError;

impl DeliveryId {
    /// The written form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeliveryId {
    type Err = DeliveryIdError;

    fn from_str(text: &str) -> Result<Self, DeliveryIdError> {
        let sound = (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if sound { Ok(Self(text.to_owned())) } else { Err(DeliveryIdError) }
    }
}

impl TryFrom<String> for DeliveryId {
    type Error = DeliveryIdError;

    fn try_from(text: String) -> Result<Self, DeliveryIdError> {
        text.parse()
    }
}

impl From<DeliveryId> for String {
    fn from(id: DeliveryId) -> Self {
        id.0
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A repository as a payload shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// Stays.
    pub id: RepositoryId,
    /// The name it had when the event happened.
    pub name: RepositoryName,
    /// Its default branch, where the payload says so.
    pub default_branch: Option<String>,
}

impl From<payload::Repository> for Repository {
    fn from(read: payload::Repository) -> Self {
        Self { id: read.id, name: read.full_name, default_branch: read.default_branch }
    }
}

/// What an event means to us: a hint where to look, never the truth itself. Branches are without
/// `refs/heads/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Something about a pull request changed.
    PullRequest {
        /// Which.
        number: PullRequestNumber,
        /// Its head when the event happened.
        head: CommitSha,
        /// The branch it goes to.
        base_ref: String,
        /// Whether it was open.
        open: bool,
    },
    /// A pull request was closed, merged or not.
    Closed {
        /// Which.
        number: PullRequestNumber,
        /// Its head.
        head: CommitSha,
    },
    /// Somebody else's check, status or workflow run on a commit changed.
    Commit(CommitSha),
    /// Somebody asked for our own check anew.
    Again {
        /// The commit it stands on.
        head: CommitSha,
        /// What we wrote into the check; none when the whole suite was asked for.
        external_id: Option<String>,
    },
    /// A merge queue asks for a verdict on a group.
    MergeGroup {
        /// The group's commit.
        head: CommitSha,
        /// `refs/heads/gh-readonly-queue/{base}/pr-{n}-{sha}`.
        head_ref: String,
        /// The branch it goes to.
        base_ref: String,
    },
    /// A merge queue wants that verdict no longer.
    MergeGroupGone {
        /// The group's commit.
        head: CommitSha,
        /// As in [`MergeGroup`](Self::MergeGroup).
        head_ref: String,
        /// The branch it would have gone to.
        base_ref: String,
    },
    /// A branch points to another commit. Whether it is the base of anything, the store knows.
    BranchMoved {
        /// Its name.
        name: String,
        /// Its new commit.
        head: CommitSha,
        /// Whether what judges pull requests to it may have changed: its policy, or its CODEOWNERS.
        bar: bool,
    },
    /// The delivery's repository has the name that the delivery says.
    RepositoryRenamed,
    /// The delivery's repository belongs to the owner that the delivery says.
    RepositoryTransferred,
    /// The delivery's repository is gone.
    RepositoryDeleted,
    /// The installation sees other repositories, or may do other things.
    InstallationChanged {
        /// What it sees now and did not before, as far as the payload lists them.
        added: Vec<Repository>,
        /// What it sees no longer.
        removed: Vec<Repository>,
    },
    /// The App was uninstalled or suspended.
    InstallationGone,
    /// Every open pull request may be judged differently: of the delivery's repository, or, where
    /// it names none, of the installation.
    EveryOpen,
    /// Nothing follows.
    Ignored {
        /// Why.
        why: String,
    },
}

impl Effect {
    /// Which pull request and which commit it is about, where it is about one.
    #[must_use]
    pub const fn place(&self) -> Option<(Option<PullRequestNumber>, Option<&CommitSha>)> {
        match self {
            Self::PullRequest { number, head, .. } | Self::Closed { number, head } => {
                Some((Some(*number), Some(head)))
            }
            Self::Commit(head)
            | Self::Again { head, .. }
            | Self::MergeGroup { head, .. }
            | Self::MergeGroupGone { head, .. }
            | Self::BranchMoved { head, .. } => Some((None, Some(head))),
            Self::RepositoryRenamed
            | Self::RepositoryTransferred
            | Self::RepositoryDeleted
            | Self::InstallationChanged { .. }
            | Self::InstallationGone
            | Self::EveryOpen
            | Self::Ignored { .. } => None,
        }
    }
}
