//! Records of verdicts, by their digest, so that any check can be replayed.

use gate_core::measure::Digest;
use jiff::Timestamp;

use crate::ids::{CommitSha, RepositoryId, Subject};

use super::{
    Store, StoreError,
    convert::key_text,
    db::{Sql, args},
};

/// A record and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRecord {
    /// What was judged.
    pub subject: Subject,
    /// At which commit.
    pub head: CommitSha,
    /// The digest that the record states.
    pub digest: Digest,
    /// The record itself.
    pub json: String,
}

impl Store {
    /// Keeps a record. One that is kept already is only kept longer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_record(&self, record: &KeptRecord, now: Timestamp) -> Result<(), StoreError> {
        const KEEP: Sql = Sql::new(
            "keep a record",
            "INSERT INTO records (digest, repository, key, head, record, kept_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (digest) DO UPDATE SET kept_at = excluded.kept_at",
        );
        let KeptRecord { subject, head, digest, json } = record;
        let (repository, key) = (subject.repository, key_text(&subject.key)?);
        let args = args![digest, repository, key, head, json.as_str(), now.as_millisecond()];
        self.db.run(&KEEP, args).await.map(drop)
    }

    /// The record of a repository whose digest begins so: a check names no more of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_beginning(
        &self,
        repository: RepositoryId,
        beginning: &str,
    ) -> Result<Option<String>, StoreError> {
        const RECORD: Sql = Sql::new(
            "look for a record",
            "SELECT record FROM records WHERE repository = $1 AND substr(digest, 8, length($2)) = $2
             ORDER BY kept_at DESC LIMIT 1",
        );
        self.db.row(&RECORD, args![repository, beginning]).await?.map(|row| row.get(0)).transpose()
    }

    /// Of each head of a repository that was judged, the newest record with its digest; the newest heads
    /// first, and at most so many.
    ///
    /// # Errors
    /// When the database fails, or holds what is no digest.
    pub async fn newest_records(
        &self,
        repository: RepositoryId,
        most: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        const NEWEST: Sql = Sql::new(
            "read the newest records",
            "SELECT digest, record FROM records r WHERE repository = $1 AND kept_at =
                 (SELECT MAX(kept_at) FROM records o
                  WHERE o.repository = r.repository AND o.key = r.key AND o.head = r.head)
             ORDER BY kept_at DESC, digest LIMIT $2",
        );
        let rows = self.db.rows(&NEWEST, args![repository, i64::from(most)]).await?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    }

    /// The record with this digest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record(&self, digest: &Digest) -> Result<Option<String>, StoreError> {
        const RECORD: Sql =
            Sql::new("read a record", "SELECT record FROM records WHERE digest = $1");
        self.db.row(&RECORD, args![digest]).await?.map(|row| row.get(0)).transpose()
    }
}
