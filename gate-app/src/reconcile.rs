//! Floor 2: gather → evaluate → publish, for one subject. The whole use case on one page.

use std::sync::Arc;

use gate_core::{
    Record, Verdict, evaluate,
    evidence::{Evidence, Piece},
    measure::{Message, Outcome},
    policy::Policy,
};
use jiff::Timestamp;

use crate::{
    gather::{ExternalId, GatherError, Gathered, PolicyFile, Sources, group_number},
    github::{GitHub, PullRequestState},
    ids::{CommitSha, PullRequestNumber, RepositoryId, Subject, SubjectKey},
    metrics::Metrics,
    publish::{Desk, Outcomes, PublishError, Statement, proposal},
    store::{Claim, Finish, KeptRecord, Mark, Store, StoreError},
};

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

/// A pull request with its verdict in words.
struct Judged {
    gathered: Gathered,
    statement: Option<Statement>,
    /// When something that is awaited is due.
    deadline: Option<Timestamp>,
    record: String,
}

impl Reconciler {
    /// Judges one subject as it is now, and publishes what came out.
    ///
    /// # Errors
    /// When GitHub or the store fails in a way that may pass.
    pub async fn reconcile(&self, claim: &Claim, now: Timestamp) -> Result<Finish, ReconcileError> {
        let Some(installation) = claim.installation else {
            return Ok(Finish::Park { why: "no event has told by which installation".to_owned() });
        };
        let Subject { repository, key } = &claim.subject;
        let name = claim.repository.clone();
        let sources =
            Sources::new(&self.github, &self.store, (installation, *repository, name), now);
        let desk = Desk {
            repository: sources.repository(),
            id: *repository,
            app: self.github.app_id(),
            store: &self.store,
            sequence: claim.fence,
            now,
            dry_run: self.dry_run,
        };
        match key {
            SubjectKey::PullRequest(number) => {
                self.pull_request(&sources, &desk, claim, *number).await
            }
            SubjectKey::MergeGroup { head, head_ref, base_ref } => {
                self.group(&sources, &desk, claim, (head, head_ref, base_ref)).await
            }
            SubjectKey::Branch { name, head } => {
                // What is still awaited comes with the event that ends its run; if that is lost, later.
                let wake_at = sources.keep_baseline(head, name).await?;
                Ok(Finish::Done { wake_at })
            }
        }
    }

    async fn pull_request(
        &self,
        sources: &Sources,
        desk: &Desk<'_>,
        claim: &Claim,
        number: PullRequestNumber,
    ) -> Result<Finish, ReconcileError> {
        let judged = self.judge(sources, desk, number).await?;
        let snapshot = &judged.gathered.snapshot;
        let is_open = snapshot.state == PullRequestState::Open;
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
        let head = snapshot.head.clone();
        let checks = snapshot.checks.clone().unwrap_or_default();
        let external_id = external_id(desk.id, Some(number), &judged);
        let mut deadline = judged.deadline;
        let mut statements = Vec::new();
        statements.extend(judged.statement.map(|statement| (number, statement)));
        // The check stands on the commit: other pull requests with this head share it.
        for other in self.store.pull_requests_with_head(desk.id, &head).await? {
            if other == number {
                continue;
            }
            let other_judged = self.judge(sources, desk, other).await?;
            if other_judged.gathered.snapshot.head == head {
                deadline = deadline.into_iter().chain(other_judged.deadline).min();
                statements.extend(other_judged.statement.map(|statement| (other, statement)));
            }
        }
        let Some(statement) = Statement::worst(statements) else {
            // No policy, no gate.
            return Ok(Finish::Done { wake_at: None });
        };
        self.publish(desk, claim, (&head, &statement, &external_id, &checks)).await?;
        let wake_at = deadline.filter(|_| statement.outcome == Outcome::Pending);
        Ok(Finish::Done { wake_at })
    }

    async fn group(
        &self,
        sources: &Sources,
        desk: &Desk<'_>,
        claim: &Claim,
        (head, head_ref, base_ref): (&CommitSha, &str, &str),
    ) -> Result<Finish, ReconcileError> {
        let claim_id = |number| ExternalId {
            repository: desk.id,
            number,
            since: desk.now,
            record: String::new(),
            base: base_ref.to_owned(),
        };
        let Some(number) = group_number(head_ref) else {
            let why = Message::default().quote(head_ref).say(" names no one pull request");
            let statement = Statement::undecided("whose group this is cannot be told", &why);
            self.publish(desk, claim, (head, &statement, &claim_id(None), &[])).await?;
            return Ok(Finish::Done { wake_at: None });
        };
        let group = sources.group(number, head, (head_ref, base_ref)).await?;
        let carried = group.carried.join(", ");
        let judged = self.state(desk, group.gathered).await?;
        let Some(statement) = judged.statement else { return Ok(Finish::Done { wake_at: None }) };
        let statement = match carried.as_str() {
            "" => statement,
            carried => statement.with(&format!(
                "Carried over from the head of #{number}, because no workflow of this group makes \
                 them: {carried}."
            )),
        };
        let external_id = ExternalId { since: judged.gathered.since, ..claim_id(Some(number)) };
        self.publish(desk, claim, (head, &statement, &external_id, &[])).await?;
        Ok(Finish::Done {
            wake_at: judged.deadline.filter(|_| statement.outcome == Outcome::Pending),
        })
    }

