//! A database looked at as it is: nothing is made, and nothing brought up to date. For `doctor`.

use jiff::Timestamp;

use super::{
    Store, StoreError,
    connect::file,
    db::{Db, Sql, args},
};

/// How a database stands to this App.
#[derive(Debug)]
pub enum Standing {
    /// There is no file yet.
    NotThere,
    /// It has no tables yet, or older ones: the App makes them when it starts.
    Behind(Store),
    /// It is as this App has it.
    Current(Store),
    /// It was written by a newer App.
    Newer,
}

impl Store {
    /// Looks at a database, and tries a write that is taken back.
    ///
    /// # Errors
    /// When the URL names no such database, it cannot be reached, or it takes no writes.
    pub async fn examine(url: &str, now: Timestamp) -> Result<Standing, StoreError> {
        if file(url)?.is_some_and(|file| !file.exists()) {
            return Ok(Standing::NotThere);
        }
        let store = Self::over(Db::connect(url, false).await?);
        let newest = store.db.newest_migration();
        let found = store.migration().await?;
        if found.is_some_and(|found| found > newest) {
            store.close().await;
            return Ok(Standing::Newer);
        }
        if found != Some(newest) {
            return Ok(Standing::Behind(store));
        }
        store.try_to_write(now).await?;
        Ok(Standing::Current(store))
    }

    /// The last migration that was run on it.
    async fn migration(&self) -> Result<Option<i64>, StoreError> {
        const TABLE: Sql = Sql {
            to: "list its tables",
            sqlite: "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
            postgres: "SELECT CAST(COUNT(to_regclass('_sqlx_migrations')) AS BIGINT)",
        };
        const LAST: Sql = Sql::new(
            "say which tables it has",
            "SELECT CAST(MAX(version) AS BIGINT) FROM _sqlx_migrations",
        );
        let tables = self.db.row(&TABLE, args![]).await?.map(|row| row.get::<i64>(0));
        if tables.transpose()? != Some(1) {
            return Ok(None);
        }
        let last = self.db.row(&LAST, args![]).await?.map(|row| row.get::<Option<i64>>(0));
        Ok(last.transpose()?.flatten())
    }

    async fn try_to_write(&self, now: Timestamp) -> Result<(), StoreError> {
        const WRITE: Sql = Sql::new(
            "take a write",
            "INSERT INTO rounds (round, begun_at) VALUES ('trial', $1)
             ON CONFLICT (round) DO UPDATE SET begun_at = excluded.begun_at",
        );
        let mut tx = self.db.begin().await?;
        // Never committed.
        tx.run(&WRITE, args![now.as_millisecond()]).await.map(drop)
    }
}
