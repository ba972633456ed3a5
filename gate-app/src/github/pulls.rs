//! Open pull requests, for the sweep after a time of silence.

use jiff::Timestamp;
use serde::Deserialize;

use crate::ids::{CommitSha, PullRequestNumber, RepositoryId};

use super::{Error, Repository, route::Method, send::Enough};

/// A pull request that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPullRequest {
    /// Its number.
    pub number: PullRequestNumber,
    /// What it brings.
    pub head: CommitSha,
    /// The branch it goes to.
    pub base_ref: String,
    /// Whether it is a draft.
    pub draft: bool,
    /// Where it comes from; none if that repository was deleted.
    pub head_repository: Option<RepositoryId>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

#[derive(Deserialize)]
struct Raw {
    number: u64,
    head: RawHead,
    base: RawBase,
    #[serde(default)]
    draft: bool,
    updated_at: Timestamp,
}

#[derive(Deserialize)]
struct RawHead {
    sha: CommitSha,
    #[serde(default)]
    repo: Option<RawId>,
}

#[derive(Deserialize)]
struct RawBase {
    #[serde(rename = "ref")]
    name: String,
}

#[derive(Deserialize)]
struct RawId {
    id: u64,
}

impl From<Raw> for OpenPullRequest {
    fn from(raw: Raw) -> Self {
        Self {
            number: PullRequestNumber(raw.number),
            head: raw.head.sha,
            base_ref: raw.base.name,
            draft: raw.draft,
            head_repository: raw.head.repo.map(|repo| RepositoryId(repo.id)),
            updated_at: raw.updated_at,
        }
    }
}

impl Repository {
    /// Every open pull request; with `base`, of those that go to this branch.
    ///
    /// # Errors
    ///
    /// If a page cannot be read.
    pub async fn open_pull_requests(
        &self,
        base: Option<&str>,
    ) -> Result<Vec<OpenPullRequest>, Error> {
        let mut route = self
            .route(Method::Get, "/repos/{owner}/{repo}/pulls", &[])
            .with(&[("state", "open"), ("per_page", "100")]);
        if let Some(base) = base {
            route = route.with(&[("base", base)]);
        }
        let mut open = Vec::new();
        self.github
            .pages(self.who(), route, |page: Vec<Raw>| {
                open.extend(page.into_iter().map(OpenPullRequest::from));
                Enough::No
            })
            .await?;
        Ok(open)
    }
}
