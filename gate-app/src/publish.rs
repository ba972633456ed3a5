//! Floor 2: verdict → check run. Only what changed is written, and only by the newest evaluation.

use gate_core::{
    Verdict,
    measure::{Digest, Message, Outcome},
    policy::{Policy, PolicyError},
    render::{self, AnnotationLevel, Colour},
};
use jiff::Timestamp;

use crate::{
    gather::ExternalId,
    github::{
        self, Annotation, Check, CheckRun, CheckRunAction, CheckRunDraft, DraftError, DraftStatus,
        Existing, Repository,
    },
    ids::{AppId, CheckRunId, CommitSha, PullRequestNumber, RepositoryId},
    store::{Begin, Noted, Published, Store, StoreError},
};

/// The name of the check that branch protection requires.
pub const CHECK_NAME: &str = "gate";
/// The button that gathers everything again.
pub const AGAIN: &str = "re-evaluate";

/// GitHub takes so many bytes in a summary; some are kept for what is said beside the verdict.
const SUMMARY_BYTES: usize = 60_000;
/// More annotations than this nobody reads, and they fit into one request.
const MOST_ANNOTATIONS: usize = 50;

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
    /// A newer evaluation has the word.
    Overtaken,
    /// It would have been written, had this been no dry run.
    Dry,
}

/// What is to be said on a commit.
#[derive(Debug)]
pub struct Statement {
    /// How it came out; decides the check's conclusion.
    pub outcome: Outcome,
    /// One line.
    pub title: String,
    /// Markdown.
    pub summary: String,
    /// Remarks at lines.
    pub annotations: Vec<Annotation>,
}

impl Statement {
    /// A verdict.
    #[must_use]
    pub fn of(verdict: &Verdict) -> Self {
        let annotations = render::annotations(verdict);
        Self {
            outcome: verdict.outcome,
            title: verdict.title.to_string(),
            summary: render::markdown(verdict, SUMMARY_BYTES),
            annotations: annotations.iter().take(MOST_ANNOTATIONS).map(annotation).collect(),
        }
    }

    /// A policy that cannot be used: nothing can be judged, and so nothing passes.
    #[must_use]
    pub fn of_broken_policy(origin: &str, text: &str, error: &PolicyError) -> Self {
        let problems = render::problems(origin, text, error, Colour::Never);
        let mut summary =
            format!("The policy `{origin}` cannot be used, so nothing was judged.\n\n");
        summary.push_str(&block(&problems));
        Self {
            outcome: Outcome::Failed,
            title: format!("The policy cannot be used: {error}"),
            summary,
            annotations: Vec::new(),
        }
    }

    /// Something that kept the gate from judging.
    #[must_use]
    pub fn undecided(title: &str, why: &Message) -> Self {
        Self {
            outcome: Outcome::Inconclusive,
            title: format!("Inconclusive: {title}"),
            summary: block(&why.to_string()),
            annotations: Vec::new(),
        }
    }

    /// Adds a section to the summary.
    #[must_use]
    pub fn with(mut self, section: &str) -> Self {
        self.summary.push_str("\n\n");
        self.summary.push_str(section);
        self
    }

    /// The worst of several: a check stands on a commit, and pull requests may share it.
    #[must_use]
    pub fn worst(mut statements: Vec<(PullRequestNumber, Self)>) -> Option<Self> {
        // In one order, whichever of them asks.
        statements.sort_by_key(|(number, _)| *number);
        let shared: Vec<String> =
            statements.iter().map(|(number, _)| format!("#{number}")).collect();
        let outcome = statements.iter().map(|(_, statement)| statement.outcome).max()?;
        let (number, worst) =
            statements.into_iter().find(|(_, statement)| statement.outcome == outcome)?;
        if shared.len() < 2 {
            return Some(worst);
        }
        let shared = shared.join(", ");
        let title = format!("{} (#{number}, the worst of {shared})", worst.title);
        let section = format!(
            "This commit is the head of {shared}. The check stands on the commit, so it says the \
             worst: that of #{number}."
        );
        Some(Self { title, ..worst }.with(&section))
    }
}

/// Text as it stands, which no backtick in it can end.
pub(crate) fn block(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}", text.trim_end())
}

