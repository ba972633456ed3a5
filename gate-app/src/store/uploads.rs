//! Uploads: reports that came by the HTTP door, and the tokens that let them in.

use gate_core::measure::Digest;
use jiff::Timestamp;

use crate::ids::{CommitSha, RepositoryId};

use super::{
    ReportFile, Store, StoreError,
    convert::{count, read_digest, read_time},
    db::{Sql, args},
    marks::{Mark, mark},
    repositories::lock,
};

/// So many reports of one commit are taken: more than any policy names.
const MOST: u64 = 100;

/// A report that came by the HTTP door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The name of the report, and its content.
    pub file: ReportFile,
    /// Who uploaded it, as whoever wrote it down put it.
    pub by: String,
    /// Whether it is known who that is: not so from a fork.
    pub is_trusted: bool,
    /// When.
    pub at: Timestamp,
}

/// What became of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadReceipt {
    /// It is noted, and made so many subjects dirty.
    Stored {
        /// How many subjects.
        marked: u64,
    },
    /// The same was there; nothing was done.
    Known,
    /// A trusted one is there, and this one is not trusted; nothing was done.
    Outranked,
    /// The commit has as many reports as one may have; nothing was done.
    TooMany,
    /// The repository is not known any more; nothing was done.
    NoRepository,
}

/// A token that may upload, of which only the digest is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadToken {
    /// Of the token.
    pub digest: Digest,
    /// When it was made.
    pub made: Timestamp,
    /// When it last let somebody in.
    pub used: Option<Timestamp>,
}

const UPLOADS: Sql = Sql::new(
    "look up the uploads of a commit",
    "SELECT name, digest, uploaded_by, is_trusted, uploaded_at FROM uploads
     WHERE repository = $1 AND head = $2 ORDER BY name",
);

impl Store {
    /// Notes a report that came by the HTTP door, and marks the subjects of its commit, both or
    /// neither. The one that comes last takes the place of another of the same name.
    ///
    /// # Errors
    /// When the database fails; then nothing is noted.
    pub async fn take_upload(
        &self,
        repository: RepositoryId,
        commit: &CommitSha,
        upload: &Upload,
    ) -> Result<UploadReceipt, StoreError> {
        const SAME: Sql = Sql::new(
            "look up an upload",
            "SELECT digest, is_trusted FROM uploads
             WHERE repository = $1 AND head = $2 AND name = $3",
        );
        const OTHERS: Sql = Sql::new(
            "count the uploads of a commit",
            "SELECT COUNT(*) FROM uploads WHERE repository = $1 AND head = $2",
        );
        const NOTE: Sql = Sql::new(
            "note an upload",
            "INSERT INTO uploads (repository, head, name, digest, uploaded_by, is_trusted,
                                  uploaded_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (repository, head, name) DO UPDATE SET
                 digest = excluded.digest, uploaded_by = excluded.uploaded_by,
                 is_trusted = excluded.is_trusted, uploaded_at = excluded.uploaded_at",
        );
        let Upload { file: ReportFile { name, digest }, by, is_trusted, at } = upload;
        let mut tx = self.db.begin().await?;
        // Whoever uploads the same at the same time waits here.
        if !lock(&mut tx, repository).await? {
            return Ok(UploadReceipt::NoRepository);
        }
        match tx.row(&SAME, args![repository, commit, name.as_str()]).await? {
            Some(row) => {
                let is_same = read_digest(&row.get::<String>(0)?)? == *digest;
                let was_trusted = row.get::<i64>(1)? == 1;
                match (was_trusted && !is_trusted, is_same) {
                    (true, false) => return Ok(UploadReceipt::Outranked),
                    (_, true) if was_trusted || !is_trusted => return Ok(UploadReceipt::Known),
                    _ => {}
                }
            }
            None => {
                let row = tx.row(&OTHERS, args![repository, commit]).await?;
                if row.map_or(Ok(0), |row| row.get(0).map(count))? >= MOST {
                    return Ok(UploadReceipt::TooMany);
                }
            }
        }
        let args = args![
            repository,
            commit,
            name.as_str(),
            digest,
            by.as_str(),
            *is_trusted,
            at.as_millisecond()
        ];
        tx.run(&NOTE, args).await?;
        let marked = mark(&mut tx, repository, &[Mark::Commit(commit.clone())], *at).await?;
        tx.commit().await?;
        Ok(UploadReceipt::Stored { marked })
    }

