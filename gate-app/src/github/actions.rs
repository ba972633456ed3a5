//! Workflow runs of a commit, their jobs, and the artifacts they left.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ArtifactId, CommitSha, RepositoryId, RunId};

use super::{
    Conclusion, Error, Repository, Status,
    route::{Method, Route},
    send::Enough,
};

/// A run of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowRun {
    /// Its id; a re-run keeps it.
    pub id: RunId,
    /// How often it has run, from 1.
    pub attempt: u64,
    /// The workflow's name, if it has one.
    pub name: Option<String>,
    /// The workflow's file, for example `.github/workflows/ci.yml`.
    pub path: String,
    /// What started it: `pull_request`, `push`, `merge_group` …
    pub event: String,
    /// How far it has come.
    pub status: Status,
    /// How it ended, once it is completed.
    pub conclusion: Option<Conclusion>,
    /// The commit it ran for.
    pub head_sha: CommitSha,
    /// The branch it ran for.
    pub head_branch: Option<String>,
    /// Where that commit comes from: another repository for a fork's.
    pub head_repository: Option<RepositoryId>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A job of a run's newest attempt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Job {
    /// Its id, which is its check run's too.
    pub id: u64,
    /// Its name, with its matrix values.
    pub name: String,
    /// How far it has come.
    pub status: Status,
    /// How it ended, once it is completed.
    pub conclusion: Option<Conclusion>,
}

/// An artifact that a run left. Of a run that has ended the list is remembered, so it serialises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Its id.
    pub id: ArtifactId,
    /// Its name.
    pub name: String,
    /// Its size as GitHub states it; what comes is counted all the same.
    pub size: u64,
    /// `sha256:…` of what will be downloaded; old uploads have none.
    pub digest: Option<String>,
    /// Whether it has been deleted.
    pub expired: bool,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// The run that left it.
    pub run: Option<RunId>,
    /// The commit that run was for.
    pub head_sha: Option<CommitSha>,
    /// The repository that run belongs to.
    pub repository: Option<RepositoryId>,
    /// Where that commit comes from.
    pub head_repository: Option<RepositoryId>,
}

#[derive(Deserialize)]
struct Runs {
    total_count: u64,
    workflow_runs: Vec<RawRun>,
}

#[derive(Deserialize)]
struct RawRun {
    id: u64,
    #[serde(default)]
    run_attempt: Option<u64>,
    name: Option<String>,
    path: String,
    event: String,
    status: Option<Status>,
    conclusion: Option<Conclusion>,
    head_sha: CommitSha,
    head_branch: Option<String>,
    #[serde(default)]
    head_repository: Option<RawId>,
    created_at: Timestamp,
}

#[derive(Deserialize)]
struct RawId {
    id: u64,
}

#[derive(Deserialize)]
struct Jobs {
    total_count: u64,
    jobs: Vec<Job>,
}

#[derive(Deserialize)]
struct Artifacts {
    total_count: u64,
    artifacts: Vec<RawArtifact>,
}

#[derive(Deserialize)]
struct RawArtifact {
    id: u64,
    name: String,
    size_in_bytes: u64,
    #[serde(default)]
    digest: Option<String>,
    expired: bool,
    created_at: Option<Timestamp>,
    #[serde(default)]
    workflow_run: Option<RawOrigin>,
}

#[derive(Deserialize)]
struct RawOrigin {
    #[serde(default)]
    id: Option<u64>,
    #[serde(default)]
    repository_id: Option<u64>,
    #[serde(default)]
    head_repository_id: Option<u64>,
    #[serde(default)]
    head_sha: Option<CommitSha>,
}

impl From<RawRun> for WorkflowRun {
    fn from(raw: RawRun) -> Self {
        Self {
            id: RunId(raw.id),
            attempt: raw.run_attempt.unwrap_or(1),
            name: raw.name,
            path: raw.path,
            event: raw.event,
            // A run without a status has only been asked for; certainly it has not ended.
            status: raw.status.unwrap_or(Status::Requested),
            conclusion: raw.conclusion,
            head_sha: raw.head_sha,
            head_branch: raw.head_branch,
            head_repository: raw.head_repository.map(|one| RepositoryId(one.id)),
            created_at: raw.created_at,
        }
    }
}

