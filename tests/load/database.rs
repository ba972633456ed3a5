//! Databases of the generator's own: a SQLite file on the disk, or a PostgreSQL database, made for
//! one measurement and gone after it.

use std::{
    fmt,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;

use crate::meter;

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    /// By the URL of a database on the same server.
    Postgres(String),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        })
    }
}

impl Kind {
    /// SQLite, and PostgreSQL where `GATE_TEST_POSTGRES` says where one is.
    pub(crate) fn all() -> Vec<Self> {
        std::iter::once(Self::Sqlite).chain(Self::postgres()).collect()
    }

    /// PostgreSQL, where there is one.
    pub(crate) fn postgres() -> Option<Self> {
        std::env::var("GATE_TEST_POSTGRES").ok().map(Self::Postgres)
    }
}

/// A new database.
#[derive(Debug)]
pub(crate) struct Database {
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder(#[expect(dead_code, reason = "the folder is there as long as this is")] TempDir),
    Server { url: String, name: String },
}

impl Database {
    pub(crate) fn new(kind: &Kind) -> Result<Self, String> {
        match kind {
            Kind::Sqlite => {
                let folder = TempDir::new().map_err(|error| error.to_string())?;
                let url = format!("sqlite://{}", folder.path().join("gate.db").display());
                Ok(Self { url, place: Place::Folder(folder) })
            }
            Kind::Postgres(server) => {
                static NEXT: AtomicU32 = AtomicU32::new(0);
                let number = NEXT.fetch_add(1, Ordering::Relaxed);
                let name = format!("gate_load_{}_{number}", std::process::id());
                tell(server, &format!("CREATE DATABASE {name}"))?;
                let (host, _) = server.rsplit_once('/').ok_or("the URL names no database")?;
                let url = format!("{host}/{name}");
                Ok(Self { url, place: Place::Server { url: server.clone(), name } })
            }
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The processes of the server, whose CPU time is not the App's own.
    pub(crate) fn pids(&self) -> Vec<u32> {
        match &self.place {
            Place::Folder(_) => Vec::new(),
            Place::Server { url, .. } => meter::postgres(url),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Place::Server { url, name } = &self.place {
            // The server itself goes too, in the end.
            drop(tell(url, &format!("DROP DATABASE {name} WITH (FORCE)")));
        }
    }
}

fn tell(server: &str, statement: &str) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let statement = AssertSqlSafe(statement.to_owned());
    let told = runtime.block_on(async {
        let mut connection = PgConnection::connect(server).await?;
        sqlx::raw_sql(statement).execute(&mut connection).await?;
        connection.close().await
    });
    told.map_err(|error| format!("PostgreSQL: {error}"))
}
