//! A store of its own for each test, and short words for what tests are about.

use std::{
    env,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU64, Ordering},
};

use gate_app::{
    ids::{
        CommitSha, InstallationId, PullRequestNumber, RepositoryId, RepositoryName, Subject,
        SubjectKey,
    },
    store::{Claim, InboxEntry, Mark, Receipt, Store},
};
use jiff::{SignedDuration, Timestamp};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// Makes a test of each function, on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($store:ident: $type:ty) $body:block)+) => { $(
        $(#[$doc])*
        async fn $name($store: $type) $body

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                let file = crate::support::File::new();
                let store = gate_app::store::Store::open(&file.url()).await.unwrap();
                super::$name(store.clone()).await;
                store.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                let schema = crate::support::Schema::new(module_path!()).await;
                let Some(schema) = schema else { return };
                let store = gate_app::store::Store::open(&schema.url).await.unwrap();
                super::$name(store.clone()).await;
                store.close().await;
                schema.remove().await;
            }
        }
    )+ };
}
pub(crate) use on_both;

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A SQLite file of its own, removed in the end.
pub(crate) struct File(PathBuf);

impl File {
    pub(crate) fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(env::temp_dir().join(format!("gate-store-{}-{number}.db", process::id())))
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.0.display())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.0.display()));
        }
    }
}

/// A PostgreSQL schema of its own.
pub(crate) struct Schema {
    pub(crate) url: String,
    database: String,
    name: String,
}

impl Schema {
    /// None when no PostgreSQL is given.
    pub(crate) async fn new(test: &str) -> Option<Self> {
        let Ok(database) = env::var("GATE_TEST_POSTGRES") else {
            eprintln!("GATE_TEST_POSTGRES is not set: not run on PostgreSQL");
            return None;
        };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let test = test.rsplit("::").next().unwrap_or(test);
        let name = format!("gate_{}_{number}_{test}", process::id());
        let separator = if database.contains('?') { '&' } else { '?' };
        let url = format!("{database}{separator}options=-c%20search_path%3D{name}");
        let schema = Self { url, database, name };
        schema.run("CREATE").await;
        Some(schema)
    }

    pub(crate) async fn remove(self) {
        self.run("DROP").await;
    }

    async fn run(&self, verb: &str) {
        let cascade = if verb == "DROP" { "CASCADE" } else { "" };
        let statement = format!("{verb} SCHEMA {} {cascade}", self.name);
        let mut connection = PgConnection::connect(&self.database).await.unwrap();
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

pub(crate) const REPOSITORY: RepositoryId = RepositoryId(1_296_269);
pub(crate) const OTHER: RepositoryId = RepositoryId(7);
pub(crate) const INSTALLATION: InstallationId = InstallationId(42);
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(60);
pub(crate) const CAP: u32 = 1_000;

/// So many seconds after the beginning of the test.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

/// A commit, the same for the same number.
pub(crate) fn sha(number: u64) -> CommitSha {
    format!("{number:040x}").parse().unwrap()
}

pub(crate) fn name(repository: RepositoryId) -> RepositoryName {
    RepositoryName { owner: "octo".to_owned(), name: format!("repo-{repository}") }
}

pub(crate) fn pull(number: u64) -> SubjectKey {
    SubjectKey::PullRequest(PullRequestNumber(number))
}

pub(crate) fn pull_of(repository: RepositoryId, number: u64) -> Subject {
    Subject { repository, key: pull(number) }
}

pub(crate) fn group(head: u64) -> SubjectKey {
    SubjectKey::MergeGroup {
        head: sha(head),
        head_ref: "refs/heads/gh-readonly-queue/main/pr-7-0".to_owned(),
        base_ref: "refs/heads/main".to_owned(),
    }
}

pub(crate) fn opened(number: u64, head: u64) -> Mark {
    opened_onto("main", number, head)
}

pub(crate) fn opened_onto(base: &str, number: u64, head: u64) -> Mark {
    let number = PullRequestNumber(number);
    Mark::PullRequestHead { number, head: sha(head), base: base.to_owned(), open: true }
}

/// A delivery about a repository.
pub(crate) fn delivery(id: &str, repository: RepositoryId, marks: &[Mark]) -> InboxEntry {
    InboxEntry {
        delivery: id.to_owned(),
        event: "pull_request".to_owned(),
        action: Some("synchronize".to_owned()),
        installation: Some(INSTALLATION),
        repository: Some((repository, name(repository))),
        marks: marks.to_vec(),
    }
}

/// Receives marks in a delivery that was never seen; how many subjects it made dirty.
pub(crate) async fn receive(
    store: &Store,
    repository: RepositoryId,
    marks: &[Mark],
    seconds: i64,
) -> u64 {
    let id = format!("delivery-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    match store.receive(&delivery(&id, repository, marks), at(seconds)).await.unwrap() {
        Receipt::Stored { marked } => marked,
        Receipt::Known => panic!("{id} was known"),
    }
}

pub(crate) async fn claim(store: &Store, seconds: i64) -> Option<Claim> {
    store.claim("worker", LEASE, CAP, at(seconds)).await.unwrap()
}
