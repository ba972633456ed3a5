//! Floor 1: what the App remembers. The only place that knows SQL.
//!
//! Everything that matters is here and survives a restart: which deliveries were seen, what is to
//! be judged and who is at it, what was published, the reports and evidence behind it. SQLite in a
//! file serves one process; PostgreSQL serves several. Both behave alike: the same tests run over
//! both.
//!
//! Time is never read here. Whoever calls says what time it is; it is kept in milliseconds.

mod answers;
mod baselines;
mod claims;
mod comments;
mod connect;
mod convert;
mod credentials;
mod db;
mod error;
mod examine;
mod facts;
mod gated;
mod groups;
mod heads;
mod history;
mod inbox;
mod marks;
mod pieces;
mod prune;
mod published;
mod queue;
mod recent;
mod records;
mod redeliveries;
mod reports;
mod repositories;
mod uploads;

use jiff::Timestamp;

use self::{
    db::{Db, Sql, args},
    groups::Groups,
    recent::Recent,
};

pub use self::{
    answers::Tagged,
    claims::{Claim, Finish, Lease},
    comments::Comment,
    error::StoreError,
    examine::Standing,
    heads::Head,
    inbox::{InboxEntry, Receipt},
    marks::Mark,
    pieces::ReportDraft,
    prune::{Pruned, Retention},
    published::{Begin, Noted, Published},
    queue::{Parked, Queue},
    records::KeptRecord,
    redeliveries::{FailedDelivery, Redelivery},
    reports::ReportFile,
    repositories::Repository,
    uploads::{Upload, UploadReceipt, UploadToken},
};

/// The store. Clones share the same connections.
#[derive(Debug, Clone)]
pub struct Store {
    db: Db,
    /// Where deliveries wait for each other; none where the database lets them.
    groups: Option<Groups>,
    recent: Recent,
}

impl Store {
    /// Opens the database and brings its tables up to date: `sqlite://gate.db` (the file is made
    /// when there is none), `sqlite::memory:` (gone when the store is dropped),
    /// `postgres://user@host/database`.
    ///
    /// # Errors
    /// When the URL names no such database, it cannot be reached, or its tables are of a newer App.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Ok(Self::over(Db::open(url).await?))
    }

    /// Over a database that is open.
    fn over(db: Db) -> Self {
        let groups = db.has_one_writer().then(|| Groups::start(db.clone()));
        Self { db, groups, recent: Recent::new() }
    }

    /// Asks the database for a sign of life: that it could be written to. SQLite answers those who
    /// only read while another writer keeps it locked.
    ///
    /// # Errors
    /// When it gives none.
    pub async fn ping(&self) -> Result<(), StoreError> {
        const PING: Sql = Sql::new("answer", "SELECT CAST(1 AS BIGINT)");
        let mut tx = self.db.begin().await?;
        tx.row(&PING, args![]).await?.map_or(Ok(()), |row| row.get::<i64>(0).map(drop))
    }

    /// Ends every connection once it is idle. Afterwards every call fails.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// Whether the caller may now begin a round of periodic work: true for one caller in each
    /// `period`, however many processes ask.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_round(
        &self,
        round: &str,
        period: jiff::SignedDuration,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const BEGIN: Sql = Sql::new(
            "begin a round",
            "INSERT INTO rounds (round, begun_at) VALUES ($1, $2)
             ON CONFLICT (round) DO UPDATE SET begun_at = excluded.begun_at
             WHERE rounds.begun_at <= $3",
        );
        let before = convert::ago(now, period);
        Ok(self.db.run(&BEGIN, args![round, now.as_millisecond(), before]).await? == 1)
    }
}
