//! Claims: who is at which subject, and how it ends.
//!
//! A subject is *due* when a worker may take it: it is dirty, a retry or a deadline has come, or
//! the lease of the worker that had it ran out. A claim gives out a *fence*, a number larger than
//! any before it in the whole store; whoever renews or finishes must still hold the newest. A worker
//! that comes too late changes nothing, and is told so.
//!
//! Among repositories that have something due, the one served longest ago goes first, so that one
//! with a thousand dirty subjects delays another by one evaluation, not by a thousand.

use jiff::{SignedDuration, Timestamp};

use crate::ids::{CommitSha, InstallationId, RepositoryId, RepositoryName, Subject};

use super::{
    Store, StoreError,
    convert::{after, count, key_text, read_key, read_sha, read_time},
    db::{Sql, Tx, args},
    repositories::look_up,
};

/// A subject that a worker holds until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What is to be judged.
    pub subject: Subject,
    /// What its repository is called.
    pub repository: RepositoryName,
    /// By which installation it can be read; none when no event has told.
    pub installation: Option<InstallationId>,
    /// Its head, as far as is known.
    pub head: Option<CommitSha>,
    /// Whether it is open, as far as is known.
    pub is_open: bool,
    /// When somebody last asked for everything to be gathered anew, and that was not done yet.
    pub asked: Option<Timestamp>,
    /// Since when it waited: the first event that this evaluation answers.
    pub since: Timestamp,
    /// Which attempt this is, from 1; counted anew after each that was done.
    pub attempt: u64,
    /// Larger than that of every earlier claim of any subject; also the sequence of the evaluation
    /// when it publishes.
    pub fence: u64,
}

/// How a worker leaves a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// It was judged. Without a new mark it is looked at again at `wake_at`, the next deadline.
    Done {
        /// When to look again by itself.
        wake_at: Option<Timestamp>,
    },
    /// It did not work; once more at that time, and not before it whatever happens.
    Retry {
        /// When.
        at: Timestamp,
    },
    /// It was not tried (shutting down, out of quota): as [`Finish::Retry`], but no attempt is
    /// counted.
    Release {
        /// When it may be taken again.
        at: Timestamp,
    },
    /// It cannot work until something changes: the next mark takes it up again. When one came
    /// meanwhile, that is at once.
    Park {
        /// Why, for whoever looks.
        why: String,
    },
}

/// Whether a worker still held its subject.
#[must_use = "a worker that lost its subject must not go on"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// It did, and what it asked for was done.
    Held,
    /// Its lease ran out and another took the subject, or the subject is gone. Nothing was changed.
    Lost,
}

/// Keeps a worker that finds nothing from taking a writer's lock.
const PEEK: Sql = Sql::new(
    "look for something due",
    "SELECT due FROM subjects WHERE due <= $1 ORDER BY due LIMIT 1",
);

/// The repository whose turn it is. `$2`: claims that a repository may have in flight.
macro_rules! turn {
    () => {
        "SELECT q.repository FROM queues q JOIN (
             SELECT repository, MIN(priority) AS priority, MIN(due) AS due
             FROM subjects WHERE due <= $1 GROUP BY repository
         ) d ON d.repository = q.repository
         WHERE (SELECT COUNT(*) FROM subjects b
                WHERE b.repository = q.repository AND b.lease_until > $1) < $2
         ORDER BY d.priority, q.served, d.due LIMIT 1"
    };
}

/// Passes over repositories in which another worker is just claiming …
const TURN: Sql = Sql {
    to: "find whose turn it is",
    sqlite: turn!(),
    postgres: concat!(turn!(), " FOR UPDATE OF q SKIP LOCKED"),
};

/// … and waits for it when there is no other. SQLite has one writer, and nothing to wait for.
const TURN_WAITING: Sql = Sql { postgres: concat!(turn!(), " FOR UPDATE OF q"), ..TURN };

/// Takes the first subject of a repository that is due. The cap is asked for again: what the turn
/// saw may be older than the lock.
macro_rules! take {
    ($fence:literal, $lock:literal) => {
        concat!(
            "UPDATE subjects SET
                 worker = $3, lease_until = $4, due = $4, attempts = attempts + 1,
                 working_since = COALESCE(working_since, dirty_since, due),
                 dirty_since = NULL, not_before = NULL, fence = ",
            $fence,
            " WHERE repository = $1 AND key = (
                 SELECT s.key FROM subjects s
                 WHERE s.repository = $1 AND s.due <= $2 AND (
                     SELECT COUNT(*) FROM subjects b
                     WHERE b.repository = $1 AND b.lease_until > $2) < $5
                 ORDER BY s.priority, s.due, s.key LIMIT 1 ",
            $lock,
            ") RETURNING key, head, is_open, working_since, attempts, fence, asked_at"
        )
    };
}

const TAKE: Sql = Sql {
    to: "claim a subject",
    sqlite: take!("(SELECT last + 1 FROM fences)", ""),
    postgres: take!("nextval('fence')", "FOR UPDATE SKIP LOCKED"),
};

const SERVED: Sql =
    Sql::new("note whose turn it was", "UPDATE queues SET served = $2 WHERE repository = $1");

const RENEW: Sql = Sql::new(
    "renew a lease",
    "UPDATE subjects SET lease_until = $4, due = $4
     WHERE repository = $1 AND key = $2 AND fence = $3 AND lease_until IS NOT NULL",
);

/// Who may finish: the holder of the newest fence, once.
macro_rules! finished {
    ($changes:literal) => {
        concat!(
            "UPDATE subjects SET worker = NULL, lease_until = NULL, ",
            $changes,
            " WHERE repository = $1 AND key = $2 AND fence = $3 AND lease_until IS NOT NULL"
        )
    };
}

