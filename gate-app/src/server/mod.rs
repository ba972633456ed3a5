//! Floor 3: the routes. What stands behind them is given in: this floor knows no database and no
//! GitHub.

mod door;
mod listen;
mod manifest;
mod page;
mod setup;
mod upload;
mod watch;

use std::{
    convert::Infallible, error::Error, fmt, future::Future, pin::Pin, sync::Arc, time::Duration,
};

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    http::StatusCode,
    routing::{get, post, put},
};
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::watch::Receiver;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    timeout::{RequestBodyTimeoutLayer, TimeoutLayer},
    trace::TraceLayer,
};
use tracing::{Span, field::Empty};
use url::Url;

pub use listen::{Limits, serve};
pub use manifest::{Manifest, ManifestError};

use door::Bodies;

use crate::{
    clock::Clock,
    ids::AppId,
    metrics::Metrics,
    settings::Credentials,
    upload::{Chunks, Received, Refusal, Wanted},
    webhook::{Delivery, MAX_BODY},
};

/// Every route and what it is for; `docs/app.md` shows this table, and a test compares them.
pub const ROUTES: &[(&str, &str)] = &[
    ("GET /", "the set-up page; once that is done, how the App is"),
    ("GET /setup/callback", "where GitHub sends the browser at the end of the set-up"),
    ("GET /page.css", "how the pages look"),
    ("POST /webhook", "where GitHub delivers its webhooks"),
    (
        "PUT /api/v1/repos/{owner}/{repo}/commits/{sha}/reports/{name}",
        "where CI uploads a report; see [below](#uploading-reports)",
    ),
    ("GET /healthz", "200 while the process answers"),
    ("GET /readyz", "200 when the App can do its work, 503 with the reason in the log when not"),
    ("GET /metrics", "the metrics below, for Prometheus"),
];

/// No request takes longer. GitHub itself waits ten seconds.
const LONGEST: Duration = Duration::from_secs(30);
/// A body that pauses so long does not come whole.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Something that comes later.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why something behind a route failed; logged, never shown to the sender.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Where deliveries are stored before they are answered.
pub trait Inbox: Send + Sync {
    /// Stores the delivery and what it makes dirty, in one transaction: when this is `Ok`, a crash
    /// loses nothing. `body` is what GitHub sent.
    fn take<'a>(
        &'a self,
        delivery: &'a Delivery,
        body: &'a [u8],
        received: Timestamp,
    ) -> Later<'a, Result<Taken, Cause>>;
}

/// How a delivery was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is new, or was not processed before.
    New,
    /// It was processed before; nothing was done.
    Known,
}

/// Who takes uploaded reports.
pub trait Uploads: Send + Sync {
    /// Takes a report: when this is `Ok`, a crash loses nothing.
    fn take<'a>(
        &'a self,
        wanted: &'a Wanted,
        body: &'a mut dyn Chunks,
    ) -> Later<'a, Result<Received, Refusal>>;
}

/// Whether the App can do its work.
pub trait Readiness: Send + Sync {
    /// Tries what the work needs.
    fn check(&self) -> Later<'_, Result<(), Cause>>;
}

/// Gives the App its identity at the end of the set-up.
pub trait Registrar: Send + Sync {
    /// Exchanges the code at GitHub, stores what comes back, and tells [`Server::registration`].
    fn register<'a>(&'a self, code: &'a str) -> Later<'a, Result<Registered, Cause>>;
}

/// An App that was just registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its id.
    pub app: AppId,
    /// The name that it was given.
    pub name: String,
    /// Its page at GitHub (`html_url`).
    pub page: String,
}

/// What the routes need.
pub struct Server {
    /// Where deliveries go.
    pub inbox: Arc<dyn Inbox>,
    /// Where uploaded reports go.
    pub uploads: Arc<dyn Uploads>,
    /// Who the App is; none before it is set up. May change while the server runs.
    pub registration: Receiver<Option<Arc<Credentials>>>,
    /// What opens the set-up page; none where the App was set up before it started.
    pub setup_key: Option<SecretString>,
    /// Who makes it so.
    pub registrar: Arc<dyn Registrar>,
    /// Asked by `/readyz`.
    pub readiness: Arc<dyn Readiness>,
    /// Shown by `/metrics`.
    pub metrics: Arc<Metrics>,
    /// The time at which deliveries come.
    pub clock: Clock,
    /// Where GitHub reaches the App.
    pub public_url: Option<Url>,
    /// Where people see GitHub.
    pub github_web: Url,
    /// What the App asks of GitHub.
    pub manifest: Manifest,
    /// The name of the check.
    pub check: &'static str,
    /// Whether nothing is posted.
    pub dry_run: bool,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}

/// All routes.
pub fn router(server: Server) -> Router {
    let webhook = post(door::webhook)
        .layer::<_, Infallible>(Extension(Bodies::new()))
        .layer::<_, Infallible>(DefaultBodyLimit::max(MAX_BODY))
        .layer(RequestBodyTimeoutLayer::new(LONGEST_PAUSE));
    let server = Arc::new(server);
    // A large report takes longer than everything else may.
    let upload = put(upload::put)
        .layer::<_, Infallible>(DefaultBodyLimit::disable())
        .layer(RequestBodyTimeoutLayer::new(LONGEST_PAUSE));
    let upload = Router::new()
        .route(upload::PATH, upload)
        .with_state(Arc::clone(&server))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, upload::LONGEST));
    let mut router = Router::new()
        .route("/", get(setup::front))
        .route("/setup/callback", get(setup::callback))
        .route("/page.css", get(watch::css))
        .route("/webhook", webhook)
        .route("/healthz", get(watch::healthz))
        .route("/readyz", get(watch::readyz))
        .route("/metrics", get(watch::metrics))
        .with_state(server)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .merge(upload)
        .layer(CatchPanicLayer::new());
    for (name, value) in page::SECURITY {
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, value));
    }
    router
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

/// What log lines of a request carry: neither its query, which may hold a code, nor its headers and
/// body.
fn span<B>(request: &Request<B>) -> Span {
    let path = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok()).unwrap_or_default();
    tracing::info_span!(
        "request",
        method = %request.method(),
        path,
        id,
        delivery = Empty,
        event = Empty,
        action = Empty,
        repository = Empty,
        pull_request = Empty,
        head = Empty,
    )
}
