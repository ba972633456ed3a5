//! What never changes once GitHub has said it, so that it is asked for once.

use jiff::Timestamp;

use crate::ids::RepositoryId;

use super::{
    Store, StoreError,
    db::{Sql, args},
};

impl Store {
    /// The fact of this name, if it was kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fact(
        &self,
        repository: RepositoryId,
        name: &str,
    ) -> Result<Option<String>, StoreError> {
        const FACT: Sql = Sql::new(
            "look up a fact",
            "SELECT fact FROM facts WHERE repository = $1 AND name = $2",
        );
        self.db.row(&FACT, args![repository, name]).await?.map(|row| row.get(0)).transpose()
    }

    /// The fact of this name, if it was kept since then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fact_since(
        &self,
        repository: RepositoryId,
        name: &str,
        since: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        const FACT: Sql = Sql::new(
            "look up a new fact",
            "SELECT fact FROM facts WHERE repository = $1 AND name = $2 AND kept_at >= $3",
        );
        let args = args![repository, name, since.as_millisecond()];
        self.db.row(&FACT, args).await?.map(|row| row.get(0)).transpose()
    }

    /// Keeps a fact; of two of one name the later.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_fact(
        &self,
        repository: RepositoryId,
        name: &str,
        fact: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const KEEP: Sql = Sql::new(
            "keep a fact",
            "INSERT INTO facts (repository, name, fact, kept_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (repository, name) DO UPDATE SET
                 fact = excluded.fact, kept_at = excluded.kept_at",
        );
        let args = args![repository, name, fact, now.as_millisecond()];
        self.db.run(&KEEP, args).await.map(drop)
    }
}
