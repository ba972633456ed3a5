//! The one comment on a pull request: made where the policy wants it, kept true for as long as it
//! stands, and found again by a hidden marker.

use std::time::Duration;

use gate_core::{
    measure::{Digest, Outcome},
    policy,
};
use jiff::{SignedDuration, Timestamp};
use tracing::Instrument as _;

use crate::{
    github::{self, Error, Repository},
    ids::{CommentId, CommitSha, PullRequestNumber, RepositoryId},
    store::{Comment, Noted, Store},
};

use super::{CHECK_NAME, Desk, PublishError, Statement};

/// What the comment is known by, beside its App.
const MARKER: &str = "<!-- gate: the one comment -->";
/// When it is tried again what GitHub did not take, and may take later.
const LATER: SignedDuration = SignedDuration::from_secs(60);

/// The conversation that a comment stands in.
#[derive(Debug, Clone, Copy)]
pub struct Conversation<'a> {
    /// The pull request.
    pub number: PullRequestNumber,
    /// What is judged of it.
    pub head: &'a CommitSha,
    /// What the policy wants; none where there is no policy to ask, and then a comment that is there
    /// is kept true.
    pub wish: Option<policy::Comment>,
    /// How many comments there are, whoever wrote them; none where it is not known.
    pub comments: Option<u64>,
}

/// What became of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commented {
    /// It was written.
    Written,
    /// There was nothing to write.
    Unchanged,
    /// GitHub did not take it, and may later.
    Later(Timestamp),
}

impl Desk<'_> {
    /// Makes the comment say this. What fails here says so in the log and keeps nobody from anything: the
    /// check is what counts.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn comment(
        &self,
        on: Conversation<'_>,
        statement: &Statement,
    ) -> Result<Commented, PublishError> {
        let body = body(on, statement);
        let digest = Digest::of(body.as_bytes());
        let is_wanted = is_wanted(on.wish, statement.outcome);
        let known = self.store.comment(self.id, on.number).await?;
        if !may_differ(known.as_ref(), on, &digest, is_wanted) {
            return Ok(Commented::Unchanged);
        }
        if self.dry_run {
            tracing::info!(number = %on.number, head = %on.head, "would comment");
            return Ok(Commented::Unchanged);
        }
        let sequence = self.claim.fence;
        if !self.store.is_head(self.claim, on.head).await?
            || !self.store.begin_comment(self.id, on.number, sequence).await?
        {
            // Whoever has the word now says it.
            return Ok(Commented::Unchanged);
        }
        let writing = Writing {
            repository: self.repository.clone(),
            store: self.store.clone(),
            place: (self.id, on.number),
            comments: on.comments,
            sequence,
            later: self.now.checked_add(LATER).unwrap_or(self.now),
            body,
            is_wanted,
        };
        // In a task of its own: whoever loses its lease is stopped in its tracks, and then nobody would
        // know of what GitHub did meanwhile.
        match tokio::spawn(writing.finish(known, digest).in_current_span()).await {
            Ok(commented) => commented,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Ok(Commented::Later(self.now)),
            },
        }
    }
}

/// A comment that is being written.
struct Writing {
    repository: Repository,
    store: Store,
    place: (RepositoryId, PullRequestNumber),
    /// How many comments there are, whoever wrote them; none where it is not known.
    comments: Option<u64>,
    sequence: u64,
    later: Timestamp,
    body: String,
    is_wanted: bool,
}

impl Writing {
    async fn finish(
        self,
        known: Option<Comment>,
        digest: Digest,
    ) -> Result<Commented, PublishError> {
        let number = self.place.1;
        let said = self.say(known).await;
        let is_new = matches!(said, Ok(Said::Anew(_)));
        let (id, said, outcome) = match &said {
            Ok(Said::Nothing) => (None, None, Commented::Unchanged),
            Ok(Said::Already(id)) => (Some(*id), Some(&digest), Commented::Unchanged),
            Ok(Said::Now(id) | Said::Anew(id)) => (Some(*id), Some(&digest), Commented::Written),
            Err((_, error)) if error.is_retryable() => {
                tracing::warn!(%number, %error, "cannot comment now");
                return Ok(Commented::Later(error.until().unwrap_or(self.later)));
            }
            Err((id, error)) => {
                // It is not tried again before there is something else to say.
                tracing::warn!(%number, %error, "GitHub declines the comment");
                (*id, Some(&digest), Commented::Unchanged)
            }
        };
        match self.store.note_comment(self.place, self.sequence, (id, said)).await? {
            Noted::Kept => Ok(outcome),
            Noted::Overtaken => {
                if let Some(own) = id.filter(|_| is_new) {
                    self.withdraw(own).await?;
                }
                Ok(Commented::Later(self.later))
            }
        }
    }

