//! GitHub, for tests: plain data ([`GitHub`]) behind an HTTP server that obeys GitHub's own
//! descriptions (`fixtures/github/`).
//!
//! Every request of the App and every answer is held against the JSON Schemas of GitHub's REST
//! description, every query against its GraphQL schema, every webhook against its webhook
//! description. What does not fit is remembered, and fails the test when the fake is dropped or
//! [finished](FakeGitHub::finish); so does a check run or a comment of the App that no test looked
//! at. Answers and webhooks are built from the fields that mean something; what the descriptions
//! demand besides is filled in with the emptiest value that fits.
//!
//! The methods that make something happen do to the data what a person or a CI would do to GitHub,
//! and send the webhooks that GitHub sends. Where they wait (`expect_…`, `delivered`), they block their
//! thread: the App under test must run on another one.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a fake for tests panics: that is how a test fails"
)]

mod access;
mod answer;
mod blobs;
mod body;
mod changes;
mod complete;
mod data;
mod descriptions;
mod events;
mod expect;
mod failures;
mod graphql;
mod installations;
mod key;
mod language;
mod mail;
mod oidc;
mod pages;
mod people;
mod post;
mod pulls;
mod queue;
mod routes;
mod server;
mod shapes;
mod workflows;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::TcpListener,
    ops::{Deref, DerefMut},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::{Notify, oneshot};

pub use data::{
    Account, App, Artifact, Call, CheckRun, CheckSuite, Comment, Commit, GitHub, Hook,
    Installation, Job, Limits, MergeGroup, PullRequest, Push, Repository, Review, Status, Thread,
    Token, WorkflowRun,
};
pub use descriptions::problems_of_webhook;
pub use failures::{Failure, Fault};
pub use mail::{Delivery, Fate, Mail, Outcome, signature};
pub use oidc::Issuer;
pub use pulls::{Opening, Pull};
pub use workflows::{Run, zip_of};

/// What the App asks for in `app.yml`.
const PERMISSIONS: [(&str, &str); 9] = [
    ("checks", "write"),
    ("statuses", "write"),
    ("pull_requests", "write"),
    ("contents", "read"),
    ("actions", "read"),
    ("merge_queues", "read"),
    ("administration", "read"),
    ("members", "read"),
    ("metadata", "read"),
];
const EVENTS: [&str; 12] = [
    "pull_request",
    "pull_request_review",
    "pull_request_review_thread",
    "check_run",
    "check_suite",
    "status",
    "workflow_run",
    "merge_group",
    "push",
    "repository",
    "branch_protection_rule",
    "repository_ruleset",
];

/// A GitHub of a test's own, on a port of its own.
#[derive(Debug)]
pub struct FakeGitHub {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
    patience: Duration,
    finished: bool,
}

#[derive(Debug)]
pub(crate) struct Shared {
    data: Mutex<GitHub>,
    changed: Condvar,
    wake: Notify,
    url: String,
    blobs: String,
}

impl Shared {
    fn data(&self) -> MutexGuard<'_, GitHub> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.changed.notify_all();
        self.wake.notify_one();
    }
}

/// The data, while nobody else can change it.
#[derive(Debug)]
pub struct Data<'a> {
    guard: Option<MutexGuard<'a, GitHub>>,
    shared: &'a Shared,
}

impl Deref for Data<'_> {
    type Target = GitHub;

    fn deref(&self) -> &GitHub {
        self.guard.as_ref().expect("the guard is there until it is dropped")
    }
}

impl DerefMut for Data<'_> {
    fn deref_mut(&mut self) -> &mut GitHub {
        self.guard.as_mut().expect("the guard is there until it is dropped")
    }
}

impl Drop for Data<'_> {
    fn drop(&mut self) {
        drop(self.guard.take());
        self.shared.changed();
    }
}

impl Default for FakeGitHub {
    fn default() -> Self {
        Self::start()
    }
}

