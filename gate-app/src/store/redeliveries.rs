//! Deliveries that failed, and how often GitHub was asked for each again; and how far its list of
//! deliveries was read.

use jiff::Timestamp;

use super::{
    Store, StoreError,
    convert::{count, read_time},
    db::{Sql, args},
};

/// A delivery that never arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedDelivery {
    /// `X-GitHub-Delivery`, the same at every attempt.
    pub delivery: String,
    /// GitHub's id of the newest attempt.
    pub attempt: u64,
    /// Whether we answered that it cannot be used.
    pub refused: bool,
    /// When that attempt was made.
    pub failed_at: Timestamp,
}

/// A delivery that GitHub may be asked for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redelivery {
    /// Which.
    pub failed: FailedDelivery,
    /// How often it was asked for already.
    pub asked: u64,
    /// From when on it may be asked for.
    pub due: Timestamp,
}

/// Where in `rounds` it stands how far the list was read.
const READ: &str = "deliveries-read";

impl Store {
    /// Notes that a delivery failed. One that is known keeps its count, and when it is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_failed_delivery(
        &self,
        failed: &FailedDelivery,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const NOTE: Sql = Sql::new(
            "note a failed delivery",
            "INSERT INTO redeliveries (delivery, attempt, refused, failed_at, asked, due)
             VALUES ($1, $2, $3, $4, 0, $5)
             ON CONFLICT (delivery) DO UPDATE SET
                 attempt = excluded.attempt, refused = excluded.refused,
                 failed_at = excluded.failed_at
             WHERE redeliveries.attempt < excluded.attempt",
        );
        let FailedDelivery { delivery, attempt, refused, failed_at } = failed;
        let failed_at = failed_at.as_millisecond();
        let now = now.as_millisecond();
        let args = args![delivery.as_str(), attempt.cast_signed(), *refused, failed_at, now];
        self.db.run(&NOTE, args).await.map(drop)
    }

    /// The deliveries that GitHub may be asked for now, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn redeliveries(&self, now: Timestamp) -> Result<Vec<Redelivery>, StoreError> {
        const DUE: Sql = Sql::new(
            "list failed deliveries",
            "SELECT delivery, attempt, refused, failed_at, asked, due FROM redeliveries
             WHERE due <= $1 ORDER BY failed_at, attempt",
        );
        let rows = self.db.rows(&DUE, args![now.as_millisecond()]).await?;
        let read = |row: &super::db::Row| {
            Ok(Redelivery {
                failed: FailedDelivery {
                    delivery: row.get(0)?,
                    attempt: count(row.get(1)?),
                    refused: row.get::<i64>(2)? == 1,
                    failed_at: read_time(row.get(3)?)?,
                },
                asked: count(row.get(4)?),
                due: read_time(row.get(5)?)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Notes that GitHub was asked for a delivery, and when it may be asked again; without that it is
    /// given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_redelivery(
        &self,
        delivery: &str,
        due: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        const ASKED: Sql = Sql::new(
            "note a redelivery",
            "UPDATE redeliveries SET asked = asked + 1, due = $2 WHERE delivery = $1",
        );
        let due = due.map(Timestamp::as_millisecond);
        self.db.run(&ASKED, args![delivery, due]).await.map(drop)
    }

    /// Forgets that a delivery failed: it has arrived.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_redelivery(&self, delivery: &str) -> Result<(), StoreError> {
        const FORGET: Sql =
            Sql::new("forget a failed delivery", "DELETE FROM redeliveries WHERE delivery = $1");
        self.db.run(&FORGET, args![delivery]).await.map(drop)
    }

    /// Until when GitHub's list of deliveries was read, by GitHub's clock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries_read(&self) -> Result<Option<Timestamp>, StoreError> {
        const READ_UNTIL: Sql = Sql::new(
            "look up how far deliveries were read",
            "SELECT begun_at FROM rounds WHERE round = $1",
        );
        let row = self.db.row(&READ_UNTIL, args![READ]).await?;
        row.map(|row| read_time(row.get(0)?)).transpose()
    }

    /// Notes until when the list was read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_deliveries_read(&self, until: Timestamp) -> Result<(), StoreError> {
        const NOTE: Sql = Sql::new(
            "note how far deliveries were read",
            "INSERT INTO rounds (round, begun_at) VALUES ($1, $2)
             ON CONFLICT (round) DO UPDATE SET begun_at = excluded.begun_at
             WHERE rounds.begun_at < excluded.begun_at",
        );
        self.db.run(&NOTE, args![READ, until.as_millisecond()]).await.map(drop)
    }
}
