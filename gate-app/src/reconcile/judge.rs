//! What was gathered → a verdict, its record, and what is to be said of it.

use gate_core::{
    Record, Verdict, evaluate,
    evidence::{Evidence, Piece},
    measure::Message,
    policy::{Comment, Policy},
};
use jiff::Timestamp;

use crate::{
    gather::{ExternalId, Gathered, PolicyFile},
    ids::{CommitSha, PullRequestNumber, RepositoryId, Subject},
    publish::{Statement, proposal},
    store::KeptRecord,
};

use super::{ReconcileError, Reconciler};

/// A pull request with its verdict in words.
pub(super) struct Judged {
    pub(super) gathered: Gathered,
    /// What is to be said; nothing where there is no policy.
    pub(super) statement: Option<Statement>,
    /// What the policy wants of the conversation, where there is a sound one.
    pub(super) comment: Option<Comment>,
    /// When something that is awaited is due.
    pub(super) deadline: Option<Timestamp>,
    /// The beginning of the record's digest.
    pub(super) record: String,
}

impl Judged {
    fn undecided(gathered: Gathered, statement: Option<Statement>) -> Self {
        Self { gathered, statement, comment: None, deadline: None, record: String::new() }
    }

    /// What its check says of itself.
    pub(super) fn external_id(
        &self,
        repository: RepositoryId,
        number: PullRequestNumber,
        base: &str,
    ) -> ExternalId {
        ExternalId {
            repository,
            number: Some(number),
            since: self.gathered.since,
            record: self.record.clone(),
            base: base.to_owned(),
        }
    }
}

impl Reconciler {
    /// Evaluates what was gathered, and puts it into words. `head` is the commit that it is said of.
    pub(super) async fn state(
        &self,
        subject: Subject,
        head: &CommitSha,
        gathered: Gathered,
        now: Timestamp,
    ) -> Result<Judged, ReconcileError> {
        let (text, origin) = match &gathered.policy {
            PolicyFile::None => return Ok(Judged::undecided(gathered, None)),
            PolicyFile::Unreadable(why) => {
                let why = Message::default().quote(why);
                let statement = Statement::undecided("the policy cannot be read", &why);
                return Ok(Judged::undecided(gathered, Some(statement)));
            }
            PolicyFile::Text { text, origin, .. } => (text.clone(), origin.clone()),
        };
        let policy = match &gathered.parsed {
            Some(Ok(policy)) => policy,
            Some(Err(error)) => {
                let statement = Statement::of_broken_policy(&origin, &text, error);
                return Ok(Judged::undecided(gathered, Some(statement)));
            }
            None => return Ok(Judged::undecided(gathered, None)),
        };
        let (evidence, comment) = (gathered.evidence.clone(), Some(policy.comment()));
        let deadline = deadline(policy, &evidence);
        let (record, verdict) = Record::of(&origin, policy, evidence, now)?;
        self.metrics.evaluated(verdict.outcome);
        let mut statement = Statement::of(&verdict, policy);
        if let Some(section) = proposed(&gathered, &text, &origin, &verdict) {
            statement = statement.with(&section);
        }
        if let Some(section) = unused(&gathered.unused_uploads) {
            statement = statement.with(&section);
        }
        let digest = record.digest().clone();
        let json = record.to_json()?;
        let kept = KeptRecord { subject, head: head.clone(), digest: digest.clone(), json };
        self.store.keep_record(&kept, now).await?;
        let short = digest.as_str().trim_start_matches("sha256:").get(..16).unwrap_or_default();
        let (statement, record) = (Some(statement), short.to_owned());
        Ok(Judged { gathered, statement, comment, deadline, record })
    }
}

/// What the policy would say that the pull request proposes, where it proposes another one.
fn proposed(gathered: &Gathered, text: &str, origin: &str, verdict: &Verdict) -> Option<String> {
    let proposed = gathered.snapshot.head_policy.as_ref().ok()?.as_deref()?;
    // What a head asks to be read is not read: only what the base branch extends is known.
    let is_same = Policy::extends(proposed) == Policy::extends(text);
    let extended = match &gathered.policy {
        PolicyFile::Text { extended, .. } => extended.as_deref().filter(|_| is_same),
        PolicyFile::None | PolicyFile::Unreadable(_) => None,
    };
    (proposed != text).then(|| {
        let judge = |policy: &Policy| evaluate(policy, &gathered.evidence, verdict.now);
        proposal((origin, proposed), extended, judge)
    })
}

/// What was uploaded for nothing. The names are a stranger's: only what cannot be markdown is shown.
fn unused(uploads: &[String]) -> Option<String> {
    let harmless = |c: char| if c.is_alphanumeric() || " ._-:".contains(c) { c } else { '?' };
    let names = uploads.iter().take(10).map(|name| name.chars().map(harmless).collect::<String>());
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    (!uploads.is_empty()).then(|| {
        let count = uploads.len();
        format!(
            "Uploaded and not used, because the policy has no report or part of that name \
             ({count}): {}.",
            names.join(", ")
        )
    })
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