impl FakeGitHub {
    /// Starts a GitHub that has an App and nothing else.
    #[must_use]
    pub fn start() -> Self {
        let app = App {
            id: 4711,
            slug: "gate".to_owned(),
            client_id: "Iv23gateofthefake".to_owned(),
            permissions: PERMISSIONS.map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
            events: EVENTS.map(str::to_owned).to_vec(),
            webhook_secret: "webhook-secret-of-the-fake".to_owned(),
            manifest_codes: BTreeSet::new(),
            hook: Hook { content_type: "json".to_owned(), verifies: true, signed: true },
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        listener.set_nonblocking(true).expect("a listener can be polled");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let shared = Arc::new(Shared {
            data: Mutex::new(GitHub::new(app, Timestamp::now())),
            changed: Condvar::new(),
            wake: Notify::new(),
            url: format!("http://127.0.0.1:{port}"),
            // Another name of the same machine: a client that keeps its token by host drops it.
            blobs: format!("http://localhost:{port}"),
        });
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&shared);
        let thread = thread::spawn(move || run(listener, served, stopped));
        Self {
            shared,
            stop: Some(stop),
            thread: Some(thread),
            patience: Duration::from_secs(20),
            finished: false,
        }
    }

    /// Where its REST API is, as `GATE_GITHUB_API_URL` wants it; GraphQL is below it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The same as GitHub Enterprise Server has it; its GraphQL is at `/api/graphql`.
    #[must_use]
    pub fn enterprise_url(&self) -> String {
        format!("{}/api/v3", self.shared.url)
    }

    /// The App's number.
    #[must_use]
    pub fn app_id(&self) -> u64 {
        self.data().app.id
    }

    /// The App's private key in PEM: of this run, and good for nothing else.
    #[must_use]
    pub fn private_key(&self) -> String {
        key::private_key()
    }

    /// The secret that webhooks are signed with.
    #[must_use]
    pub fn webhook_secret(&self) -> String {
        self.data().app.webhook_secret.clone()
    }

    /// The data, to look at and to change.
    #[must_use]
    pub fn data(&self) -> Data<'_> {
        Data { guard: Some(self.shared.data()), shared: &self.shared }
    }

    /// How long `expect_…` waits at most. Only a test that fails waits so long.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Every request since the beginning, or since [`Self::forget_calls`], by route.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in &self.data().log {
            *counts.entry(call.route.clone()).or_default() += 1;
        }
        counts
    }

    /// Starts to count calls from nothing.
    pub fn forget_calls(&self) {
        self.data().log.clear();
    }

    /// Ends the test: nothing unexpected may have happened, and nothing that the App wrote may be left
    /// that no test looked at.
    ///
    /// # Panics
    ///
    /// If something is.
    #[track_caller]
    pub fn finish(mut self) {
        self.finished = true;
        let left = self.left_over();
        assert!(left.is_empty(), "{}", left.join("\n"));
    }

    /// What [`Self::finish`] would complain about; asking takes it away.
    #[must_use]
    pub fn left_over(&self) -> Vec<String> {
        let mut github = self.data();
        let mut left: Vec<String> =
            github.unexpected.drain(..).map(|it| format!("unexpected: {it}")).collect();
        let GitHub { repositories, app, .. } = &mut *github;
        for repository in repositories {
            let mut latest: BTreeMap<(String, String), u64> = BTreeMap::new();
            for run in repository.check_runs.iter().filter(|it| it.is_of(app)) {
                latest.insert((run.head.clone(), run.name.clone()), run.id);
            }
            for run in &mut repository.check_runs {
                if !run.seen && latest.values().any(|it| *it == run.id) {
                    left.push(format!(
                        "no test looked at the check run {} of {}: {} {:?} {:?}",
                        run.name, run.head, run.status, run.conclusion, run.title
                    ));
                }
                run.seen = true;
            }
            for comment in repository.comments.iter_mut().filter(|it| it.app.is_some()) {
                if !comment.seen {
                    left.push(format!(
                        "no test looked at the comment on #{}: {}",
                        comment.number, comment.body
                    ));
                }
                comment.seen = true;
            }
        }
        left
    }
}

impl Drop for FakeGitHub {
    fn drop(&mut self) {
        let left = if thread::panicking() || self.finished { Vec::new() } else { self.left_over() };
        // Nobody may wait on the other side any more.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
        assert!(left.is_empty(), "{}", left.join("\n"));
    }
}

fn run(listener: TcpListener, shared: Arc<Shared>, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be made");
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener is sound");
        tokio::spawn(post::deliver_all(Arc::clone(&shared)));
        let door = axum::Router::new().fallback(server::serve).with_state(shared);
        tokio::select! {
            served = axum::serve(listener, door) => served.expect("the fake serves until it stops"),
            _ = stopped => {}
        }
    });
    // A request that is being made to wait is not waited for.
    runtime.shutdown_background();
}
