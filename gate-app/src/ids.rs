//! Floor 0: names of things at GitHub, each a type of its own, so that none is taken for another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The name of the check that the App posts, and that branch protection requires.
pub const CHECK_NAME: &str = "gate";

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident;)+) => { $(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+ };
}

numbers! {
    /// An App.
    AppId;
    /// An installation of the App: one account that it works for.
    InstallationId;
    /// A repository; stays when the repository is renamed or moved.
    RepositoryId;
    /// A pull request's number in its repository.
    PullRequestNumber;
    /// A check run.
    CheckRunId;
    /// A comment.
    CommentId;
    /// A workflow run.
    RunId;
    /// An artifact of a workflow run.
    ArtifactId;
}

/// A commit: 40 or 64 hexadecimal digits in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommitSha(String);

/// A text that names no commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a commit has 40 or 64 hexadecimal digits")]
pub struct CommitShaError;

impl CommitSha {
    /// The written form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CommitSha {
    type Err = CommitShaError;

    fn from_str(text: &str) -> Result<Self, CommitShaError> {
        let sound = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
        if sound { Ok(Self(text.to_ascii_lowercase())) } else { Err(CommitShaError) }
    }
}

impl TryFrom<String> for CommitSha {
    type Error = CommitShaError;

    fn try_from(text: String) -> Result<Self, CommitShaError> {
        text.parse()
    }
}

impl From<CommitSha> for String {
    fn from(sha: CommitSha) -> Self {
        sha.0
    }
}

impl fmt::Display for CommitSha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `owner/name`, as it is now; may change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RepositoryName {
    /// The account.
    pub owner: String,
    /// The repository's name within it.
    pub name: String,
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// What a verdict is about: what is claimed, evaluated and published as one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// Its repository.
    pub repository: RepositoryId,
    /// What of it.
    pub key: SubjectKey,
}

/// What of a repository is judged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKey {
    /// A pull request.
    PullRequest(PullRequestNumber),
    /// A group of a merge queue, by the commit it would merge.
    MergeGroup {
        /// The group's commit.
        head: CommitSha,
        /// `refs/heads/gh-readonly-queue/{base}/pr-{n}-{sha}`.
        head_ref: String,
        /// The branch that it goes to.
        base_ref: String,
    },
    /// A base branch at a commit, whose evidence is the next baseline.
    Branch {
        /// The branch's name, without `refs/heads/`.
        name: String,
        /// The commit it points to.
        head: CommitSha,
    },
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { repository, key } = self;
        match key {
            SubjectKey::PullRequest(number) => write!(f, "{repository}#{number}"),
            SubjectKey::MergeGroup { head, .. } => write!(f, "{repository} group {head}"),
            SubjectKey::Branch { name, head } => write!(f, "{repository} {name}@{head}"),
        }
    }
}
