//! Reports: their bytes, each once, and the artifacts that they were found in.

use gate_core::measure::Digest;
use jiff::Timestamp;

use crate::ids::{ArtifactId, RepositoryId};

use super::{
    Store, StoreError,
    convert::{count, read_digest},
    db::{Sql, args},
};

/// A file by its name and content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFile {
    /// Its path in the artifact, or the report's name in the policy.
    pub name: String,
    /// Of its bytes, which [`Store::report`] gives.
    pub digest: Digest,
}

const ARTIFACT_FILES: Sql = Sql::new(
    "look up an artifact",
    "SELECT f.name, f.digest, r.size
     FROM artifacts a
     LEFT JOIN artifact_files f ON f.repository = a.repository AND f.artifact = a.artifact
     LEFT JOIN reports r ON r.digest = f.digest
     WHERE a.repository = $1 AND a.artifact = $2 ORDER BY f.name",
);

const NOTE_ARTIFACT: Sql = Sql::new(
    "note an artifact",
    "INSERT INTO artifacts (repository, artifact, noted_at) VALUES ($1, $2, $3)
     ON CONFLICT (repository, artifact) DO UPDATE SET noted_at = excluded.noted_at",
);

const NOTE_ARTIFACT_FILE: Sql = Sql::new(
    "note a file of an artifact",
    "INSERT INTO artifact_files (repository, artifact, name, digest) VALUES ($1, $2, $3, $4)
     ON CONFLICT (repository, artifact, name) DO UPDATE SET digest = excluded.digest",
);

/// What is kept already is only kept longer.
pub(super) const TOUCH: Sql =
    Sql::new("keep a report", "UPDATE reports SET kept_at = $2 WHERE digest = $1");

impl Store {
    /// Keeps the bytes of a report and gives their digest. What is kept already is only kept
    /// longer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_report(&self, bytes: Vec<u8>, now: Timestamp) -> Result<Digest, StoreError> {
        const KEEP: Sql = Sql::new(
            "keep a report",
            "INSERT INTO reports (digest, size, kept_at, content) VALUES ($1, $2, $3, $4)
             ON CONFLICT (digest) DO UPDATE SET kept_at = excluded.kept_at",
        );
        let digest = Digest::of(&bytes);
        let now = now.as_millisecond();
        if self.db.run(&TOUCH, args![&digest, now]).await? == 0 {
            let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            self.db.run(&KEEP, args![&digest, size, now, bytes]).await?;
        }
        Ok(digest)
    }

    /// The bytes of a report that is kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn report(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(bytes) = self.recent.get(digest).await {
            return Ok(Some(bytes));
        }
        let bytes = self.read_report(digest).await?;
        if let Some(bytes) = &bytes {
            self.recent.keep(digest, bytes).await;
        }
        Ok(bytes)
    }

    async fn read_report(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        const REPORT: Sql = Sql::new(
            "read a report",
            "SELECT content, size, pieces FROM reports WHERE digest = $1",
        );
        let Some(row) = self.db.row(&REPORT, args![digest]).await? else { return Ok(None) };
        match row.get::<Option<String>>(2)? {
            None => row.get(0).map(Some),
            Some(pieces) => self.joined(&pieces, row.get(1)?).await.map(Some),
        }
    }

    /// How many reports are kept, and of how many bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reports_kept(&self) -> Result<(u64, u64), StoreError> {
        const KEPT: Sql = Sql::new(
            "count the reports",
            "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM reports",
        );
        let Some(row) = self.db.row(&KEPT, args![]).await? else { return Ok((0, 0)) };
        Ok((count(row.get(0)?), count(row.get(1)?)))
    }

    /// The files that were found in an artifact; nothing when it was not read, or when the bytes of
    /// one of them are no longer kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn artifact(
        &self,
        repository: RepositoryId,
        artifact: ArtifactId,
    ) -> Result<Option<Vec<ReportFile>>, StoreError> {
        let rows = self.db.rows(&ARTIFACT_FILES, args![repository, artifact]).await?;
        let mut files = Vec::with_capacity(rows.len());
        for row in &rows {
            // An artifact in which nothing was found is one row without a name.
            let Some(name) = row.get::<Option<String>>(0)? else { continue };
            if row.get::<Option<i64>>(2)?.is_none() {
                return Ok(None);
            }
            files.push(ReportFile { name, digest: read_digest(&row.get::<String>(1)?)? });
        }
        Ok((!rows.is_empty()).then_some(files))
    }

    /// Whether an artifact was read since then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_read_since(
        &self,
        repository: RepositoryId,
        artifact: ArtifactId,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        const READ: Sql = Sql::new(
            "look up when an artifact was read",
            "SELECT noted_at FROM artifacts
             WHERE repository = $1 AND artifact = $2 AND noted_at >= $3",
        );
        let args = args![repository, artifact, since.as_millisecond()];
        Ok(self.db.row(&READ, args).await?.is_some())
    }

    /// Notes that an artifact was read and what was found in it. Artifacts never change.
    ///
    /// # Errors
    /// When the database fails; then it counts as not read.
    pub async fn note_artifact(
        &self,
        repository: RepositoryId,
        artifact: ArtifactId,
        files: &[ReportFile],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        tx.run(&NOTE_ARTIFACT, args![repository, artifact, now.as_millisecond()]).await?;
        for ReportFile { name, digest } in files {
            let args = args![repository, artifact, name.as_str(), digest];
            tx.run(&NOTE_ARTIFACT_FILE, args).await?;
        }
        tx.commit().await
    }
}