    /// The reports that came by the HTTP door for a commit, in the order of their names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uploads(
        &self,
        repository: RepositoryId,
        commit: &CommitSha,
    ) -> Result<Vec<Upload>, StoreError> {
        let mut uploads = Vec::new();
        for row in self.db.rows(&UPLOADS, args![repository, commit]).await? {
            let digest = read_digest(&row.get::<String>(1)?)?;
            uploads.push(Upload {
                file: ReportFile { name: row.get(0)?, digest },
                by: row.get(2)?,
                is_trusted: row.get::<i64>(3)? == 1,
                at: read_time(row.get(4)?)?,
            });
        }
        Ok(uploads)
    }

    /// Lets a token upload reports for a repository. Only its digest comes here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_upload_token(
        &self,
        repository: RepositoryId,
        token: &Digest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const KEEP: Sql = Sql::new(
            "keep an upload token",
            "INSERT INTO upload_tokens (repository, digest, kept_at) VALUES ($1, $2, $3)
             ON CONFLICT (repository, digest) DO NOTHING",
        );
        self.db.run(&KEEP, args![repository, token, now.as_millisecond()]).await.map(drop)
    }

    /// Whether the token with this digest may upload reports for a repository; notes that it was
    /// used.
    ///
    /// # Errors
    /// When the database fails; then it may not.
    pub async fn upload_token_matches(
        &self,
        repository: RepositoryId,
        token: &Digest,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const USE: Sql = Sql::new(
            "look up an upload token",
            "UPDATE upload_tokens SET used_at = $3 WHERE repository = $1 AND digest = $2",
        );
        Ok(self.db.run(&USE, args![repository, token, now.as_millisecond()]).await? > 0)
    }

    /// The upload tokens of a repository, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upload_tokens(
        &self,
        repository: RepositoryId,
    ) -> Result<Vec<UploadToken>, StoreError> {
        const LIST: Sql = Sql::new(
            "list upload tokens",
            "SELECT digest, kept_at, used_at FROM upload_tokens WHERE repository = $1
             ORDER BY kept_at, digest",
        );
        let mut tokens = Vec::new();
        for row in self.db.rows(&LIST, args![repository]).await? {
            tokens.push(UploadToken {
                digest: read_digest(&row.get::<String>(0)?)?,
                made: read_time(row.get(1)?)?,
                used: row.get::<Option<i64>>(2)?.map(read_time).transpose()?,
            });
        }
        Ok(tokens)
    }

    /// Takes an upload token back; whether it was there.
    ///
    /// # Errors
    /// When the database fails; then it still matches.
    pub async fn revoke_upload_token(
        &self,
        repository: RepositoryId,
        token: &Digest,
    ) -> Result<bool, StoreError> {
        const REVOKE: Sql = Sql::new(
            "revoke an upload token",
            "DELETE FROM upload_tokens WHERE repository = $1 AND digest = $2",
        );
        Ok(self.db.run(&REVOKE, args![repository, token]).await? > 0)
    }

    /// Takes every upload token of a repository back; how many there were.
    ///
    /// # Errors
    /// When the database fails; then they still match.
    pub async fn revoke_upload_tokens(&self, repository: RepositoryId) -> Result<u64, StoreError> {
        const REVOKE: Sql =
            Sql::new("revoke upload tokens", "DELETE FROM upload_tokens WHERE repository = $1");
        self.db.run(&REVOKE, args![repository]).await
    }
}
