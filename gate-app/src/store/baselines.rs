//! Baselines: the evidence of commits of base branches, which pull requests are compared with.

use jiff::Timestamp;

use crate::ids::{CommitSha, PullRequestNumber, RepositoryId};

use super::{
    Store, StoreError,
    convert::{malformed, read_sha},
    db::{Sql, args},
    marks::{BY_REPOSITORY, LOCK, marked},
};

const KEEP: Sql = Sql::new(
    "keep a baseline",
    "INSERT INTO baselines (repository, head, evidence, kept_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (repository, head) DO UPDATE SET
         evidence = excluded.evidence, kept_at = excluded.kept_at",
);

/// The commits come as one argument, a JSON list, in their order.
const FIRST: Sql = Sql {
    to: "look up a baseline",
    sqlite: "SELECT b.head, b.evidence FROM json_each($2) c
             JOIN baselines b ON b.repository = $1 AND b.head = c.value
             ORDER BY c.key LIMIT 1",
    postgres: "SELECT b.head, b.evidence
               FROM json_array_elements_text(CAST($2 AS JSON)) WITH ORDINALITY AS c (value, place)
               JOIN baselines b ON b.repository = $1 AND b.head = c.value
               ORDER BY c.place LIMIT 1",
};

const MARK_WAITING: Sql = Sql::new(
    "mark who waits for a baseline",
    concat!(
        "UPDATE subjects SET ",
        marked!("$3", "$4"),
        " WHERE repository = $1 AND kind = 'pull-request' AND is_open = 1 AND number IN (
             SELECT number FROM baseline_waits WHERE repository = $1 AND head = $2)",
    ),
);

impl Store {
    /// Keeps the evidence of a commit of a base branch. Later evidence of the same commit takes its
    /// place: more reports have come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_baseline(
        &self,
        repository: RepositoryId,
        commit: &CommitSha,
        evidence: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // What the evidence before it came to is none of what this one does.
        const FORGET: Sql = Sql::new(
            "forget what was measured",
            "DELETE FROM measured WHERE repository = $1 AND head = $2",
        );
        let mut tx = self.db.begin().await?;
        let args = args![repository, commit, evidence, now.as_millisecond()];
        tx.run(&KEEP, args).await?;
        tx.run(&FORGET, args![repository, commit]).await?;
        tx.commit().await
    }

    /// The first of these commits that has evidence, in the order given, and its evidence.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_baseline(
        &self,
        repository: RepositoryId,
        commits: &[CommitSha],
    ) -> Result<Option<(CommitSha, String)>, StoreError> {
        let list = serde_json::to_string(commits)
            .map_err(|error| malformed("list of commits", &error.to_string()))?;
        let Some(row) = self.db.row(&FIRST, args![repository, list]).await? else {
            return Ok(None);
        };
        Ok(Some((read_sha(&row.get::<String>(0)?)?, row.get(1)?)))
    }

    /// Notes that a pull request was judged without the evidence of this commit: once there is some,
    /// it is judged again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wait_for_baseline(
        &self,
        repository: RepositoryId,
        commit: &CommitSha,
        number: PullRequestNumber,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const WAIT: Sql = Sql::new(
            "note who waits for a baseline",
            "INSERT INTO baseline_waits (repository, head, number, noted_at)
             VALUES ($1, $2, $3, $4) ON CONFLICT (repository, head, number) DO NOTHING",
        );
        let args = args![repository, commit, number, now.as_millisecond()];
        self.db.run(&WAIT, args).await.map(drop)
    }

    /// Marks the open pull requests that wait for the evidence of this commit; with `is_here`, they
    /// wait no longer. The number of them.
    ///
    /// # Errors
    /// When the database fails; then none is marked.
    pub async fn baseline_settled(
        &self,
        repository: RepositoryId,
        commit: &CommitSha,
        is_here: bool,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        const FORGET: Sql = Sql::new(
            "forget who waits for a baseline",
            "DELETE FROM baseline_waits WHERE repository = $1 AND head = $2",
        );
        let mut tx = self.db.begin().await?;
        tx.row(&LOCK, args![repository]).await?;
        let at = now.as_millisecond();
        let marked = tx.run(&MARK_WAITING, args![repository, commit, at, BY_REPOSITORY]).await?;
        if is_here {
            tx.run(&FORGET, args![repository, commit]).await?;
        }
        tx.commit().await?;
        Ok(marked)
    }
}
