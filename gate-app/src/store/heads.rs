//! Heads: which pull request a commit is of. GitHub does not tell for commits of forks, so the App
//! keeps its own table, from the events of pull requests and from what a worker saw.

use crate::ids::{CommitSha, PullRequestNumber, RepositoryId, Subject};

use super::{
    Claim, Store, StoreError,
    convert::{key_text, read_sha},
    db::{Sql, args},
};

/// What is known of a subject's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The commit; none when no event has told.
    pub commit: Option<CommitSha>,
    /// Whether the subject is open.
    pub is_open: bool,
}

impl Store {
    /// The open pull requests whose head is this commit, in the order of their numbers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pull_requests_with_head(
        &self,
        repository: RepositoryId,
        head: &CommitSha,
    ) -> Result<Vec<PullRequestNumber>, StoreError> {
        const WITH_HEAD: Sql = Sql::new(
            "look up the pull requests of a commit",
            "SELECT number FROM subjects
             WHERE repository = $1 AND head = $2 AND kind = 'pull-request' AND is_open = 1
             ORDER BY number",
        );
        let rows = self.db.rows(&WITH_HEAD, args![repository, head]).await?;
        let number =
            |row: &super::db::Row| Ok(PullRequestNumber(row.get::<i64>(0)?.cast_unsigned()));
        rows.iter().map(number).collect()
    }

    /// What is known of a subject's head; nothing when the subject is unknown.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn head(&self, subject: &Subject) -> Result<Option<Head>, StoreError> {
        const HEAD: Sql = Sql::new(
            "look up a head",
            "SELECT head, is_open FROM subjects WHERE repository = $1 AND key = $2",
        );
        let args = args![subject.repository, key_text(&subject.key)?];
        let Some(row) = self.db.row(&HEAD, args).await? else { return Ok(None) };
        let commit = row.get::<Option<String>>(0)?.map(|sha| read_sha(&sha)).transpose()?;
        Ok(Some(Head { commit, is_open: row.get::<i64>(1)? == 1 }))
    }

    /// Whether this is the head of what was claimed, as far as events have told since the claim. One
    /// that told of another head has marked the subject: the next evaluation has the word.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_head(&self, claim: &Claim, head: &CommitSha) -> Result<bool, StoreError> {
        Ok(self.head(&claim.subject).await?.is_some_and(|now| match now.commit {
            Some(commit) => commit == *head || Some(&commit) == claim.head.as_ref(),
            None => true,
        }))
    }

    /// Corrects the head and the base of a subject by what a worker saw at GitHub: events
    /// come late, doubled and in any order. It marks nothing; a subject that is gone stays gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_head(
        &self,
        subject: &Subject,
        head: &CommitSha,
        base: &str,
        is_open: bool,
    ) -> Result<(), StoreError> {
        const NOTE: Sql = Sql::new(
            "note a head",
            "UPDATE subjects SET head = $3, is_open = $4, base = $5
             WHERE repository = $1 AND key = $2
               AND (head IS NULL OR head <> $3 OR is_open <> $4 OR base IS NULL OR base <> $5)",
        );
        let args = args![subject.repository, key_text(&subject.key)?, head, is_open, base];
        self.db.run(&NOTE, args).await.map(drop)
    }
}
