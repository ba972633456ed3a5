//! Connections: how each database is opened, and brought up to date.

use std::{path::PathBuf, str::FromStr as _, time::Duration};

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
        let db = Self::connect(url, true).await?;
        let done = match &db {
            Self::Sqlite { write, .. } => migrator(SQLITE).run(write).await,
            Self::Postgres(pool) => migrator(POSTGRES).run(pool).await,
        };
        done.map_err(|error| StoreError::Migration(error.into()))?;
        Ok(db)
    }

    /// Connects; a file that is not there is made where `make` says so.
    pub(super) async fn connect(url: &str, make: bool) -> Result<Self, StoreError> {
        match url.split_once(':') {
            Some(("sqlite", _)) => Self::connect_sqlite(url, make).await,
            Some(("postgres" | "postgresql", _)) => Self::connect_postgres(url).await,
            Some(_) | None => Err(StoreError::Scheme),
        }
    }

    /// The number of the last migration that we know.
    pub(super) fn newest_migration(&self) -> i64 {
        let all = match self {
            Self::Sqlite { .. } => SQLITE,
            Self::Postgres(_) => POSTGRES,
        };
        all.last().map_or(0, |(number, ..)| *number)
    }

    async fn connect_sqlite(url: &str, make: bool) -> Result<Self, StoreError> {
        let options = sqlite_options(url)?
            .create_if_missing(make)
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
        let read = if is_in_memory(url) {
            write.clone()
        } else {
            pool(4).connect_lazy_with(options.pragma("query_only", "on"))
        };
        Ok(Self::Sqlite { read, write })
    }

    async fn connect_postgres(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::Url(error.to_string()))?
            .application_name("gate-app")
            // A process that was stopped in its tracks in a transaction keeps its locks, and whoever
            // needs them waits for as long: GitHub gives a webhook ten seconds.
            .options([("idle_in_transaction_session_timeout", "3s")]);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await
            .map_err(|error| database("be reached", error))?;
        Ok(Self::Postgres(pool))
    }
}

fn sqlite_options(url: &str) -> Result<SqliteConnectOptions, StoreError> {
    SqliteConnectOptions::from_str(url).map_err(|error| StoreError::Url(error.to_string()))
}

fn is_in_memory(url: &str) -> bool {
    url.contains(":memory:") || url.contains("mode=memory")
}

/// The file of an SQLite database; none where it is another one, or in memory.
pub(super) fn file(url: &str) -> Result<Option<PathBuf>, StoreError> {
    if !url.starts_with("sqlite:") || is_in_memory(url) {
        return Ok(None);
    }
    Ok(Some(sqlite_options(url)?.get_filename().to_owned()))
}

/// Number, name and text of each migration. One that was released is never changed: its checksum
/// stands in the databases that ran it.
type Migrations = &'static [(i64, &'static str, &'static str)];

const SQLITE: Migrations = &[
    (1, "tables", include_str!("../../migrations/sqlite/0001_tables.sql")),
    (2, "uploads", include_str!("../../migrations/sqlite/0002_uploads.sql")),
    (3, "publishing", include_str!("../../migrations/sqlite/0003_publishing.sql")),
    (
        4,
        "quota and baselines",
        include_str!("../../migrations/sqlite/0004_quota_and_baselines.sql"),
    ),
    (5, "setup", include_str!("../../migrations/sqlite/0005_setup.sql")),
    (6, "history", include_str!("../../migrations/sqlite/0006_history.sql")),
];

const POSTGRES: Migrations = &[
    (1, "tables", include_str!("../../migrations/postgres/0001_tables.sql")),
    (2, "uploads", include_str!("../../migrations/postgres/0002_uploads.sql")),
    (3, "publishing", include_str!("../../migrations/postgres/0003_publishing.sql")),
    (
        4,
        "quota and baselines",
        include_str!("../../migrations/postgres/0004_quota_and_baselines.sql"),
    ),
    (5, "setup", include_str!("../../migrations/postgres/0005_setup.sql")),
    (6, "history", include_str!("../../migrations/postgres/0006_history.sql")),
];

fn migrator(migrations: Migrations) -> Migrator {
    let of = |&(number, name, text): &(i64, &'static str, &'static str)| {
        Migration::new(number, name.into(), MigrationType::Simple, text.into_sql_str(), false)
    };
    Migrator::with_migrations(migrations.iter().map(of).collect())
}