/// What the policy at a pull request's head would say; to be shown, never to judge by. The pull
/// request may have changed it, or the base branch since it was begun: it says what is, not why.
#[must_use]
pub fn proposal(origin: &str, text: &str, judge: impl FnOnce(&Policy) -> Verdict) -> String {
    match Policy::parse(text) {
        Err(error) => format!(
            "#### The head has another policy than the base branch, and it cannot be used\n\n{}",
            block(&render::problems(origin, text, &error, Colour::Never))
        ),
        Ok(policy) => {
            let verdict = judge(&policy);
            format!(
                "#### The head has another policy than the base branch\n\nThe verdict is by the base \
                 branch's. By the head's, with the evidence at hand, it would be: **{}**\n\n{}",
                verdict.outcome,
                block(&verdict.title.to_string())
            )
        }
    }
}

fn annotation(annotation: &render::Annotation) -> Annotation {
    Annotation {
        path: annotation.path.to_string(),
        start_line: annotation.start_line,
        end_line: annotation.end_line,
        level: match annotation.level {
            AnnotationLevel::Failure => github::AnnotationLevel::Failure,
            AnnotationLevel::Warning => github::AnnotationLevel::Warning,
            AnnotationLevel::Notice | _ => github::AnnotationLevel::Notice,
        },
        title: Some(annotation.title.clone()),
        message: annotation.message.clone(),
    }
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
    /// The order of this evaluation among all.
    pub sequence: u64,
    /// The time.
    pub now: Timestamp,
    /// Whether nothing is written.
    pub dry_run: bool,
}

