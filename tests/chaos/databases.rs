//! Databases of a test's own, and what stands in them at its end.

use std::{
    env, process,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use gate_app::{clock::Clock, store::Store};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;
use tokio::runtime::Runtime;

static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A database; gone when it is dropped.
#[derive(Debug)]
pub(crate) enum Database {
    Sqlite(TempDir),
    Postgres { server: String, schema: String },
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(TempDir::new().expect("a folder"))
    }

    /// A schema of its own on the PostgreSQL of `GATE_TEST_POSTGRES`; none when none is given.
    pub(crate) fn postgres() -> Option<Self> {
        let Ok(server) = env::var("GATE_TEST_POSTGRES") else {
            crate::tell("GATE_TEST_POSTGRES is not set: not run on PostgreSQL");
            return None;
        };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let schema = format!("gate_chaos_{}_{number}", process::id());
        run(&server, format!("CREATE SCHEMA {schema}"));
        Some(Self::Postgres { server, schema })
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite://{}", folder.path().join("gate.db").display()),
            Self::Postgres { server, schema } => {
                let separator = if server.contains('?') { '&' } else { '?' };
                format!("{server}{separator}options=-c%20search_path%3D{schema}")
            }
        }
    }

    /// Waits until nothing is due, held or parked.
    #[track_caller]
    pub(crate) fn at_rest(&self, patience: Duration) {
        at_rest(&self.url(), patience, &Clock::system());
    }
}

/// Waits until nothing in this database is due by this clock, held or parked.
#[track_caller]
pub(crate) fn at_rest(url: &str, patience: Duration, clock: &Clock) {
    let until = Instant::now() + patience;
    while let Some(left) = left(url, clock) {
        assert!(Instant::now() < until, "not at rest: {left}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// What in this database is due by this clock, held or parked, if anything is.
pub(crate) fn left(url: &str, clock: &Clock) -> Option<String> {
    Runtime::new().expect("a runtime").block_on(async {
        let store = Store::open(url).await.expect("the database can be opened");
        let queue = store.queue(clock.now()).await.expect("it can be read");
        let parked = store.parked().await.expect("it can be read");
        store.close().await;
        let is_empty = queue.waiting + queue.claimed + queue.parked == 0;
        (!is_empty).then(|| format!("{queue:?}, {parked:#?}"))
    })
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { server, schema } = self {
            run(server, format!("DROP SCHEMA {schema} CASCADE"));
        }
    }
}

fn run(server: &str, statement: String) {
    Runtime::new().expect("a runtime").block_on(async {
        let mut connection = PgConnection::connect(server).await.expect("PostgreSQL answers");
        let done = sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await;
        done.expect("PostgreSQL does it");
    });
}
