//! What a base branch has measured, commit by commit along its first parents.

use std::collections::BTreeSet;

use crate::ids::{CommitSha, RepositoryId};

use super::{
    Store, StoreError,
    convert::{malformed, read_sha},
    db::{Sql, args},
};

/// So many commits back, and no further: years of a busy branch.
const DEEPEST: i64 = 5_000;

/// A commit and those before it, as far as they are known, with how far back each is.
macro_rules! chain {
    ($rest:literal) => {
        concat!(
            "WITH RECURSIVE chain (head, depth) AS (
                 SELECT CAST($2 AS TEXT), CAST(0 AS BIGINT)
                 UNION ALL
                 SELECT p.parent, c.depth + 1 FROM chain c
                 JOIN first_parents p ON p.repository = $1 AND p.head = c.head
                 WHERE c.depth < $3) ",
            $rest
        )
    };
}

impl Store {
    /// Notes the first parents of a commit, the nearest first.
    ///
    /// # Errors
    /// When the database fails; then none is noted.
    pub async fn note_first_parents(
        &self,
        repository: RepositoryId,
        commit: &CommitSha,
        parents: &[CommitSha],
    ) -> Result<(), StoreError> {
        const NOTE: Sql = Sql::new(
            "note a first parent",
            "INSERT INTO first_parents (repository, head, parent) VALUES ($1, $2, $3)
             ON CONFLICT (repository, head) DO NOTHING",
        );
        let mut tx = self.db.begin().await?;
        for (head, parent) in std::iter::once(commit).chain(parents).zip(parents) {
            tx.run(&NOTE, args![repository, head, parent]).await?;
        }
        tx.commit().await
    }

    /// Whether the first parent of one of these commits is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn knows_first_parent(
        &self,
        repository: RepositoryId,
        commits: &[CommitSha],
    ) -> Result<bool, StoreError> {
        const KNOWN: Sql = Sql {
            to: "look up first parents",
            sqlite: "SELECT CAST(1 AS BIGINT) FROM first_parents WHERE repository = $1
                     AND head IN (SELECT value FROM json_each($2)) LIMIT 1",
            postgres: "SELECT CAST(1 AS BIGINT) FROM first_parents WHERE repository = $1
                       AND head IN (SELECT json_array_elements_text(CAST($2 AS JSON))) LIMIT 1",
        };
        let list = serde_json::to_string(commits)
            .map_err(|error| malformed("list of commits", &error.to_string()))?;
        Ok(self.db.row(&KNOWN, args![repository, list]).await?.is_some())
    }

    /// Whether a first parent of any commit of the repository is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn knows_any_first_parent(
        &self,
        repository: RepositoryId,
    ) -> Result<bool, StoreError> {
        const ANY: Sql = Sql::new(
            "look up first parents",
            "SELECT CAST(1 AS BIGINT) FROM first_parents WHERE repository = $1 LIMIT 1",
        );
        Ok(self.db.row(&ANY, args![repository]).await?.is_some())
    }

    /// The commit and those before it whose evidence is kept, and of which one of these measures was
    /// not taken yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unmeasured(
        &self,
        repository: RepositoryId,
        commit: &CommitSha,
        measures: &BTreeSet<String>,
    ) -> Result<Vec<CommitSha>, StoreError> {
        const UNMEASURED: Sql = Sql {
            to: "look up what was not measured",
            sqlite: chain!(
                "SELECT c.head FROM chain c
                 JOIN baselines b ON b.repository = $1 AND b.head = c.head
                 WHERE EXISTS (SELECT 1 FROM json_each($4) j WHERE NOT EXISTS (
                     SELECT 1 FROM measured m WHERE m.repository = $1 AND m.head = c.head
                       AND m.measure = j.value))"
            ),
            postgres: chain!(
                "SELECT c.head FROM chain c
                 JOIN baselines b ON b.repository = $1 AND b.head = c.head
                 WHERE EXISTS (
                     SELECT 1 FROM json_array_elements_text(CAST($4 AS JSON)) AS j (value)
                     WHERE NOT EXISTS (
                         SELECT 1 FROM measured m WHERE m.repository = $1 AND m.head = c.head
                           AND m.measure = j.value))"
            ),
        };
        let args = args![repository, commit, DEEPEST, list(measures)?];
        let rows = self.db.rows(&UNMEASURED, args).await?;
        rows.iter().map(|row| read_sha(&row.get::<String>(0)?)).collect()
    }

    /// Keeps what a commit measured.
    ///
    /// # Errors
    /// When the database fails; then nothing is kept.
    pub async fn keep_measured(
        &self,
        repository: RepositoryId,
        commit: &CommitSha,
        values: &[(String, String)],
    ) -> Result<(), StoreError> {
        const KEEP: Sql = Sql::new(
            "keep what was measured",
            "INSERT INTO measured (repository, head, measure, value) VALUES ($1, $2, $3, $4)
             ON CONFLICT (repository, head, measure) DO UPDATE SET value = excluded.value",
        );
        let mut tx = self.db.begin().await?;
        for (measure, value) in values {
            tx.run(&KEEP, args![repository, commit, measure.as_str(), value.as_str()]).await?;
        }
        tx.commit().await
    }

    /// What the commit and those before it measured, the oldest first: the commit, what was counted,
    /// and its value.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn measured(
        &self,
        repository: RepositoryId,
        commit: &CommitSha,
        measures: &BTreeSet<String>,
    ) -> Result<Vec<(CommitSha, String, String)>, StoreError> {
        const MEASURED: Sql = Sql {
            to: "look up what was measured",
            sqlite: chain!(
                "SELECT c.head, m.measure, m.value FROM chain c
                 JOIN measured m ON m.repository = $1 AND m.head = c.head
                 WHERE m.measure IN (SELECT value FROM json_each($4))
                 ORDER BY c.depth DESC, m.measure"
            ),
            postgres: chain!(
                "SELECT c.head, m.measure, m.value FROM chain c
                 JOIN measured m ON m.repository = $1 AND m.head = c.head
                 WHERE m.measure IN (SELECT json_array_elements_text(CAST($4 AS JSON)))
                 ORDER BY c.depth DESC, m.measure"
            ),
        };
        let args = args![repository, commit, DEEPEST, list(measures)?];
        let rows = self.db.rows(&MEASURED, args).await?;
        let read = |row: &super::db::Row| {
            Ok((read_sha(&row.get::<String>(0)?)?, row.get(1)?, row.get(2)?))
        };
        rows.iter().map(read).collect()
    }
}

fn list(measures: &BTreeSet<String>) -> Result<String, StoreError> {
    serde_json::to_string(measures)
        .map_err(|error| malformed("list of measures", &error.to_string()))
}
