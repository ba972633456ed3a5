//! What a pull request, or a commit, looks like now: one GraphQL query, and further pages only where
//! a list has more than a hundred entries.
//!
//! Every list is whole or an error. GitHub may take one piece of an answer away and give the rest;
//! then that piece is an error, and the others are what they are.

mod list;
mod piece;
mod read;
mod wire;

use gate_core::evidence::{Review, Thread, UserAccount};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ids::{
    AppId, CheckRunId, CommitSha, PullRequestNumber, RepositoryId, RepositoryName, RunId,
};

use super::{
    Conclusion, Error, Quota, Repository, Status,
    graphql::{COMMIT, SNAPSHOT},
};

/// A piece of a snapshot: whole, or an error that says why it is not.
pub type Part<T> = Result<T, Incomplete>;

/// Why a piece of a snapshot cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}")]
pub struct Incomplete {
    /// Which piece.
    pub what: &'static str,
    /// What is wrong with it.
    pub why: String,
}

/// A pull request as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Its repository.
    pub repository: RepositoryId,
    /// The name that repository has now, which may not be the one that was asked for.
    pub name: RepositoryName,
    /// Its number.
    pub number: PullRequestNumber,
    /// Its title.
    pub title: String,
    /// Whether it is open.
    pub state: PullRequestState,
    /// Whether it is a draft.
    pub draft: bool,
    /// Who opened it; none for a deleted account. A bot's login ends in `[bot]`, as REST has it.
    pub author: Option<UserAccount>,
    /// The branch it goes to.
    pub base_ref: String,
    /// What that branch holds at its tip.
    pub base: Part<Base>,
    /// The branch it comes from.
    pub head_ref: String,
    /// What it brings.
    pub head: CommitSha,
    /// Where it comes from; none if that repository was deleted.
    pub head_repository: Option<RepositoryId>,
    /// How that repository is called now.
    pub head_name: Option<RepositoryName>,
    /// Whether it comes from another repository.
    pub fork: bool,
    /// The policy as the pull request would have it; to be shown, never to judge by.
    pub head_policy: Part<Option<String>>,
    /// Its labels.
    pub labels: Part<Vec<String>>,
    /// The newest opinion of everybody who may write, in the order of submission.
    pub reviews: Part<Vec<Review>>,
    /// GitHub's own view of the reviews; none where it requires none.
    pub review_decision: Part<Option<ReviewDecision>>,
    /// The conversations on its code.
    pub threads: Part<Vec<Thread>>,
    /// The newest check of every name, and every status, of its head.
    pub checks: Part<Vec<Check>>,
    /// The jobs of every workflow run of its head, of each run the newest of a name: two runs of one
    /// workflow are two here, where of their checks only the newer counts.
    pub jobs: Part<Vec<Check>>,
    /// How many comments its conversation has; none where GitHub does not tell.
    pub comments: Option<u64>,
    /// How many files it changes.
    pub changed_files: u64,
    /// How many commits it brings; none where GitHub does not tell.
    pub commits: Option<u64>,
    /// Whether it stands in a merge queue.
    pub in_merge_queue: bool,
    /// What is left of the GraphQL quota.
    pub quota: Option<Quota>,
}

/// A commit as it is now, with the policy of the branch it belongs to or goes to.
#[derive(Debug, Clone, PartialEq)]
pub struct CommitSnapshot {
    /// Its repository.
    pub repository: RepositoryId,
    /// The name that repository has now.
    pub name: RepositoryName,
    /// The commit.
    pub head: CommitSha,
    /// What the branch holds at its tip.
    pub base: Part<Base>,
    /// The policy at the commit itself.
    pub head_policy: Part<Option<String>>,
    /// The newest check of every name, and every status, of the commit.
    pub checks: Part<Vec<Check>>,
    /// The jobs of every workflow run of the commit, of each run the newest of a name.
    pub jobs: Part<Vec<Check>>,
    /// What is left of the GraphQL quota.
    pub quota: Option<Quota>,
}

