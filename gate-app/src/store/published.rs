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

use crate::ids::{CheckRunId, CommitSha, RepositoryId};

use super::{
    Store, StoreError,
    convert::{count, read_digest, read_time},
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
    /// The last question for a new gathering ([`Claim::asked`](super::Claim)) that it answered.
    pub answered: Option<Timestamp>,
}

/// Whether an evaluation may write.
#[must_use = "an evaluation that was overtaken must not write"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begin {
    /// It may. This is what stands there; its digest is unknown from now on.
    Granted(Published),
    /// It may not: a newer one wrote, or began to.
    Newer,
    /// It may not yet: an older one is at it since then, and still has the lease of its subject. Two
    /// that write at once would write twice.
    Busy {
        /// Since when.
        since: Timestamp,
    },
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

const PUBLISHED: Sql = Sql::new(
    "look up what was published",
    "SELECT check_run, is_completed, CASE WHEN settled = 1 THEN digest END, sequence,
            answered
     FROM published WHERE repository = $1 AND head = $2",
);

const BEGIN: Sql = Sql::new(
    "begin to publish",
    "INSERT INTO published
         (repository, head, begun, settled, sequence, is_completed, changed_at)
     VALUES ($1, $2, $3, 0, 0, 0, $4)
     ON CONFLICT (repository, head) DO UPDATE SET
         begun = excluded.begun, settled = 0, changed_at = excluded.changed_at
     WHERE published.begun = excluded.begun
        OR (published.begun < excluded.begun
            AND (published.settled = 1 OR NOT EXISTS (
                SELECT 1 FROM subjects s
                WHERE s.repository = published.repository AND s.fence = published.begun
                  AND s.lease_until > excluded.changed_at)))
     RETURNING check_run, is_completed, CASE WHEN settled = 1 THEN digest END, sequence, answered",
);

const BEGUN: Sql = Sql::new(
    "look up who publishes",
    "SELECT begun, changed_at FROM published WHERE repository = $1 AND head = $2",
);

const NOTE: Sql = Sql::new(
    "note what was published",
    "UPDATE published SET settled = 1, sequence = $3, check_run = $4, is_completed = $5,
                          digest = $6, changed_at = $7, answered = $8
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
        let (sequence, at) = (sequence.cast_signed(), now.as_millisecond());
        let mut tx = self.db.begin().await?;
        let row = tx.row(&BEGIN, args![repository, head, sequence, at]).await?;
        let begin = match row {
            Some(row) => Begin::Granted(read(&row)?),
            None => match tx.row(&BEGUN, args![repository, head]).await? {
                Some(row) if row.get::<i64>(0)? < sequence => {
                    Begin::Busy { since: read_time(row.get(1)?)? }
                }
                Some(_) | None => Begin::Newer,
            },
        };
        tx.commit().await?;
        Ok(begin)
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
        let Published { check_run, is_completed, digest, sequence, answered } = published;
        let (sequence, now) = (sequence.cast_signed(), now.as_millisecond());
        let digest = digest.as_ref().map(Digest::as_str);
        let answered = answered.map(Timestamp::as_millisecond);
        let args =
            args![repository, head, sequence, *check_run, *is_completed, digest, now, answered];
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
}

/// What was published, from the five columns of the statements above.
fn read(row: &Row) -> Result<Published, StoreError> {
    Ok(Published {
        check_run: row.get::<Option<i64>>(0)?.map(|id| CheckRunId(id.cast_unsigned())),
        is_completed: row.get::<i64>(1)? == 1,
        digest: row.get::<Option<String>>(2)?.map(|digest| read_digest(&digest)).transpose()?,
        sequence: count(row.get(3)?),
        answered: row.get::<Option<i64>>(4)?.map(read_time).transpose()?,
    })
}
