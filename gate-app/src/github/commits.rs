//! The commits that a head has and a base has not, however many.

use gate_core::evidence::Commit;
use serde::Deserialize;
use serde_json::Value;

use crate::ids::CommitSha;

use super::{
    Error, Repository,
    route::{Method, Route},
};

/// So many commits on a page, the first of which lists the files, too.
const ON_A_PAGE: u64 = 100;
/// Nobody reviews more commits than these.
const MOST_COMMITS: u64 = 10_000;

#[derive(Deserialize)]
struct Page {
    total_commits: u64,
    commits: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    sha: CommitSha,
    commit: Inner,
    parents: Vec<Value>,
}

#[derive(Deserialize)]
struct Inner {
    message: String,
    #[serde(default)]
    verification: Option<Verification>,
}

#[derive(Deserialize)]
struct Verification {
    verified: bool,
    reason: String,
}

impl From<Node> for Commit {
    fn from(Node { sha, commit, parents }: Node) -> Self {
        let parents = u32::try_from(parents.len()).unwrap_or(u32::MAX);
        let read = Self::new(sha.as_str(), commit.message).with_parents(parents);
        match commit.verification {
            Some(Verification { verified, reason }) => read.with_verification(verified, reason),
            None => read,
        }
    }
}

impl Repository {
    /// The commits that a head has and a base has not, the oldest first: one call for each hundred.
    /// GitHub's list of a pull request's commits ends after 250; this one has them all.
    ///
    /// # Errors
    ///
    /// If GitHub does not know one of the commits, gives fewer than it counts, or a call fails.
    pub async fn commits_between(
        &self,
        base: &CommitSha,
        head: &CommitSha,
    ) -> Result<Vec<Commit>, Error> {
        let range = format!("{base}...{head}");
        let template = "/repos/{owner}/{repo}/compare/{basehead}";
        let mut commits: Vec<Commit> = Vec::new();
        let size = ON_A_PAGE.to_string();
        for page in 1.. {
            let page: u64 = page;
            let route: Route = self.route(Method::Get, template, &[&range]);
            let route = route.with(&[("per_page", &size), ("page", &page.to_string())]);
            let Page { total_commits, commits: listed } =
                self.github.json(self.who(), &route, None).await?;
            if total_commits > MOST_COMMITS {
                let call = route.name();
                return Err(Error::TooLarge { call, limit: MOST_COMMITS, unit: "commits" });
            }
            let is_last = listed.is_empty();
            commits.extend(listed.into_iter().map(Commit::from));
            if commits.len() as u64 >= total_commits {
                return Ok(commits);
            }
            if is_last {
                let problem = format!("{} of {total_commits} commits came", commits.len());
                return Err(Error::Malformed { call: route.name(), problem });
            }
        }
        Ok(commits)
    }
}