    /// Finds the comment, rewrites it, or makes it. The error comes with the comment that is known.
    async fn say(&self, known: Option<Comment>) -> Result<Said, (Option<CommentId>, Error)> {
        let (number, body) = (self.place.1, self.body.as_str());
        let is_unsure = match &known {
            Some(Comment { id, is_settled, .. }) => id.is_none() && !is_settled,
            None => self.comments != Some(0),
        };
        let mut existing = known.and_then(|known| known.id);
        if is_unsure {
            // The store was lost, or an answer.
            let mut found = self.only(None).await.map_err(|error| (None, error))?;
            match found.pop() {
                Some(found) if found.body == github::marked(MARKER, body) => {
                    return Ok(Said::Already(found.id));
                }
                found => existing = found.map(|found| found.id),
            }
        }
        if let Some(id) = existing {
            match self.repository.update_comment(id, MARKER, body).await {
                Ok(comment) => return Ok(Said::Now(comment.id)),
                // Somebody deleted it: what is new is said anew, where it is wanted.
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err((existing, error)),
            }
        }
        if !self.is_wanted {
            return Ok(Said::Nothing);
        }
        let made = self.repository.create_comment(number, MARKER, body).await;
        let made = made.map_err(|error| (None, error))?;
        if is_unsure {
            // What was on its way when it was looked for may have come.
            self.only(Some(made.id)).await.map_err(|error| (Some(made.id), error))?;
        }
        Ok(Said::Anew(made.id))
    }

    /// Takes away all our comments but this one, or but the oldest; what is left, one at most.
    async fn only(&self, keep: Option<CommentId>) -> Result<Vec<github::Comment>, Error> {
        let mut found = self.repository.find_comments(self.place.1, MARKER).await?;
        let keep = keep.or_else(|| found.first().map(|first| first.id));
        for other in found.iter().filter(|one| Some(one.id) != keep) {
            self.repository.delete_comment(other.id).await?;
        }
        found.retain(|one| Some(one.id) == keep);
        Ok(found)
    }

    /// Takes away what was written after somebody else had the word, unless that is what they found. If
    /// they do not end, whoever comes after them looks for what is there.
    async fn withdraw(&self, own: CommentId) -> Result<(), PublishError> {
        let (repository, number) = self.place;
        for _ in 0..20 {
            let known = self.store.comment(repository, number).await?;
            if let Some(Comment { id, is_settled: true, .. }) = known {
                if id != Some(own) {
                    self.repository.delete_comment(own).await?;
                }
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Ok(())
    }
}

/// What was done about a comment.
enum Said {
    /// There is none.
    Nothing,
    /// It said so before.
    Already(CommentId),
    /// It says so now.
    Now(CommentId),
    /// There was none, and now there is.
    Anew(CommentId),
}

/// Whether a comment is to be made. One that waits needs nobody yet, unless the policy wants it always.
const fn is_wanted(wish: Option<policy::Comment>, outcome: Outcome) -> bool {
    let is_red = matches!(outcome, Outcome::Failed | Outcome::Inconclusive | Outcome::Skipped);
    match wish {
        Some(policy::Comment::Always) => true,
        Some(policy::Comment::WhenNotGreen) => is_red,
        Some(policy::Comment::Never | _) | None => false,
    }
}

/// Whether there may be anything to write.
fn may_differ(
    known: Option<&Comment>,
    on: Conversation<'_>,
    digest: &Digest,
    is_wanted: bool,
) -> bool {
    match known {
        Some(Comment { digest: known, is_settled: true, id }) => {
            known.as_ref() != Some(digest) && (id.is_some() || is_wanted)
        }
        Some(Comment { is_settled: false, .. }) => true,
        // Nobody ever looked. What another store may have said is looked for where the policy wants
        // comments at all.
        None => match on.wish {
            Some(policy::Comment::Always) => true,
            Some(policy::Comment::WhenNotGreen) => is_wanted || on.comments != Some(0),
            Some(policy::Comment::Never | _) | None => false,
        },
    }
}

fn body(on: Conversation<'_>, statement: &Statement) -> String {
    if on.wish == Some(policy::Comment::Never) {
        return format!(
            "The policy wants no comment any more, and this one is not kept up to date. The check \
             `{CHECK_NAME}` says how it stands."
        );
    }
    let head = on.head.as_str();
    let short = head.get(..12).unwrap_or(head);
    format!(
        "{}\n\n<sub>For `{short}`. The check `{CHECK_NAME}` decides; this comment is kept up to date with \
         it.</sub>",
        statement.comment.trim_end()
    )
}