/// What the base branch holds at its tip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The tip.
    pub commit: CommitSha,
    /// `.github/gate.yml`, if it has one.
    pub policy: Part<Option<String>>,
    /// CODEOWNERS, at the first of GitHub's three places that has it.
    pub code_owners: Part<Option<CodeOwnersFile>>,
}

/// A CODEOWNERS file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeOwnersFile {
    /// Where it stands.
    pub path: &'static str,
    /// What it says; none where GitHub sent only a part of it, and the rest is to be asked for.
    pub text: Option<String>,
}

/// Whether a pull request is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PullRequestState {
    /// It is.
    #[serde(rename = "open", alias = "OPEN")]
    Open,
    /// Closed without a merge.
    #[serde(rename = "closed", alias = "CLOSED")]
    Closed,
    /// Merged.
    #[serde(rename = "merged", alias = "MERGED")]
    Merged,
}

/// GitHub's own view of the reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReviewDecision {
    /// Enough approvals.
    #[serde(rename = "approved", alias = "APPROVED")]
    Approved,
    /// Somebody wants changes.
    #[serde(rename = "changes_requested", alias = "CHANGES_REQUESTED")]
    ChangesRequested,
    /// More approvals are required.
    #[serde(rename = "review_required", alias = "REVIEW_REQUIRED")]
    ReviewRequired,
}

/// A check run or a commit status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name, or the status's context.
    pub name: String,
    /// Its id; none for a status.
    pub id: Option<CheckRunId>,
    /// The App that made it; none for a status.
    pub app: Option<String>,
    /// That App's id.
    pub app_id: Option<AppId>,
    /// What its App wrote as its external id.
    pub external_id: Option<String>,
    /// The workflow it belongs to, if it is a job of Actions.
    pub workflow: Option<String>,
    /// That workflow's run.
    pub run: Option<RunId>,
    /// How far that run has come. A job that needs another has no check before the other has ended:
    /// in between every job is completed, and the run is not.
    pub run_status: Option<Status>,
    /// How far it has come.
    pub status: Status,
    /// How it ended, once it is completed.
    pub conclusion: Option<Conclusion>,
}

impl Check {
    /// As gate-core reads it.
    #[must_use]
    pub fn to_evidence(&self) -> gate_core::evidence::Check {
        gate_core::evidence::Check {
            name: self.name.clone(),
            app: self.app.clone(),
            workflow: self.workflow.clone(),
            status: self.status.as_str().to_owned(),
            conclusion: self.conclusion.map(|conclusion| conclusion.as_str().to_owned()),
        }
    }
}

impl Repository {
    /// Reads a pull request: one call, and one more for each further hundred of a list.
    ///
    /// # Errors
    ///
    /// If the pull request cannot be read at all. A piece that cannot be read is an error of its own.
    pub async fn snapshot(&self, number: PullRequestNumber) -> Result<Snapshot, Error> {
        let variables = json!({
            "owner": self.name.owner, "name": self.name.name, "number": number.0,
        });
        let answer = self.github.query(self.who(), SNAPSHOT, &variables).await?;
        read::pull_request(self, answer).await
    }

    /// Reads a commit that no pull request need have, and the policy of a branch: `branch` is its
    /// name, without `refs/heads/`.
    ///
    /// # Errors
    ///
    /// If the commit cannot be read at all.
    pub async fn commit_snapshot(
        &self,
        head: &CommitSha,
        branch: &str,
    ) -> Result<CommitSnapshot, Error> {
        let variables = json!({
            "owner": self.name.owner, "name": self.name.name, "head": head,
            "branch": format!("refs/heads/{branch}"),
        });
        let answer = self.github.query(self.who(), COMMIT, &variables).await?;
        read::commit(self, head, answer).await
    }

    /// The variables of a query for a further page.
    fn page_of(&self, more: &[(&str, Value)]) -> Value {
        let own = [("owner", json!(self.name.owner)), ("name", json!(self.name.name))];
        let all = own.iter().chain(more).map(|(key, value)| ((*key).to_owned(), value.clone()));
        Value::Object(all.collect())
    }
}
