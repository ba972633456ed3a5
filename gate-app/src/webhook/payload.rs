//! The parts of GitHub's payloads that the App reads. Everything else in them is passed over, so
//! that a new or missing field elsewhere breaks nothing; octocrab's types, which name every field,
//! refuse payloads that GitHub really sends.

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::ids::{
    AppId, CommitSha, InstallationId, PullRequestNumber, RepositoryId, RepositoryName,
};

/// What every event may carry.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope {
    pub(super) action: Option<String>,
    pub(super) installation: Option<Installation>,
    pub(super) repository: Option<Repository>,
}

/// What any known event may carry. GitHub gives a key the same meaning in all of them.
#[derive(Debug, Deserialize)]
pub(super) struct Payload {
    pub(super) action: Option<String>,
    pub(super) installation: Option<Installation>,
    pub(super) repository: Option<Repository>,
    pub(super) pull_request: Option<PullRequest>,
    pub(super) check_run: Option<CheckRun>,
    pub(super) check_suite: Option<CheckSuite>,
    pub(super) workflow_run: Option<WorkflowRun>,
    pub(super) merge_group: Option<MergeGroup>,
    /// Of `status`.
    pub(super) sha: Option<CommitSha>,
    /// Of `push`: a full reference.
    #[serde(rename = "ref")]
    pub(super) reference: Option<String>,
    /// Of `push`: the new commit, or zeros; of `pull_request.synchronize` too, where it is unread.
    pub(super) after: Option<String>,
    /// Of `push`: the reference is gone.
    pub(super) deleted: Option<bool>,
    /// Of `push`: commits were taken away.
    pub(super) forced: Option<bool>,
    /// Of `push`: the commits that are new there, the first 2048 of them.
    pub(super) commits: Option<Vec<Pushed>>,
    /// Of `installation`.
    pub(super) repositories: Option<Vec<Repository>>,
    /// Of `installation_repositories`.
    pub(super) repositories_added: Option<Vec<Repository>>,
    /// Of `installation_repositories`.
    pub(super) repositories_removed: Option<Vec<Repository>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Installation {
    pub(super) id: InstallationId,
}

#[derive(Debug, Deserialize)]
pub(super) struct Repository {
    pub(super) id: RepositoryId,
    #[serde(deserialize_with = "full_name")]
    pub(super) full_name: RepositoryName,
    pub(super) default_branch: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PullRequest {
    pub(super) number: PullRequestNumber,
    pub(super) state: PullRequestState,
    pub(super) head: Head,
    pub(super) base: Base,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum PullRequestState {
    Open,
    Closed,
}

#[derive(Debug, Deserialize)]
pub(super) struct Head {
    pub(super) sha: CommitSha,
}

#[derive(Debug, Deserialize)]
pub(super) struct Base {
    #[serde(rename = "ref")]
    pub(super) reference: String,
}

/// `pull_requests` is not read: it is empty for forks. `external_id` carries what we need of our own.
#[derive(Debug, Deserialize)]
pub(super) struct CheckRun {
    pub(super) head_sha: CommitSha,
    pub(super) external_id: Option<String>,
    pub(super) app: Option<App>,
}

/// `head_branch` is not read: it is null for forks.
#[derive(Debug, Deserialize)]
pub(super) struct CheckSuite {
    pub(super) head_sha: CommitSha,
    pub(super) app: Option<App>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct App {
    pub(super) id: AppId,
}

#[derive(Debug, Deserialize)]
pub(super) struct WorkflowRun {
    pub(super) head_sha: CommitSha,
}

/// The paths that a pushed commit touches.
#[derive(Debug, Deserialize)]
pub(super) struct Pushed {
    #[serde(default)]
    pub(super) added: Vec<String>,
    #[serde(default)]
    pub(super) removed: Vec<String>,
    #[serde(default)]
    pub(super) modified: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct MergeGroup {
    pub(super) head_sha: CommitSha,
    pub(super) head_ref: String,
    pub(super) base_ref: String,
}

/// `owner/name`, the one form that every event has.
fn full_name<'de, D: Deserializer<'de>>(from: D) -> Result<RepositoryName, D::Error> {
    let text = String::deserialize(from)?;
    match text.split_once('/') {
        Some((owner, name)) if !owner.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok(RepositoryName { owner: owner.to_owned(), name: name.to_owned() })
        }
        _ => Err(D::Error::custom(format!("{text:?} is not of the form owner/name"))),
    }
}
