//! Floor 2: gather → evaluate → publish, for one subject. The whole use case on one page.

mod judge;

use std::sync::Arc;

use gate_core::measure::{Message, Outcome};
use jiff::{SignedDuration, Timestamp};

use crate::{
    gather::{ExternalId, GatherError, Gathered, Sources, group_number},
    github::{Check, GitHub, PullRequestState},
    ids::{CommitSha, PullRequestNumber, Subject, SubjectKey},
    metrics::Metrics,
    publish::{CHECK_NAME, Commented, Conversation, Desk, Outcomes, PublishError, Statement},
    store::{Claim, Finish, Mark, Store, StoreError},
};

use judge::Judged;

/// Why a subject could not be judged now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReconcileError {
    /// Gathering failed.
    #[error("cannot gather: {0}")]
    Gather(#[from] GatherError),
    /// Publishing failed.
    #[error("cannot publish: {0}")]
    Publish(#[from] PublishError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The record could not be written.
    #[error("cannot record: {0}")]
    Record(#[from] gate_core::RecordError),
}

/// Judges subjects.
#[derive(Debug, Clone)]
pub struct Reconciler {
    /// GitHub.
    pub github: GitHub,
    /// The store.
    pub store: Store,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Whether nothing is written.
    pub dry_run: bool,
}

/// What is said of a commit: the statement, what its check says of itself, and the checks that stand
/// there, where they could be told.
struct Saying<'a> {
    head: &'a CommitSha,
    statement: &'a Statement,
    external_id: &'a ExternalId,
    seen: Option<&'a [Check]>,
}

impl Reconciler {
    /// Judges one subject as it is now, and publishes what came out.
    ///
    /// # Errors
    /// When GitHub or the store fails in a way that may pass.
    pub async fn reconcile(&self, claim: &Claim, now: Timestamp) -> Result<Finish, ReconcileError> {
        let Some(sources) = self.sources(claim, now) else {
            return Ok(Finish::Park { why: "no event has told by which installation".to_owned() });
        };
        let desk = self.desk(&sources, claim, now);
        match &claim.subject.key {
            // On the heap, as everything that gathers: each step would hold all that it waits for.
            SubjectKey::PullRequest(number) => {
                Box::pin(self.pull_request(&sources, &desk, *number)).await
            }
            SubjectKey::MergeGroup { head, head_ref, base_ref } => {
                Box::pin(self.group(&sources, &desk, (head, head_ref, base_ref))).await
            }
            SubjectKey::Branch { name, head } => {
                // What is still awaited comes with the event that ends its run; if that is lost, later.
                let wake_at = Box::pin(sources.keep_baseline(head, name)).await?;
                Ok(Finish::Done { wake_at })
            }
        }
    }

    /// Says on the check, and in a comment that is there, that a subject is parked.
    ///
    /// # Errors
    /// When GitHub or the store does not let us.
    pub async fn park(
        &self,
        claim: &Claim,
        why: &str,
        now: Timestamp,
    ) -> Result<(), ReconcileError> {
        let number = match &claim.subject.key {
            SubjectKey::PullRequest(number) => Some(*number),
            SubjectKey::MergeGroup { head_ref, .. } => group_number(head_ref),
            SubjectKey::Branch { .. } => return Ok(()),
        };
        let known = self.store.head(&claim.subject).await?.filter(|head| head.is_open);
        let Some(head) = known.and_then(|known| known.commit) else { return Ok(()) };
        let Some(sources) = self.sources(claim, now) else { return Ok(()) };
        let desk = self.desk(&sources, claim, now);
        let statement = Statement::parked(why);
        // What the check said of itself before is true still.
        let runs = sources.repository().our_check_runs(&head, CHECK_NAME).await;
        let runs = runs.map_err(PublishError::from)?;
        let said = runs.iter().filter_map(|run| ExternalId::read(run.external_id.as_deref()?));
        let external_id = said.min_by_key(|id| id.since).unwrap_or(ExternalId {
            repository: desk.id,
            number,
            since: now,
            record: String::new(),
            base: String::new(),
        });
        let external_id = ExternalId { record: String::new(), ..external_id };
        let saying =
            Saying { head: &head, statement: &statement, external_id: &external_id, seen: None };
        self.publish(&desk, &saying).await?;
        if let SubjectKey::PullRequest(number) = claim.subject.key {
            let on = Conversation { number, head: &head, wish: None, comments: None };
            self.comment(&desk, on, &statement).await?;
        }
        Ok(())
    }

    /// Where the evidence of a claim comes from; nowhere while nobody has told its installation.
    fn sources(&self, claim: &Claim, now: Timestamp) -> Option<Sources> {
        let place = (claim.installation?, claim.subject.repository, claim.repository.clone());
        Some(Sources::new(&self.github, &self.store, place, now).anew(claim.asked))
    }

    fn desk<'a>(&'a self, sources: &'a Sources, claim: &'a Claim, now: Timestamp) -> Desk<'a> {
        Desk {
            repository: sources.repository(),
            id: claim.subject.repository,
            app: self.github.app_id(),
            store: &self.store,
            claim,
            now,
            dry_run: self.dry_run,
        }
    }

    async fn pull_request(
        &self,
        sources: &Sources,
        desk: &Desk<'_>,
        number: PullRequestNumber,
    ) -> Result<Finish, ReconcileError> {
        let claim = desk.claim;
        let judged = self.judge(desk, Box::pin(sources.pull_request(number)).await?).await?;
        let snapshot = &judged.gathered.snapshot;
        let is_open = snapshot.state == PullRequestState::Open;
        if !self.store.is_head(claim, &snapshot.head).await? {
            // An event has told of another head meanwhile, and has marked it.
            return Ok(Finish::Done { wake_at: None });
        }
        let base = &snapshot.base_ref;
        tracing::Span::current().record("head", tracing::field::display(&snapshot.head));
        self.store.note_head(&claim.subject, &snapshot.head, base, is_open).await?;
        if snapshot.name != claim.repository {
            let renamed = Mark::Renamed(snapshot.name.clone());
            self.store.mark(desk.id, &[renamed], desk.now).await?;
        }
        if !is_open {
            return Ok(Finish::Done { wake_at: None });
        }
        let (head, seen) = (&snapshot.head, snapshot.checks.as_deref().ok());
        let external_id = judged.external_id(desk.id, number, &snapshot.base_ref);
        let (mut deadline, mut statements) = (judged.deadline, Vec::new());
        statements.extend(judged.statement.clone().map(|statement| (number, statement)));
        // The check stands on the commit: other pull requests with this head share it.
        for other in self.store.pull_requests_with_head(desk.id, head).await? {
            if other == number {
                continue;
            }
            let beside = Box::pin(sources.pull_request_beside(other, snapshot)).await?;
            let other_judged = self.judge(desk, beside).await?;
            if other_judged.gathered.snapshot.head == *head {
                deadline = deadline.into_iter().chain(other_judged.deadline).min();
                statements.extend(other_judged.statement.map(|statement| (other, statement)));
            }
        }
        let on = Conversation { number, head, wish: judged.comment, comments: snapshot.comments };
        let Some(statement) = Statement::worst(statements) else {
            // No policy, no gate.
            self.conclude(desk, head, &external_id, seen).await?;
            let wake_at = self.comment(desk, on, &Statement::without_policy()).await?;
            return Ok(Finish::Done { wake_at });
        };
        let saying = Saying { head, statement: &statement, external_id: &external_id, seen };
        match self.publish(desk, &saying).await? {
            Outcomes::Busy { since } => return Ok(busy(since, desk.now)),
            Outcomes::Overtaken => return Ok(Finish::Done { wake_at: None }),
            Outcomes::Written if snapshot.in_merge_queue => {
                // Its group is judged by the same people.
                self.store.mark(desk.id, &[Mark::GroupsOf(number)], desk.now).await?;
            }
            Outcomes::Written | Outcomes::Unchanged | Outcomes::Dry => {}
        }
        let later = match &judged.statement {
            Some(own) => self.comment(desk, on, own).await?,
            None => None,
        };
        let deadline = deadline.filter(|_| statement.outcome == Outcome::Pending);
        Ok(Finish::Done { wake_at: deadline.into_iter().chain(later).min() })
    }

    async fn group(
        &self,
        sources: &Sources,
        desk: &Desk<'_>,
        (head, head_ref, base_ref): (&CommitSha, &str, &str),
    ) -> Result<Finish, ReconcileError> {
        if !desk.claim.is_open {
            // The queue asks no longer.
            return Ok(Finish::Done { wake_at: None });
        }
        let Some(number) = group_number(head_ref) else {
            let why = Message::default().quote(head_ref).say(" names no one pull request");
            let statement = Statement::undecided("whose group this is cannot be told", &why);
            let (repository, since) = (desk.id, desk.now);
            let (record, base) = (String::new(), base_ref.to_owned());
            let external_id = ExternalId { repository, number: None, since, record, base };
            let saying =
                Saying { head, statement: &statement, external_id: &external_id, seen: None };
            if let Outcomes::Busy { since } = self.publish(desk, &saying).await? {
                return Ok(busy(since, desk.now));
            }
            return Ok(Finish::Done { wake_at: None });
        };
        let group = Box::pin(sources.group(number, head, (head_ref, base_ref))).await?;
        let look_again = group.look_again;
        let carried = group.carried.join(", ");
        let judged = self.state(desk.claim.subject.clone(), head, group.gathered, desk.now).await?;
        let (external_id, seen) =
            (judged.external_id(desk.id, number, base_ref), group.checks.as_deref());
        let Some(statement) = &judged.statement else {
            self.conclude(desk, head, &external_id, seen).await?;
            return Ok(Finish::Done { wake_at: None });
        };
        let statement = match carried.as_str() {
            "" => statement.clone(),
            carried => statement.clone().with(&format!(
                "Carried over from the head of #{number}, because no workflow of this group makes \
                 them: {carried}."
            )),
        };
        let saying = Saying { head, statement: &statement, external_id: &external_id, seen };
        if let Outcomes::Busy { since } = self.publish(desk, &saying).await? {
            return Ok(busy(since, desk.now));
        }
        let wake_at = judged.deadline.filter(|_| statement.outcome == Outcome::Pending);
        Ok(Finish::Done { wake_at: wake_at.into_iter().chain(look_again).min() })
    }

    async fn judge(&self, desk: &Desk<'_>, gathered: Gathered) -> Result<Judged, ReconcileError> {
        let key = SubjectKey::PullRequest(gathered.snapshot.number);
        let subject = Subject { repository: desk.id, key };
        let head = gathered.snapshot.head.clone();
        self.state(subject, &head, gathered, desk.now).await
    }

    /// The policy is gone: what was begun under one is not left waiting.
    async fn conclude(
        &self,
        desk: &Desk<'_>,
        head: &CommitSha,
        external_id: &ExternalId,
        seen: Option<&[Check]>,
    ) -> Result<(), ReconcileError> {
        let statement = Statement::without_policy();
        if desk.is_open(head, seen).await? {
            self.publish(desk, &Saying { head, statement: &statement, external_id, seen }).await?;
        }
        Ok(())
    }

    async fn publish(
        &self,
        desk: &Desk<'_>,
        saying: &Saying<'_>,
    ) -> Result<Outcomes, ReconcileError> {
        let Saying { head, statement, external_id, seen } = *saying;
        let claim = desk.claim;
        let outcome = desk.publish(head, statement, external_id, seen).await?;
        match outcome {
            Outcomes::Written => {
                self.metrics.published("check-run");
                let took = desk.now.duration_since(claim.since).unsigned_abs();
                self.metrics.event_to_publish(took);
                tracing::info!(
                    %head, outcome = %statement.outcome, title = statement.title, "published"
                );
            }
            Outcomes::Overtaken => {
                // What stands there is unknown now: look again.
                let key = claim.subject.key.clone();
                self.store.mark(desk.id, &[Mark::Subject(key)], desk.now).await?;
            }
            Outcomes::Unchanged | Outcomes::Busy { .. } | Outcomes::Dry => {}
        }
        Ok(outcome)
    }

    /// Says it in the conversation too. When to try again, if that is needed.
    async fn comment(
        &self,
        desk: &Desk<'_>,
        on: Conversation<'_>,
        statement: &Statement,
    ) -> Result<Option<Timestamp>, ReconcileError> {
        Ok(match desk.comment(on, statement).await? {
            Commented::Written => {
                self.metrics.published("comment");
                None
            }
            Commented::Unchanged => None,
            Commented::Later(at) => Some(at),
        })
    }
}

/// Another pull request with this head is writing. It is looked at again in a second, or in as long as
/// that one has been writing already: it may have died.
fn busy(since: Timestamp, now: Timestamp) -> Finish {
    let wait = now.duration_since(since).max(SignedDuration::from_secs(1));
    Finish::Release { at: now.checked_add(wait).unwrap_or(now) }
}