impl From<RawArtifact> for Artifact {
    fn from(raw: RawArtifact) -> Self {
        let origin = raw.workflow_run.as_ref();
        Self {
            id: ArtifactId(raw.id),
            name: raw.name,
            size: raw.size_in_bytes,
            digest: raw.digest,
            expired: raw.expired,
            created_at: raw.created_at,
            run: origin.and_then(|one| one.id).map(RunId),
            repository: origin.and_then(|one| one.repository_id).map(RepositoryId),
            head_repository: origin.and_then(|one| one.head_repository_id).map(RepositoryId),
            head_sha: raw.workflow_run.and_then(|one| one.head_sha),
        }
    }
}

impl Repository {
    /// Every workflow run for a commit; for a fork's commit too.
    ///
    /// # Errors
    ///
    /// If a page cannot be read, or fewer came than GitHub counts.
    pub async fn runs_of(&self, head: &CommitSha) -> Result<Vec<WorkflowRun>, Error> {
        let route = self.route(Method::Get, "/repos/{owner}/{repo}/actions/runs", &[]).with(&[
            ("head_sha", head.as_str()),
            ("exclude_pull_requests", "true"),
            ("per_page", "100"),
        ]);
        self.all(route, |page: Runs| (page.total_count, page.workflow_runs)).await
    }

    /// One workflow run.
    ///
    /// # Errors
    ///
    /// If there is none, or the call fails.
    pub async fn run(&self, run: RunId) -> Result<WorkflowRun, Error> {
        let template = "/repos/{owner}/{repo}/actions/runs/{run_id}";
        let route = self
            .route(Method::Get, template, &[&run.to_string()])
            .with(&[("exclude_pull_requests", "true")]);
        self.github.json::<RawRun>(self.who(), &route, None).await.map(Into::into)
    }

    /// The jobs of a run's newest attempt.
    ///
    /// # Errors
    ///
    /// If a page cannot be read, or fewer came than GitHub counts.
    pub async fn jobs_of(&self, run: RunId) -> Result<Vec<Job>, Error> {
        let template = "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs";
        let route = self
            .route(Method::Get, template, &[&run.to_string()])
            .with(&[("filter", "latest"), ("per_page", "100")]);
        self.all(route, |page: Jobs| (page.total_count, page.jobs)).await
    }

    /// The artifacts of a run, of all its attempts; `name` is an exact one.
    ///
    /// # Errors
    ///
    /// If a page cannot be read, or fewer came than GitHub counts.
    pub async fn artifacts_of(
        &self,
        run: RunId,
        name: Option<&str>,
    ) -> Result<Vec<Artifact>, Error> {
        let template = "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts";
        let mut route =
            self.route(Method::Get, template, &[&run.to_string()]).with(&[("per_page", "100")]);
        if let Some(name) = name {
            route = route.with(&[("name", name)]);
        }
        self.all(route, |page: Artifacts| (page.total_count, page.artifacts)).await
    }

    /// Every page of a list that says how long it is.
    async fn all<P, R, T>(
        &self,
        route: Route,
        mut open: impl FnMut(P) -> (u64, Vec<R>),
    ) -> Result<Vec<T>, Error>
    where
        P: serde::de::DeserializeOwned,
        T: From<R>,
    {
        let call = route.name();
        let (mut items, mut count) = (Vec::new(), 0);
        self.github
            .pages(self.who(), route, |page: P| {
                let (total, more) = open(page);
                count = total;
                items.extend(more.into_iter().map(T::from));
                Enough::No
            })
            .await?;
        let came = u64::try_from(items.len()).unwrap_or(u64::MAX);
        if came < count {
            let problem = format!("{came} of {count} entries came");
            return Err(Error::Malformed { call, problem });
        }
        Ok(items)
    }
}