const DONE: Sql = Sql::new(
    "finish a subject",
    finished!(
        "attempts = 0, evaluated_at = $4, working_since = NULL,
         due = CASE WHEN dirty_since IS NULL THEN $5 ELSE $4 + 500 END,
         priority = CASE WHEN dirty_since IS NULL THEN 0 ELSE priority END,
         asked_at = CASE WHEN asked_at = $6 THEN NULL ELSE asked_at END"
    ),
);

const RETRY: Sql = Sql::new(
    "put a subject back",
    finished!(
        "attempts = attempts - $5, due = $4, not_before = $4,
         dirty_since = COALESCE(working_since, dirty_since), working_since = NULL"
    ),
);

const PARK: Sql = Sql::new(
    "park a subject",
    finished!(
        "attempts = CASE WHEN dirty_since IS NULL THEN attempts ELSE 0 END,
         parked = CASE WHEN dirty_since IS NULL THEN $5 END,
         parked_at = CASE WHEN dirty_since IS NULL THEN $4 END,
         evaluated_at = $4, working_since = NULL, due = dirty_since,
         asked_at = CASE WHEN asked_at = $6 THEN NULL ELSE asked_at END"
    ),
);

impl Store {
    /// Takes the next subject that is due, for as long as `lease`. A repository never has more than
    /// `cap` subjects claimed at once, and a subject is never claimed twice at once.
    ///
    /// # Errors
    /// When the database fails; then nothing was claimed.
    pub async fn claim(
        &self,
        worker: &str,
        lease: SignedDuration,
        cap: u32,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError> {
        if self.db.row(&PEEK, args![now.as_millisecond()]).await?.is_none() {
            return Ok(None);
        }
        for turn in [TURN, TURN_WAITING] {
            let mut tx = self.db.begin().await?;
            let args = args![now.as_millisecond(), i64::from(cap)];
            let Some(row) = tx.row(&turn, args).await? else { continue };
            let repository = RepositoryId(row.get::<i64>(0)?.cast_unsigned());
            if let Some(claim) = take(&mut tx, repository, (worker, lease, cap), now).await? {
                tx.commit().await?;
                return Ok(Some(claim));
            }
        }
        Ok(None)
    }

    /// When something will be due next, if anything will.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        const NEXT: Sql = Sql::new(
            "look for what is due next",
            "SELECT due FROM subjects WHERE due > $1 ORDER BY due LIMIT 1",
        );
        let row = self.db.row(&NEXT, args![now.as_millisecond()]).await?;
        row.map(|row| read_time(row.get(0)?)).transpose()
    }

    /// Lengthens the lease of a claim to `lease` from now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew(
        &self,
        claim: &Claim,
        lease: SignedDuration,
        now: Timestamp,
    ) -> Result<Lease, StoreError> {
        let Subject { repository, key } = &claim.subject;
        let fence = claim.fence.cast_signed();
        let args = args![*repository, key_text(key)?, fence, after(now, lease)];
        Ok(held(self.db.run(&RENEW, args).await?))
    }

    /// Ends a claim. Marks that arrived since it was taken make the subject due again, after a
    /// moment in which those that belong to them may come too.
    ///
    /// # Errors
    /// When the database fails; the lease will run out.
    pub async fn finish(
        &self,
        claim: &Claim,
        finish: Finish,
        now: Timestamp,
    ) -> Result<Lease, StoreError> {
        let Subject { repository, key } = &claim.subject;
        let (repository, key) = (*repository, key_text(key)?);
        let (fence, at) = (claim.fence.cast_signed(), now.as_millisecond());
        let asked = claim.asked.map(Timestamp::as_millisecond);
        let done = match finish {
            Finish::Done { wake_at } => {
                let wake_at = wake_at.map(Timestamp::as_millisecond);
                self.db.run(&DONE, args![repository, key, fence, at, wake_at, asked]).await?
            }
            Finish::Retry { at } => {
                let args = args![repository, key, fence, at.as_millisecond(), 0_i64];
                self.db.run(&RETRY, args).await?
            }
            Finish::Release { at } => {
                let args = args![repository, key, fence, at.as_millisecond(), 1_i64];
                self.db.run(&RETRY, args).await?
            }
            Finish::Park { why } => {
                self.db.run(&PARK, args![repository, key, fence, at, why, asked]).await?
            }
        };
        Ok(held(done))
    }
}

async fn take(
    tx: &mut Tx,
    repository: RepositoryId,
    (worker, lease, cap): (&str, SignedDuration, u32),
    now: Timestamp,
) -> Result<Option<Claim>, StoreError> {
    let (at, until) = (now.as_millisecond(), after(now, lease));
    let taken = tx.row(&TAKE, args![repository, at, worker, until, i64::from(cap)]).await?;
    let Some(row) = taken else { return Ok(None) };
    let fence: i64 = row.get(5)?;
    tx.run(&SERVED, args![repository, fence]).await?;
    let Some(known) = look_up(tx, repository).await? else {
        return Ok(None);
    };
    Ok(Some(Claim {
        subject: Subject { repository, key: read_key(&row.get::<String>(0)?)? },
        repository: known.name,
        installation: known.installation,
        head: row.get::<Option<String>>(1)?.map(|sha| read_sha(&sha)).transpose()?,
        is_open: row.get::<i64>(2)? == 1,
        asked: row.get::<Option<i64>>(6)?.map(read_time).transpose()?,
        since: read_time(row.get(3)?)?,
        attempt: count(row.get(4)?),
        fence: count(fence),
    }))
}

const fn held(rows: u64) -> Lease {
    if rows == 0 { Lease::Lost } else { Lease::Held }
}
