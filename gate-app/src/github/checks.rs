//! Check runs: found before they are made, so that a lost answer never makes a second one.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ids::{AppId, CheckRunId, CommitSha};

use super::{
    CheckRunDraft, Conclusion, Error, Repository, Status, draft::BATCH, route::Method, send::Enough,
};

/// A check run as GitHub has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRun {
    /// Its id; of two with one name, the greater one is the newer.
    pub id: CheckRunId,
    /// Its name.
    pub name: String,
    /// The commit it is about.
    pub head_sha: CommitSha,
    /// What its App wrote there.
    pub external_id: Option<String>,
    /// How far it has come.
    pub status: Status,
    /// How it ended.
    pub conclusion: Option<Conclusion>,
    /// Its App.
    pub app_id: Option<AppId>,
    /// Its title.
    pub title: Option<String>,
    /// How many annotations it has.
    pub annotations: usize,
    /// When work on it began.
    pub started_at: Option<Timestamp>,
}

/// What the caller knows of check runs with the draft's external id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Nothing: GitHub is asked first.
    Unknown,
    /// A snapshot has just shown that there is none.
    None,
}

#[derive(Deserialize)]
struct Page {
    check_runs: Vec<Raw>,
}

#[derive(Deserialize)]
struct Raw {
    id: u64,
    name: String,
    head_sha: CommitSha,
    external_id: Option<String>,
    status: Status,
    conclusion: Option<Conclusion>,
    started_at: Option<Timestamp>,
    output: Output,
    app: Option<RawApp>,
}

#[derive(Deserialize)]
struct Output {
    title: Option<String>,
    annotations_count: usize,
}

#[derive(Deserialize)]
struct RawApp {
    id: u64,
}

impl From<Raw> for CheckRun {
    fn from(raw: Raw) -> Self {
        Self {
            id: CheckRunId(raw.id),
            name: raw.name,
            head_sha: raw.head_sha,
            external_id: raw.external_id.filter(|id| !id.is_empty()),
            status: raw.status,
            conclusion: raw.conclusion,
            app_id: raw.app.map(|app| AppId(app.id)),
            title: raw.output.title,
            annotations: raw.output.annotations_count,
            started_at: raw.started_at,
        }
    }
}

impl Repository {
    /// The newest check run of ours with this name on a commit whose external id begins so.
    ///
    /// # Errors
    ///
    /// If a page cannot be read.
    pub async fn find_check_run(
        &self,
        head: &CommitSha,
        name: &str,
        external_id_prefix: &str,
    ) -> Result<Option<CheckRun>, Error> {
        let ours = self.our_check_runs(head, name).await?;
        let fits = |run: &CheckRun| {
            run.external_id.as_deref().unwrap_or_default().starts_with(external_id_prefix)
        };
        Ok(ours.into_iter().find(fits))
    }

    /// Every check run of ours with this name on a commit, the newest first.
    ///
    /// # Errors
    ///
    /// If a page cannot be read.
    pub async fn our_check_runs(
        &self,
        head: &CommitSha,
        name: &str,
    ) -> Result<Vec<CheckRun>, Error> {
        let app = self.github.app_id();
        let template = "/repos/{owner}/{repo}/commits/{ref}/check-runs";
        let route = self.route(Method::Get, template, &[head.as_str()]).with(&[
            ("check_name", name),
            ("app_id", &app.to_string()),
            ("filter", "all"),
            ("per_page", "100"),
        ]);
        let mut runs: Vec<CheckRun> = Vec::new();
        self.github
            .pages(self.who(), route, |page: Page| {
                runs.extend(page.check_runs.into_iter().map(CheckRun::from));
                Enough::No
            })
            .await?;
        runs.retain(|run| run.app_id == Some(app) && run.name == name);
        runs.sort_by_key(|run| std::cmp::Reverse(run.id));
        Ok(runs)
    }

