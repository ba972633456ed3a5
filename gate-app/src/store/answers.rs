//! Answers of GitHub that may be asked for by their tag: while they hold, that costs no quota.

use jiff::Timestamp;

use crate::ids::InstallationId;

use super::{
    Store, StoreError,
    db::{Sql, args},
};

/// An answer and its tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// GitHub's `etag`.
    pub tag: String,
    /// What it answered.
    pub answer: String,
}

impl Store {
    /// The answer that an installation got at this address, if it was kept. What one installation may
    /// see is nobody else's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer(
        &self,
        installation: InstallationId,
        address: &str,
    ) -> Result<Option<Tagged>, StoreError> {
        const ANSWER: Sql = Sql::new(
            "look up an answer",
            "SELECT tag, answer FROM answers WHERE installation = $1 AND address = $2",
        );
        let row = self.db.row(&ANSWER, args![installation, address]).await?;
        row.map(|row| Ok(Tagged { tag: row.get(0)?, answer: row.get(1)? })).transpose()
    }

    /// Keeps an answer in the place of the one before it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_answer(
        &self,
        installation: InstallationId,
        address: &str,
        tagged: &Tagged,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const KEEP: Sql = Sql::new(
            "keep an answer",
            "INSERT INTO answers (installation, address, tag, answer, kept_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (installation, address) DO UPDATE SET
                 tag = excluded.tag, answer = excluded.answer, kept_at = excluded.kept_at",
        );
        let Tagged { tag, answer } = tagged;
        let at = now.as_millisecond();
        let args = args![installation, address, tag.as_str(), answer.as_str(), at];
        self.db.run(&KEEP, args).await.map(drop)
    }
}
