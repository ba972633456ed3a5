//! Connections: how each database is opened, and brought up to date.

use std::{str::FromStr as _, time::Duration};

use sqlx::{
    SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{StoreError, db::Db, error::database};

/// How long a statement waits for a connection, or SQLite's writer for another process. Shorter
/// than the 10 s after which GitHub calls a delivery failed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connections to PostgreSQL from one process.
const CONNECTIONS: u32 = 16;

impl Db {
    /// Connects and brings the tables up to date.
    pub(super) async fn open(url: &str) -> Result<Self, StoreError> {
        match url.split_once(':') {
            Some(("sqlite", _)) => Self::open_sqlite(url).await,
            Some(("postgres" | "postgresql", _)) => Self::open_postgres(url).await,
            Some(_) | None => Err(StoreError::Scheme),
        }
    }

    async fn open_sqlite(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|error| StoreError::Url(error.to_string()))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A delivery that was answered must survive a power cut, not only a crash.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE);
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(PATIENCE)
                // A file does not hang up, and a database in memory lives as its connection does.
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let write = pool(1)
            .connect_with(options.clone())
            .await
            .map_err(|error| database("open the file", error))?;
        migrator(SQLITE).run(&write).await.map_err(|error| StoreError::Migration(error.into()))?;
        let read = if url.contains(":memory:") || url.contains("mode=memory") {
            write.clone()
        } else {
            pool(4).connect_lazy_with(options.pragma("query_only", "on"))
        };
        Ok(Self::Sqlite { read, write })
    }

    async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::Url(error.to_string()))?
            .application_name("gate-app");
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await
            .map_err(|error| database("be reached", error))?;
        migrator(POSTGRES).run(&pool).await.map_err(|error| StoreError::Migration(error.into()))?;
        Ok(Self::Postgres(pool))
    }
}

/// Number, name and text of each migration. One that was released is never changed: its checksum
/// stands in the databases that ran it.
type Migrations = &'static [(i64, &'static str, &'static str)];

const SQLITE: Migrations = &[
    (1, "tables", include_str!("../../migrations/sqlite/0001_tables.sql")),
    (2, "uploads", include_str!("../../migrations/sqlite/0002_uploads.sql")),
    (
        4,
        "quota and baselines",
        include_str!("../../migrations/sqlite/0004_quota_and_baselines.sql"),
    ),
];

const POSTGRES: Migrations = &[
    (1, "tables", include_str!("../../migrations/postgres/0001_tables.sql")),
    (2, "uploads", include_str!("../../migrations/postgres/0002_uploads.sql")),
    (
        4,
        "quota and baselines",
        include_str!("../../migrations/postgres/0004_quota_and_baselines.sql"),
    ),
];

fn migrator(migrations: Migrations) -> Migrator {
    let of = |&(number, name, text): &(i64, &'static str, &'static str)| {
        Migration::new(number, name.into(), MigrationType::Simple, text.into_sql_str(), false)
    };
    Migrator::with_migrations(migrations.iter().map(of).collect())
}
