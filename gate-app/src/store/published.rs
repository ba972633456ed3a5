//! What the App wrote at GitHub, so that an unchanged verdict costs no write and an older
//! evaluation never covers a newer one.
//!
//! A check run belongs to a commit, so this is kept by commit, not by subject: two pull requests
//! with one head share one check. The order of evaluations is the order of their claims
//! ([`Claim::fence`](super::Claim)). A write has three steps: [`Store::begin_publish`], the call to
//! GitHub, [`Store::note_published`]. Between the first and the last, and for ever when the App
//! dies there, the digest of what stands at GitHub is unknown, and the next evaluation writes.

use gate_core::measure::Digest;
use jiff::Timestamp;

use crate::ids::{CheckRunId, CommentId, CommitSha, PullRequestNumber, RepositoryId};

use super::{
    Store, StoreError,
    convert::{count, read_digest},
    db::{Row, Sql, args},
};

/// What stands at GitHub on a commit, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The check run; none when none is known.
    pub check_run: Option<CheckRunId>,
    /// Whether that check run is completed, so that the next must be a new one.
    pub is_completed: bool,
    /// The digest of what was written; none when it is not known what stands there.
    pub digest: Option<Digest>,
    /// The evaluation that wrote it.
    pub sequence: u64,
}

/// Whether an evaluation may write.
#[must_use = "an evaluation that was overtaken must not write"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begin {
    /// It may. This is what stands there; its digest is unknown from now on.
    Granted(Published),
    /// It may not: a newer one wrote, or began to.
    Newer,
}

/// Whether a write was noted.
#[must_use = "after an overtaken write the subject must be marked again"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It was.
    Kept,
    /// A newer evaluation began meanwhile, and the two writes may have crossed. What stands at
    /// GitHub is now unknown, so the next evaluation writes: mark the subject, and let it look for
    /// the newest check run of the commit.
    Overtaken,
}

/// The one comment on a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// The digest of what was written.
    pub digest: Digest,
}

const PUBLISHED: Sql = Sql::new(
    "look up what was published",
    "SELECT check_run, is_completed, CASE WHEN settled = 1 THEN digest END, sequence
     FROM published WHERE repository = $1 AND head = $2",
);

const BEGIN: Sql = Sql::new(
    "begin to publish",
    "INSERT INTO published
         (repository, head, begun, settled, sequence, is_completed, changed_at)
     VALUES ($1, $2, $3, 0, 0, 0, $4)
     ON CONFLICT (repository, head) DO UPDATE SET
         begun = excluded.begun, settled = 0, changed_at = excluded.changed_at
     WHERE published.begun <= excluded.begun
     RETURNING check_run, is_completed, CASE WHEN settled = 1 THEN digest END, sequence",
);

const NOTE: Sql = Sql::new(
    "note what was published",
    "UPDATE published SET settled = 1, sequence = $3, check_run = $4, is_completed = $5,
                          digest = $6, changed_at = $7
     WHERE repository = $1 AND head = $2 AND begun = $3",
);

const UNSETTLE: Sql = Sql::new(
    "note that writes may have crossed",
    "UPDATE published SET settled = 0, changed_at = $3 WHERE repository = $1 AND head = $2",
);

impl Store {
    /// What stands at GitHub on a commit; nothing when nothing was ever begun.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn published(
        &self,
        repository: RepositoryId,
        head: &CommitSha,
    ) -> Result<Option<Published>, StoreError> {
        self.db.row(&PUBLISHED, args![repository, head]).await?.as_ref().map(read).transpose()
    }

    /// Asks for leave to write the check of a commit. The same evaluation may ask several times.
    ///
    /// # Errors
    /// When the database fails; then nothing may be written.
    pub async fn begin_publish(
        &self,
        repository: RepositoryId,
        head: &CommitSha,
        sequence: u64,
        now: Timestamp,
    ) -> Result<Begin, StoreError> {
        let args = args![repository, head, sequence.cast_signed(), now.as_millisecond()];
        let mut tx = self.db.begin().await?;
        let row = tx.row(&BEGIN, args).await?;
        tx.commit().await?;
        let published = row.as_ref().map(read).transpose()?;
        Ok(published.map_or(Begin::Newer, Begin::Granted))
    }

    /// Notes what was written, by the evaluation `published.sequence`.
    ///
    /// # Errors
    /// When the database fails; what stands at GitHub stays unknown.
    pub async fn note_published(
        &self,
        repository: RepositoryId,
        head: &CommitSha,
        published: &Published,
        now: Timestamp,
    ) -> Result<Noted, StoreError> {
        let Published { check_run, is_completed, digest, sequence } = published;
        let (sequence, now) = (sequence.cast_signed(), now.as_millisecond());
        let digest = digest.as_ref().map(Digest::as_str);
        let args = args![repository, head, sequence, *check_run, *is_completed, digest, now];
        let mut tx = self.db.begin().await?;
        let noted = if tx.run(&NOTE, args).await? == 1 {
            Noted::Kept
        } else {
            tx.run(&UNSETTLE, args![repository, head, now]).await?;
            Noted::Overtaken
        };
        tx.commit().await?;
        Ok(noted)
    }

    /// The App's comment on a pull request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn comment(
        &self,
        repository: RepositoryId,
        number: PullRequestNumber,
    ) -> Result<Option<Comment>, StoreError> {
        const COMMENT: Sql = Sql::new(
            "look up a comment",
            "SELECT comment, digest FROM comments WHERE repository = $1 AND number = $2",
        );
        let Some(row) = self.db.row(&COMMENT, args![repository, number]).await? else {
            return Ok(None);
        };
        let id = CommentId(row.get::<i64>(0)?.cast_unsigned());
        Ok(Some(Comment { id, digest: read_digest(&row.get::<String>(1)?)? }))
    }

    /// Notes the App's comment on a pull request, or that there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_comment(
        &self,
        repository: RepositoryId,
        number: PullRequestNumber,
        comment: Option<&Comment>,
    ) -> Result<(), StoreError> {
        const NOTE: Sql = Sql::new(
            "note a comment",
            "INSERT INTO comments (repository, number, comment, digest) VALUES ($1, $2, $3, $4)
             ON CONFLICT (repository, number) DO UPDATE SET
                 comment = excluded.comment, digest = excluded.digest",
        );
        const FORGET: Sql = Sql::new(
            "forget a comment",
            "DELETE FROM comments WHERE repository = $1 AND number = $2",
        );
        let (statement, args) = match comment {
            Some(Comment { id, digest }) => (NOTE, args![repository, number, *id, digest]),
            None => (FORGET, args![repository, number]),
        };
        self.db.run(&statement, args).await.map(drop)
    }
}

/// What was published, from the four columns of the statements above.
fn read(row: &Row) -> Result<Published, StoreError> {
    Ok(Published {
        check_run: row.get::<Option<i64>>(0)?.map(|id| CheckRunId(id.cast_unsigned())),
        is_completed: row.get::<i64>(1)? == 1,
        digest: row.get::<Option<String>>(2)?.map(|digest| read_digest(&digest)).transpose()?,
        sequence: count(row.get(3)?),
    })
}