    /// One check run.
    ///
    /// # Errors
    ///
    /// If there is none, or the call fails.
    pub async fn check_run(&self, id: CheckRunId) -> Result<CheckRun, Error> {
        let template = "/repos/{owner}/{repo}/check-runs/{check_run_id}";
        let route = self.route(Method::Get, template, &[&id.to_string()]);
        self.github.json::<Raw>(self.who(), &route, None).await.map(Into::into)
    }

    /// Makes the check run, unless one with the draft's external id is there already: then that one
    /// is updated. An answer that was lost is looked up before anything is sent again.
    ///
    /// # Errors
    ///
    /// If GitHub declines, or cannot be reached twice.
    pub async fn create_check_run(
        &self,
        draft: &CheckRunDraft,
        existing: Existing,
    ) -> Result<CheckRun, Error> {
        if existing == Existing::Unknown
            && let Some(run) = self.exactly(draft).await?
        {
            return self.update_check_run(&run, draft).await;
        }
        let first = draft.annotations.len().min(BATCH);
        let mut run = match self.post(draft).await {
            Err(error) if error.may_have_happened() => match self.exactly(draft).await? {
                Some(run) => run,
                None => self.post(draft).await?,
            },
            posted => posted?,
        };
        // The POST came with the first batch or not at all; GitHub's own count may lag behind it.
        run.annotations = run.annotations.max(first);
        self.annotate(run, draft).await
    }

    /// Brings a check run to what the draft says. Annotations that it has already are taken to be the
    /// first ones of the draft.
    ///
    /// # Errors
    ///
    /// If GitHub declines or cannot be reached.
    pub async fn update_check_run(
        &self,
        run: &CheckRun,
        draft: &CheckRunDraft,
    ) -> Result<CheckRun, Error> {
        let sent = run.annotations.min(draft.annotations.len());
        let body = Value::Object(draft.patch(sent)?);
        let run = self.patch(run.id, sent, draft, &body).await?;
        self.annotate(run, draft).await
    }

    /// Sends the annotations that are still to be sent.
    async fn annotate(&self, mut run: CheckRun, draft: &CheckRunDraft) -> Result<CheckRun, Error> {
        while run.annotations < draft.annotations.len() {
            let sent = run.annotations;
            let body = json!({ "output": draft.output(sent) });
            run = self.patch(run.id, sent, draft, &body).await?;
        }
        Ok(run)
    }

    /// One PATCH, with a batch of annotations after the `sent` ones. GitHub appends annotations, so
    /// after a lost answer it is asked how many came.
    async fn patch(
        &self,
        id: CheckRunId,
        sent: usize,
        draft: &CheckRunDraft,
        body: &Value,
    ) -> Result<CheckRun, Error> {
        let then = draft.annotations.len().min(sent.saturating_add(BATCH));
        let template = "/repos/{owner}/{repo}/check-runs/{check_run_id}";
        let route = self.route(Method::Patch, template, &[&id.to_string()]);
        let patched = self.github.json::<Raw>(self.who(), &route, Some(body)).await;
        let raw = match patched {
            Err(error) if error.may_have_happened() && then > sent => {
                let now = self.check_run(id).await?;
                if now.annotations >= then {
                    return Ok(CheckRun { annotations: then, ..now });
                }
                self.github.json::<Raw>(self.who(), &route, Some(body)).await?
            }
            patched => patched?,
        };
        Ok(CheckRun { annotations: then.max(sent), ..raw.into() })
    }

    async fn post(&self, draft: &CheckRunDraft) -> Result<CheckRun, Error> {
        let route = self.route(Method::Post, "/repos/{owner}/{repo}/check-runs", &[]);
        let body = draft.post()?;
        self.github.json::<Raw>(self.who(), &route, Some(&body)).await.map(Into::into)
    }

    async fn exactly(&self, draft: &CheckRunDraft) -> Result<Option<CheckRun>, Error> {
        let ours = self.our_check_runs(&draft.head_sha, &draft.name).await?;
        let wanted = Some(draft.external_id.as_str());
        Ok(ours.into_iter().find(|run| run.external_id.as_deref() == wanted))
    }
}
