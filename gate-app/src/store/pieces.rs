//! Reports that come in pieces: what is uploaded may be large, and is never whole in memory on its
//! way in.

use gate_core::measure::Digest;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;

use super::{
    Store, StoreError,
    convert::{count, malformed, read_digest},
    db::{Sql, args},
    reports::TOUCH,
};

/// So much is in memory at a time.
const PIECE: usize = 1 << 20;

/// A report on its way in. Dropped before it is kept, it leaves nothing.
pub struct ReportDraft {
    store: Store,
    /// Under which its pieces are written; empty once they are kept.
    name: String,
    written: i64,
    buffer: Vec<u8>,
    hash: Sha256,
    size: u64,
    begun: Timestamp,
}

impl Store {
    /// Begins a report whose bytes come one after another. `name` is one that nothing else has.
    #[must_use]
    pub fn draft(&self, name: String, now: Timestamp) -> ReportDraft {
        let (buffer, hash) = (Vec::new(), Sha256::new());
        ReportDraft { store: self.clone(), name, written: 0, buffer, hash, size: 0, begun: now }
    }

    /// The bytes of a report that is kept in pieces.
    pub(super) async fn joined(&self, name: &str, size: i64) -> Result<Vec<u8>, StoreError> {
        const PIECE: Sql = Sql::new(
            "read a piece of a report",
            "SELECT content FROM report_pieces WHERE pieces = $1 AND place = $2",
        );
        let mut bytes: Vec<u8> = Vec::new();
        for place in 0_i64.. {
            let Some(row) = self.db.row(&PIECE, args![name, place]).await? else { break };
            bytes.append(&mut row.get(0)?);
        }
        if bytes.len() as u64 == count(size) {
            Ok(bytes)
        } else {
            Err(malformed("report with a piece missing", name))
        }
    }
}

impl ReportDraft {
    /// How many bytes have come.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Of the bytes that have come.
    ///
    /// # Errors
    /// None that is known of.
    pub fn digest(&self) -> Result<Digest, StoreError> {
        let digits = self.hash.clone().finalize();
        let digits: String = digits.iter().map(|byte| format!("{byte:02x}")).collect();
        read_digest(&format!("sha256:{digits}"))
    }

    /// Adds what comes next.
    ///
    /// # Errors
    /// When the database fails; then the draft is of no use any more.
    pub async fn add(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.buffer.len() >= PIECE {
                self.write().await?;
            }
            let (now, later) = rest.split_at(rest.len().min(PIECE - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            rest = later;
        }
        Ok(())
    }

    /// Keeps the report, as [`Store::keep_report`] does with bytes.
    ///
    /// # Errors
    /// When the database fails; then nothing is kept.
    pub async fn keep(mut self, now: Timestamp) -> Result<Digest, StoreError> {
        const KEEP: Sql = Sql::new(
            "keep a report",
            "INSERT INTO reports (digest, size, kept_at, content, pieces)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (digest) DO NOTHING",
        );
        if self.written == 0 {
            let bytes = std::mem::take(&mut self.buffer);
            return self.store.keep_report(bytes, now).await;
        }
        self.write().await?;
        let digest = self.digest()?;
        let at = now.as_millisecond();
        let mut tx = self.store.db.begin().await?;
        // In this order: a row that was touched is not pruned before this ends.
        let is_ours = tx.run(&TOUCH, args![&digest, at]).await? == 0 && {
            let size = i64::try_from(self.size).unwrap_or(i64::MAX);
            let args = args![&digest, size, at, Vec::new(), self.name.as_str()];
            tx.run(&KEEP, args).await? > 0
        };
        tx.commit().await?;
        if is_ours {
            self.name.clear();
        }
        Ok(digest)
    }

    async fn write(&mut self) -> Result<(), StoreError> {
        const WRITE: Sql = Sql::new(
            "keep a piece of a report",
            "INSERT INTO report_pieces (pieces, place, kept_at, content) VALUES ($1, $2, $3, $4)",
        );
        let piece = std::mem::take(&mut self.buffer);
        let args = args![self.name.as_str(), self.written, self.begun.as_millisecond(), piece];
        // Counted first: if the answer is lost, there may be something to take away.
        self.written += 1;
        self.store.db.run(&WRITE, args).await.map(drop)
    }
}

impl Drop for ReportDraft {
    fn drop(&mut self) {
        const FORGET: Sql =
            Sql::new("forget a cut-off report", "DELETE FROM report_pieces WHERE pieces = $1");
        if self.written == 0 || self.name.is_empty() {
            return;
        }
        let (store, name) = (self.store.clone(), std::mem::take(&mut self.name));
        // What cannot be taken away now, pruning takes away.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { drop(store.db.run(&FORGET, args![name]).await) });
        }
    }
}

impl std::fmt::Debug for ReportDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReportDraft").field("size", &self.size).finish_non_exhaustive()
    }
}
