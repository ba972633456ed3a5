//! The check run: updated while it is open, and a new one after that.

use gate_core::measure::{Digest, Outcome};
use jiff::Timestamp;

use crate::{
    gather::ExternalId,
    github::{
        self, Check, CheckRun, CheckRunAction, CheckRunDraft, DraftError, DraftStatus, Existing,
    },
    ids::{CheckRunId, CommitSha},
    store::{Begin, Noted, Published},
};

use super::{AGAIN, CHECK_NAME, Desk, Outcomes, PublishError, Statement};

impl Desk<'_> {
    /// Makes the check on `head` say this. `seen` are the checks that a snapshot has just shown there;
    /// none where it could not be told.
    ///
    /// # Errors
    /// When GitHub or the store fails in a way that may pass.
    pub async fn publish(
        &self,
        head: &CommitSha,
        statement: &Statement,
        external_id: &ExternalId,
        seen: Option<&[Check]>,
    ) -> Result<Outcomes, PublishError> {
        let draft = self.draft(head, statement, external_id)?;
        let digest = digest(statement);
        if self.dry_run {
            tracing::info!(%head, title = draft.title, outcome = %statement.outcome, "would publish");
            return Ok(Outcomes::Dry);
        }
        let known = self.store.published(self.id, head).await?;
        let shown = self.newest_of(seen.unwrap_or_default());
        // Written by an evaluation that was overtaken, and died before it could say so.
        let is_strange = known.as_ref().is_some_and(|known| {
            shown.is_some_and(|shown| known.check_run.is_some_and(|known| known < shown.id))
        });
        if !is_strange && known.as_ref().is_some_and(|known| self.stands(known, &digest)) {
            return Ok(Outcomes::Unchanged);
        }
        if !self.store.is_head(self.claim, head).await? {
            return Ok(Outcomes::Overtaken);
        }
        let sequence = self.claim.fence;
        let begin = self.store.begin_publish(self.id, head, sequence, self.now).await?;
        let before = match begin {
            Begin::Granted(before) => before,
            Begin::Newer => return Ok(Outcomes::Overtaken),
            Begin::Busy { since } => return Ok(Outcomes::Busy { since }),
        };
        // Begun and never noted: whoever wrote died, or lost the answer. GitHub knows what it did.
        let is_unsure =
            seen.is_none() || is_strange || known.is_some_and(|known| known.digest.is_none());
        let ours = if is_unsure {
            self.repository.our_check_runs(head, CHECK_NAME).await?
        } else {
            Vec::new()
        };
        let newest = if is_unsure {
            ours.first().map(Newest::from)
        } else {
            // The store knows what we wrote after the snapshot was taken; the snapshot knows what was
            // written before the store was there.
            let noted = before.check_run.map(|id| Newest::of(id, before.is_completed));
            Newest::later(noted, shown)
        };
        let run = self.write(&draft, newest).await?;
        for left in ours.iter().filter(|one| one.id != run.id) {
            self.close(left, head).await?;
        }
        let after = Published {
            check_run: Some(run.id),
            is_completed: run.status == github::Status::Completed,
            digest: Some(digest),
            sequence,
            answered: self.claim.asked.max(before.answered),
        };
        match self.store.note_published(self.id, head, &after, self.now).await? {
            Noted::Kept => Ok(Outcomes::Written),
            Noted::Overtaken => Ok(Outcomes::Overtaken),
        }
    }

    /// Whether a check run of ours stands open on `head`, for all that is known.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_open(
        &self,
        head: &CommitSha,
        seen: Option<&[Check]>,
    ) -> Result<bool, PublishError> {
        let known = self.store.published(self.id, head).await?;
        Ok(match known {
            Some(Published { check_run: Some(_), is_completed, digest: Some(_), .. }) => {
                !is_completed
            }
            // Something was begun, and nobody knows what became of it.
            Some(_) => true,
            None => self.newest_of(seen.unwrap_or_default()).is_some_and(|run| !run.is_completed),
        })
    }

    /// Whether it says so already, also to whoever asked for it anew.
    fn stands(&self, known: &Published, digest: &Digest) -> bool {
        let is_answered = |asked: Timestamp| known.answered.is_some_and(|then| then >= asked);
        known.digest.as_ref() == Some(digest) && self.claim.asked.is_none_or(is_answered)
    }

    /// Updates the newest check run while it is incomplete, and makes another one after that.
    async fn write(
        &self,
        draft: &CheckRunDraft,
        newest: Option<Newest>,
    ) -> Result<CheckRun, github::Error> {
        match newest {
            // Annotations come with the conclusion only, so an open run of ours has none.
            Some(Newest { id, is_completed: false }) => {
                self.repository.update_check_run(&open_run(id, draft), draft).await
            }
            // It is known that there is none after it.
            Some(_) | None => self.repository.create_check_run(draft, Existing::None).await,
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

    fn newest_of(&self, seen: &[Check]) -> Option<Newest> {
        let ours =
            seen.iter().filter(|check| check.app_id == Some(self.app) && check.name == CHECK_NAME);
        let newest =
            |check: &Check| Some(Newest::of(check.id?, check.status == github::Status::Completed));
        ours.filter_map(newest).max_by_key(|run| run.id)
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
            external_id: self.unique(external_id).write(),
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

    /// A check run is found again by its external id, so that of another evaluation must be another one,
    /// also where there is no record to tell them apart.
    fn unique(&self, external_id: &ExternalId) -> ExternalId {
        let record = match external_id.record.as_str() {
            "" => format!("none-{}", self.claim.fence),
            record => record.to_owned(),
        };
        ExternalId { record, ..external_id.clone() }
    }
}

/// The newest check run of ours on a commit.
#[derive(Debug, Clone, Copy)]
struct Newest {
    id: CheckRunId,
    is_completed: bool,
}

impl Newest {
    const fn of(id: CheckRunId, is_completed: bool) -> Self {
        Self { id, is_completed }
    }

    /// The one with the greater id. Of one and the same, it is completed as soon as one says so: there
    /// is no way back.
    fn later(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) if one.id == other.id => {
                Some(Self::of(one.id, one.is_completed || other.is_completed))
            }
            (Some(one), Some(other)) => Some(if one.id > other.id { one } else { other }),
            (one, other) => one.or(other),
        }
    }
}

impl From<&CheckRun> for Newest {
    fn from(run: &CheckRun) -> Self {
        Self::of(run.id, run.status == github::Status::Completed)
    }
}

/// What makes two statements the same for a reader. The time of the judgement is not part of it.
fn digest(statement: &Statement) -> Digest {
    let Statement { outcome, title, summary, annotations, comment: _ } = statement;
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
