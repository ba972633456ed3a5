//! The queue: how much there is to do, what is parked, and the sweep that takes up what no event did.

use jiff::{SignedDuration, Timestamp};

use crate::ids::{RepositoryId, RepositoryName, Subject};

use super::{
    Store, StoreError,
    convert::{ago, count, read_key, read_time},
    db::{Sql, args},
    marks::{BY_SWEEP, marked},
};

/// A subject that waits for something to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// What it is.
    pub subject: Subject,
    /// What its repository is called.
    pub repository: RepositoryName,
    /// Why it was parked.
    pub why: String,
    /// Since when.
    pub since: Timestamp,
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// Subjects that a worker may take now.
    pub waiting: u64,
    /// Subjects that a worker holds.
    pub claimed: u64,
    /// Subjects that will be due later: retries and deadlines.
    pub later: u64,
    /// Subjects that are parked.
    pub parked: u64,
    /// Open pull requests and merge groups.
    pub open: u64,
    /// How long the one that has been due longest has been due.
    pub age: Option<SignedDuration>,
}

const PARKED: Sql = Sql::new(
    "list what is parked",
    "SELECT s.repository, s.key, r.owner, r.name, s.parked, s.parked_at
     FROM subjects s JOIN repositories r ON r.repository = s.repository
     WHERE s.parked IS NOT NULL ORDER BY s.parked_at, s.repository, s.key",
);

/// Leaves alone what a worker holds, what is due anyway, what waits for a retry, and what is parked.
/// Branches are not swept: their evidence comes with events, and a deadline ends the waiting.
macro_rules! sweepable {
    () => {
        " is_open = 1 AND kind <> 'branch' AND parked IS NULL AND lease_until IS NULL
          AND COALESCE(evaluated_at, known_at) <= $3 AND (due IS NULL OR due > $1)
          AND (not_before IS NULL OR not_before <= $1)"
    };
}

const SWEEP: Sql = Sql {
    to: "sweep",
    sqlite: concat!("UPDATE subjects SET ", marked!("$1", "$2"), " WHERE ", sweepable!()),
    postgres: concat!(
        "UPDATE subjects SET ",
        marked!("$1", "$2"),
        " WHERE (repository, key) IN (SELECT repository, key FROM subjects WHERE ",
        sweepable!(),
        " FOR UPDATE SKIP LOCKED)"
    ),
};

/// What is parked gets one more attempt, not as many as what an event is about.
const SWEEP_PARKED: Sql = Sql::new(
    "sweep what is parked",
    "UPDATE subjects SET dirty_since = $1, due = $1, priority = $2, parked = NULL, parked_at = NULL
     WHERE parked IS NOT NULL AND parked_at <= $3 AND is_open = 1 AND lease_until IS NULL",
);

const QUEUE: Sql = Sql::new(
    "count the subjects",
    "SELECT
         CAST(COALESCE(SUM(CASE WHEN due <= $1 THEN 1 ELSE 0 END), 0) AS BIGINT),
         CAST(COALESCE(SUM(CASE WHEN lease_until > $1 THEN 1 ELSE 0 END), 0) AS BIGINT),
         CAST(COALESCE(SUM(CASE WHEN due > $1 AND lease_until IS NULL THEN 1 ELSE 0 END), 0)
              AS BIGINT),
         CAST(COALESCE(SUM(CASE WHEN parked IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT),
         CAST(COALESCE(SUM(CASE WHEN is_open = 1 AND kind <> 'branch' THEN 1 ELSE 0 END), 0)
              AS BIGINT),
         MIN(CASE WHEN due <= $1 THEN due END)
     FROM subjects",
);

impl Store {
    /// What is parked, the longest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn parked(&self) -> Result<Vec<Parked>, StoreError> {
        let mut parked = Vec::new();
        for row in self.db.rows(&PARKED, args![]).await? {
            parked.push(Parked {
                subject: Subject {
                    repository: RepositoryId(row.get::<i64>(0)?.cast_unsigned()),
                    key: read_key(&row.get::<String>(1)?)?,
                },
                repository: RepositoryName { owner: row.get(2)?, name: row.get(3)? },
                why: row.get(4)?,
                since: read_time(row.get(5)?)?,
            });
        }
        Ok(parked)
    }

    /// The sweep: every open pull request and merge group that was not judged for `period` becomes
    /// dirty, behind everything that an event made so; and what was parked for as long. The number of
    /// them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_stale(
        &self,
        period: SignedDuration,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let args = args![now.as_millisecond(), BY_SWEEP, ago(now, period)];
        let stale = self.db.run(&SWEEP, args).await?;
        let args = args![now.as_millisecond(), BY_SWEEP, ago(now, period)];
        Ok(stale + self.db.run(&SWEEP_PARKED, args).await?)
    }

    /// How much there is to do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue(&self, now: Timestamp) -> Result<Queue, StoreError> {
        let rows = self.db.row(&QUEUE, args![now.as_millisecond()]).await?;
        let number = |column| match &rows {
            Some(row) => row.get::<i64>(column).map(count),
            None => Ok(0),
        };
        let oldest = rows.as_ref().map(|row| row.get::<Option<i64>>(5)).transpose()?.flatten();
        Ok(Queue {
            waiting: number(0)?,
            claimed: number(1)?,
            later: number(2)?,
            parked: number(3)?,
            open: number(4)?,
            age: oldest.map(read_time).transpose()?.map(|oldest| now.duration_since(oldest)),
        })
    }
}
