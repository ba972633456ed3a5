//! Pruning: what nobody will ask for any more. Nothing that an open subject needs is too old.

use jiff::{SignedDuration, Timestamp};

use super::{
    Store, StoreError,
    convert::ago,
    db::{Sql, args},
};

/// How long things are kept after their last use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Deliveries; longer than GitHub redelivers (3 days, 7 on an Enterprise Server).
    pub deliveries: SignedDuration,
    /// Reports, and where they were found; those uploaded for an open head stay.
    pub reports: SignedDuration,
    /// Records; those of an open head stay.
    pub records: SignedDuration,
    /// Baselines; the newest 50 of each repository stay, however old.
    pub baselines: SignedDuration,
    /// Subjects that are closed, branches, merge groups, and what was published on them.
    pub subjects: SignedDuration,
}

impl Default for Retention {
    fn default() -> Self {
        const fn days(days: i64) -> SignedDuration {
            SignedDuration::from_hours(24 * days)
        }
        Self {
            deliveries: days(8),
            reports: days(90),
            // As long as GitHub keeps checks.
            records: days(400),
            baselines: days(90),
            subjects: days(30),
        }
    }
}

/// How many rows were deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Of deliveries.
    pub deliveries: u64,
    /// Of reports.
    pub reports: u64,
    /// Of records.
    pub records: u64,
    /// Of baselines.
    pub baselines: u64,
    /// Of subjects.
    pub subjects: u64,
}

const DELIVERIES: Sql =
    Sql::new("prune deliveries", "DELETE FROM deliveries WHERE received_at < $1");

const REDELIVERIES: Sql =
    Sql::new("prune failed deliveries", "DELETE FROM redeliveries WHERE failed_at < $1");

const ANSWERS: Sql = Sql::new("prune answers", "DELETE FROM answers WHERE kept_at < $1");

const BASELINE_WAITS: Sql = Sql::new(
    "prune what waits for a baseline",
    "DELETE FROM baseline_waits WHERE noted_at < $1 OR NOT EXISTS (
         SELECT 1 FROM subjects s WHERE s.repository = baseline_waits.repository
           AND s.number = baseline_waits.number AND s.is_open = 1)",
);

const UPLOADS: Sql = Sql::new(
    "prune uploads",
    "DELETE FROM uploads WHERE uploaded_at < $1 AND NOT EXISTS (
         SELECT 1 FROM subjects s
         WHERE s.repository = uploads.repository AND s.head = uploads.head AND s.is_open = 1)",
);

const ARTIFACT_FILES: Sql = Sql::new(
    "prune artifacts",
    "DELETE FROM artifact_files WHERE EXISTS (
         SELECT 1 FROM artifacts a
         WHERE a.repository = artifact_files.repository AND a.artifact = artifact_files.artifact
           AND a.noted_at < $1)",
);

const ARTIFACTS: Sql = Sql::new("prune artifacts", "DELETE FROM artifacts WHERE noted_at < $1");

const REPORTS: Sql = Sql::new(
    "prune reports",
    "DELETE FROM reports WHERE kept_at < $1
     AND NOT EXISTS (SELECT 1 FROM artifact_files f WHERE f.digest = reports.digest)
     AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.digest = reports.digest)",
);

/// What no report names: its report went, or its upload was cut off. Uploads take minutes.
const PIECES: Sql = Sql::new(
    "prune pieces of reports",
    "DELETE FROM report_pieces WHERE kept_at < $1
     AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.pieces = report_pieces.pieces)",
);

const FACTS: Sql = Sql::new("prune facts", "DELETE FROM facts WHERE kept_at < $1");

const RECORDS: Sql = Sql::new(
    "prune records",
    "DELETE FROM records WHERE kept_at < $1 AND NOT EXISTS (
         SELECT 1 FROM subjects s
         WHERE s.repository = records.repository AND s.key = records.key
           AND s.head = records.head AND s.is_open = 1)",
);

const BASELINES: Sql = Sql::new(
    "prune baselines",
    "DELETE FROM baselines WHERE kept_at < $1 AND (repository, head) IN (
         SELECT repository, head FROM (
             SELECT repository, head,
                    ROW_NUMBER() OVER (PARTITION BY repository ORDER BY kept_at DESC) AS place
             FROM baselines) b
         WHERE b.place > 50)",
);

/// A merge group lives for hours: one that is open after so long was destroyed without our hearing.
const SUBJECTS: Sql = Sql::new(
    "prune subjects",
    "DELETE FROM subjects WHERE lease_until IS NULL AND (
         (is_open = 0 AND due IS NULL AND COALESCE(evaluated_at, known_at) < $1)
         OR (kind <> 'pull-request' AND known_at < $1)
         OR NOT EXISTS (
             SELECT 1 FROM repositories r WHERE r.repository = subjects.repository))",
);

const PUBLISHED: Sql = Sql::new(
    "prune what was published",
    "DELETE FROM published WHERE changed_at < $1 AND NOT EXISTS (
         SELECT 1 FROM subjects s
         WHERE s.repository = published.repository AND s.head = published.head)",
);

/// What a branch has reached is not forgotten with time, only with its repository.
const MEASURED: Sql = Sql::new(
    "prune what was measured",
    "DELETE FROM measured WHERE NOT EXISTS (
         SELECT 1 FROM repositories r WHERE r.repository = measured.repository)",
);

const FIRST_PARENTS: Sql = Sql::new(
    "prune first parents",
    "DELETE FROM first_parents WHERE NOT EXISTS (
         SELECT 1 FROM repositories r WHERE r.repository = first_parents.repository)",
);

const COMMENTS: Sql = Sql::new(
    "prune comments",
    "DELETE FROM comments WHERE NOT EXISTS (
         SELECT 1 FROM subjects s
         WHERE s.repository = comments.repository AND s.number = comments.number)",
);

impl Store {
    /// Deletes what is older than it is to be kept.
    ///
    /// # Errors
    /// When the database fails; what was deleted until then stays deleted.
    pub async fn prune(&self, keep: &Retention, now: Timestamp) -> Result<Pruned, StoreError> {
        let deliveries = self.db.run(&DELIVERIES, args![ago(now, keep.deliveries)]).await?;
        self.db.run(&REDELIVERIES, args![ago(now, keep.deliveries)]).await?;
        let old = ago(now, keep.reports);
        self.db.run(&ANSWERS, args![old]).await?;
        self.db.run(&BASELINE_WAITS, args![old]).await?;
        self.db.run(&UPLOADS, args![old]).await?;
        self.db.run(&FACTS, args![old]).await?;
        let mut tx = self.db.begin().await?;
        tx.run(&ARTIFACT_FILES, args![old]).await?;
        tx.run(&ARTIFACTS, args![old]).await?;
        tx.commit().await?;
        let reports = self.db.run(&REPORTS, args![old]).await?;
        self.recent.forget();
        let day = SignedDuration::from_hours(24);
        self.db.run(&PIECES, args![ago(now, day)]).await?;
        let records = self.db.run(&RECORDS, args![ago(now, keep.records)]).await?;
        let baselines = self.db.run(&BASELINES, args![ago(now, keep.baselines)]).await?;
        let old = ago(now, keep.subjects);
        let subjects = self.db.run(&SUBJECTS, args![old]).await?;
        self.db.run(&PUBLISHED, args![old]).await?;
        self.db.run(&COMMENTS, args![]).await?;
        self.db.run(&MEASURED, args![]).await?;
        self.db.run(&FIRST_PARENTS, args![]).await?;
        Ok(Pruned { deliveries, reports, records, baselines, subjects })
    }
}