    async fn judge(
        &self,
        sources: &Sources,
        desk: &Desk<'_>,
        number: PullRequestNumber,
    ) -> Result<Judged, ReconcileError> {
        let gathered = sources.pull_request(number).await?;
        self.state(desk, gathered).await
    }

    /// Evaluates what was gathered, and puts it into words.
    async fn state(&self, desk: &Desk<'_>, gathered: Gathered) -> Result<Judged, ReconcileError> {
        let nothing = |gathered, statement| Judged {
            gathered,
            statement,
            deadline: None,
            record: String::new(),
        };
        let (text, origin) = match &gathered.policy {
            PolicyFile::None => return Ok(nothing(gathered, None)),
            PolicyFile::Unreadable(why) => {
                let why = Message::default().quote(why);
                let statement = Statement::undecided("the policy cannot be read", &why);
                return Ok(nothing(gathered, Some(statement)));
            }
            PolicyFile::Text { text, origin } => (text.clone(), origin.clone()),
        };
        let policy = match &gathered.parsed {
            Some(Ok(policy)) => policy,
            Some(Err(error)) => {
                let statement = Statement::of_broken_policy(&origin, &text, error);
                return Ok(nothing(gathered, Some(statement)));
            }
            None => return Ok(nothing(gathered, None)),
        };
        let evidence = gathered.evidence.clone();
        let deadline = deadline(policy, &evidence);
        let (record, verdict) = Record::of(&origin, policy, evidence, desk.now)?;
        self.metrics.evaluated(verdict.outcome);
        let mut statement = Statement::of(&verdict);
        if let Some(section) = self.proposed(&gathered, &text, &origin, &verdict) {
            statement = statement.with(&section);
        }
        if let Some(section) = unused(&gathered.unused_uploads) {
            statement = statement.with(&section);
        }
        let digest = record.digest().clone();
        let kept = KeptRecord {
            subject: Subject {
                repository: desk.id,
                key: SubjectKey::PullRequest(gathered.snapshot.number),
            },
            head: gathered.snapshot.head.clone(),
            digest: digest.clone(),
            json: record.to_json()?,
        };
        self.store.keep_record(&kept, desk.now).await?;
        let short = digest.as_str().trim_start_matches("sha256:").get(..16).unwrap_or_default();
        Ok(Judged { gathered, statement: Some(statement), deadline, record: short.to_owned() })
    }

    /// What the policy would say that the pull request proposes, where it proposes another one.
    fn proposed(
        &self,
        gathered: &Gathered,
        text: &str,
        origin: &str,
        verdict: &Verdict,
    ) -> Option<String> {
        let proposed = gathered.snapshot.head_policy.as_ref().ok()?.as_deref()?;
        (proposed != text).then(|| {
            proposal(origin, proposed, |policy| evaluate(policy, &gathered.evidence, verdict.now))
        })
    }

    async fn publish(
        &self,
        desk: &Desk<'_>,
        claim: &Claim,
        (head, statement, external_id, checks): (
            &CommitSha,
            &Statement,
            &ExternalId,
            &[crate::github::Check],
        ),
    ) -> Result<(), ReconcileError> {
        match desk.publish(head, statement, external_id, checks).await? {
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
            Outcomes::Unchanged | Outcomes::Dry => {}
        }
        Ok(())
    }
}

/// What was uploaded for nothing. The names are a stranger's: only what cannot be markdown is shown.
fn unused(uploads: &[String]) -> Option<String> {
    let harmless = |c: char| if c.is_alphanumeric() || " ._-:".contains(c) { c } else { '?' };
    let names = uploads.iter().take(10).map(|name| name.chars().map(harmless).collect::<String>());
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    (!uploads.is_empty()).then(|| {
        let count = uploads.len();
        format!(
            "Uploaded and not used, because the policy has no report or part of that name ({count}): {}.",
            names.join(", ")
        )
    })
}

fn external_id(
    repository: RepositoryId,
    number: Option<PullRequestNumber>,
    judged: &Judged,
) -> ExternalId {
    ExternalId {
        repository,
        number,
        since: judged.gathered.since,
        record: judged.record.clone(),
        base: judged.gathered.snapshot.base_ref.clone(),
    }
}

/// When the first of what is awaited is due.
fn deadline(policy: &Policy, evidence: &Evidence) -> Option<Timestamp> {
    let due = policy.reports().iter().flat_map(|expected| {
        let head = evidence.reports.get(&expected.name);
        let baseline = evidence.baseline.reports.get(&expected.name);
        [head, baseline].into_iter().flatten().filter_map(|piece| match piece {
            Piece::Awaited { since, .. } => {
                since.checked_add(expected.deadline.to_signed_duration()).ok()
            }
            Piece::Present(_) | Piece::Missing { .. } | Piece::Broken { .. } => None,
        })
    });
    due.min()
}