impl Desk<'_> {
    /// Makes the check on `head` say this. `checks` are those that a snapshot has just shown there.
    ///
    /// # Errors
    /// When GitHub or the store fails in a way that may pass.
    pub async fn publish(
        &self,
        head: &CommitSha,
        statement: &Statement,
        external_id: &ExternalId,
        checks: &[Check],
    ) -> Result<Outcomes, PublishError> {
        let draft = self.draft(head, statement, external_id)?;
        let digest = digest(statement);
        if self.dry_run {
            tracing::info!(%head, title = draft.title, outcome = %statement.outcome, "would publish");
            return Ok(Outcomes::Dry);
        }
        let published = self.store.published(self.id, head).await?;
        let seen = self.newest(checks);
        // Written by an evaluation that was overtaken, and died before it could say so.
        let is_strange = published.as_ref().is_some_and(|published| {
            seen.is_some_and(|(id, _)| published.check_run.is_some_and(|known| known < id))
        });
        let digest_there = published.as_ref().and_then(|published| published.digest.as_ref());
        if digest_there == Some(&digest) && !is_strange {
            return Ok(Outcomes::Unchanged);
        }
        // Begun and never noted: whoever wrote died, or lost the answer. GitHub knows what it did.
        let is_unsure = is_strange || published.is_some() && digest_there.is_none();
        let Begin::Granted(before) =
            self.store.begin_publish(self.id, head, self.sequence, self.now).await?
        else {
            return Ok(Outcomes::Overtaken);
        };
        let ours = if is_unsure {
            self.repository.our_check_runs(head, CHECK_NAME).await?
        } else {
            Vec::new()
        };
        let seen = ours.first().map(|run| (run.id, run.status)).or(seen);
        let run = self.write(&draft, &before, seen).await?;
        for left in ours.iter().filter(|one| one.id != run.id) {
            self.close(left, head).await?;
        }
        let after = Published {
            check_run: Some(run.id),
            is_completed: run.status == github::Status::Completed,
            digest: Some(digest),
            sequence: self.sequence,
        };
        match self.store.note_published(self.id, head, &after, self.now).await? {
            Noted::Kept => Ok(Outcomes::Written),
            Noted::Overtaken => Ok(Outcomes::Overtaken),
        }
    }

    /// Ends a check that was left open beside a newer one. It is no pass.
    async fn close(&self, left: &CheckRun, head: &CommitSha) -> Result<(), PublishError> {
        if left.status == github::Status::Completed {
            return Ok(());
        }
        let draft = CheckRunDraft {
            name: CHECK_NAME.to_owned(),
            head_sha: head.clone(),
            external_id: "superseded".to_owned(),
            status: DraftStatus::Failed { completed_at: self.now },
            title: "Superseded by a newer check".to_owned(),
            summary: "Two evaluations of this commit crossed; the newer check counts.".to_owned(),
            text: None,
            annotations: Vec::new(),
            actions: Vec::new(),
            details_url: None,
            started_at: None,
        };
        self.repository.update_check_run(left, &draft).await?;
        Ok(())
    }

    /// The newest check of ours among those that a snapshot has shown.
    fn newest(&self, checks: &[Check]) -> Option<(CheckRunId, github::Status)> {
        let ours = checks
            .iter()
            .filter(|check| check.app_id == Some(self.app) && check.name == CHECK_NAME);
        ours.filter_map(|check| Some((check.id?, check.status))).max_by_key(|(id, _)| *id)
    }

    /// Updates the check run while it is incomplete, and makes a new one after that.
    async fn write(
        &self,
        draft: &CheckRunDraft,
        before: &Published,
        seen: Option<(CheckRunId, github::Status)>,
    ) -> Result<CheckRun, github::Error> {
        // The store knows what we wrote after GitHub was asked; GitHub knows what was written before
        // the store was there, and by those who could not note it.
        let known = before.check_run.map(|id| (id, before.is_completed));
        let seen = seen.map(|(id, status)| (id, status == github::Status::Completed));
        let open = match (known, seen) {
            (Some((known, is_completed)), Some((seen, was_completed))) if known == seen => {
                (!is_completed && !was_completed).then_some(known)
            }
            (known, seen) => {
                known.max(seen).filter(|(_, is_completed)| !is_completed).map(|(id, _)| id)
            }
        };
        match open {
            // Annotations come with the conclusion only, so an open run of ours has none.
            Some(id) => self.repository.update_check_run(&open_run(id, draft), draft).await,
            None => {
                let is_first = seen.is_none() && known.is_none() && before.sequence == 0;
                // GitHub shows the run that we wrote last as the newest: there is none after it.
                let is_last =
                    known.is_some_and(|(known, _)| seen.is_some_and(|(id, _)| id == known));
                let existing = if is_first || is_last { Existing::None } else { Existing::Unknown };
                self.repository.create_check_run(draft, existing).await
            }
        }
    }

    fn draft(
        &self,
        head: &CommitSha,
        statement: &Statement,
        external_id: &ExternalId,
    ) -> Result<CheckRunDraft, DraftError> {
        let completed_at = self.now;
        let status = match statement.outcome {
            Outcome::Passed => DraftStatus::Succeeded { completed_at },
            Outcome::Pending => DraftStatus::InProgress,
            // A gate is never skipped as a whole; if it were, that is no pass.
            Outcome::Failed | Outcome::Inconclusive | Outcome::Skipped => {
                DraftStatus::Failed { completed_at }
            }
        };
        let is_open = status == DraftStatus::InProgress;
        Ok(CheckRunDraft {
            name: CHECK_NAME.to_owned(),
            head_sha: head.clone(),
            external_id: external_id.write(),
            status,
            title: statement.title.clone(),
            summary: statement.summary.clone(),
            text: None,
            annotations: if is_open { Vec::new() } else { statement.annotations.clone() },
            actions: vec![CheckRunAction::new("Re-evaluate", "Gather everything again", AGAIN)?],
            details_url: None,
            started_at: Some(external_id.since),
        })
    }
}

/// What makes two statements the same for a reader. The time of the judgement is not part of it.
fn digest(statement: &Statement) -> Digest {
    let Statement { outcome, title, summary, annotations } = statement;
    Digest::of(format!("{outcome}\n{title}\n{summary}\n{annotations:?}").as_bytes())
}

fn open_run(id: CheckRunId, draft: &CheckRunDraft) -> CheckRun {
    CheckRun {
        id,
        name: draft.name.clone(),
        head_sha: draft.head_sha.clone(),
        external_id: None,
        status: github::Status::InProgress,
        conclusion: None,
        app_id: None,
        title: None,
        annotations: 0,
        started_at: None,
    }
}
