//! Baselines: the evidence of commits of base branches, which pull requests are compared with.

use jiff::Timestamp;

use crate::ids::{CommitSha, RepositoryId};

use super::{
    Store, StoreError,
    convert::{malformed, read_sha},
    db::{Sql, args},
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
        let args = args![repository, commit, evidence, now.as_millisecond()];
        self.db.run(&KEEP, args).await.map(drop)
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
}
