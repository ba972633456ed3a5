//! A light GitHub: it plays the tape for as many pull requests as are wanted, at once or after a
//! while, and tells of every check that is written.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::State,
    http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header},
};
use serde::Deserialize;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    server::Serving,
    tape::{Answer, Content, Stage, Tape, known_as},
    template::{Place, read_path},
};

/// When GitHub answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    AtOnce,
    After(Duration),
    /// Not while this is measured: whoever asks waits, and does nothing else.
    Never,
}

/// A check that the App wrote.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) pull: usize,
    /// When GitHub answered the write.
    pub(crate) at: Instant,
    pub(crate) conclusion: Option<String>,
}

/// The light GitHub; stops when it is dropped.
pub(crate) struct Replay {
    shared: Arc<Shared>,
    written: UnboundedReceiver<Written>,
    _serving: Serving,
}

struct Shared {
    tape: Arc<Tape>,
    origin: String,
    pace: Pace,
    repositories: usize,
    stages: Mutex<Vec<Stage>>,
    snapshots: AtomicUsize,
    looked_at: Mutex<Vec<u32>>,
    written: UnboundedSender<Written>,
    unknown: Mutex<Vec<String>>,
}

impl Replay {
    /// So many pull requests, spread over so many repositories; nobody has looked at them.
    pub(crate) fn start(
        tape: &Arc<Tape>,
        (pulls, repositories): (usize, usize),
        pace: Pace,
    ) -> Result<Self, String> {
        let (port, listener) = Serving::listener()?;
        let (tell, written) = unbounded_channel();
        let shared = Arc::new(Shared {
            tape: Arc::clone(tape),
            origin: format!("http://127.0.0.1:{port}"),
            pace,
            repositories,
            stages: Mutex::new(vec![Stage::Opened; pulls]),
            snapshots: AtomicUsize::new(0),
            looked_at: Mutex::new(vec![0; pulls]),
            written: tell,
            unknown: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        Ok(Self { shared, written, _serving: Serving::start(listener, router) })
    }

    pub(crate) fn url(&self) -> &str {
        &self.shared.origin
    }

    /// This pull request has come so far.
    pub(crate) fn stage(&self, pull: usize, stage: Stage) {
        self.shared.stage(pull, stage);
    }

    /// The next check that the App wrote.
    pub(crate) async fn written(&mut self) -> Result<Written, String> {
        let written = tokio::time::timeout(Duration::from_secs(60), self.written.recv()).await;
        let unknown = self.shared.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        if !unknown.is_empty() {
            return Err(format!("the tape has no answer to {}", unknown.join(", ")));
        }
        written
            .map_err(|_| "no check was written for a minute".to_owned())?
            .ok_or_else(|| "the light GitHub is gone".to_owned())
    }

    /// How many snapshots were asked for.
    pub(crate) fn snapshots(&self) -> usize {
        self.shared.snapshots.load(Ordering::Relaxed)
    }

    /// Nobody was looked at.
    pub(crate) fn forget_looks(&self) {
        self.shared.looked_at.lock().unwrap_or_else(PoisonError::into_inner).fill(0);
    }

    /// How many pull requests were looked at at least so often.
    pub(crate) fn looked_at(&self, times: u32) -> usize {
        let looked_at = self.shared.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        looked_at.iter().filter(|count| **count >= times).count()
    }
}

impl Shared {
    fn stage(&self, pull: usize, stage: Stage) {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(it) = stages.get_mut(pull) {
            *it = stage;
        }
    }

    fn stage_of(&self, pull: usize) -> Stage {
        let stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        stages.get(pull).copied().unwrap_or(Stage::Opened)
    }
}

/// What the App asks once an hour. Here nobody is installed, so that it asks nothing more: the hour would
/// fall into the middle of a measurement, or not.
const CENSUS: &str = "GET /app/installations";

#[derive(Deserialize)]
struct Asked {
    variables: Option<Variables>,
    head_sha: Option<String>,
    conclusion: Option<String>,
}

#[derive(Deserialize)]
struct Variables {
    name: Option<String>,
    number: Option<usize>,
    head: Option<String>,
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    match shared.pace {
        Pace::AtOnce => {}
        Pace::After(time) => tokio::time::sleep(time).await,
        Pace::Never => std::future::pending().await,
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 64 << 20).await.unwrap_or_default();
    let (path, named) = read_path(parts.uri.path(), shared.repositories);
    let asked: Option<Asked> = serde_json::from_slice(&body).ok();
    let place = named.or_else(|| place(asked.as_ref()?, shared.repositories));
    let place = place.unwrap_or(Place { pull: 0, repositories: shared.repositories });
    let key = format!("{} {}", parts.method, known_as(&path, &body));
    if key == CENSUS {
        return json("[]");
    }
    let stage = shared.stage_of(place.pull);
    let Some(answer) = shared.tape.answer(&key, stage) else {
        shared.unknown.lock().unwrap_or_else(PoisonError::into_inner).push(key);
        return plain(StatusCode::NOT_IMPLEMENTED);
    };
    let response = filled(answer, place, &shared.origin);
    if path.starts_with("/graphql") {
        shared.snapshots.fetch_add(1, Ordering::Relaxed);
        let mut looked_at = shared.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = looked_at.get_mut(place.pull) {
            *count += 1;
        }
    }
    if path.contains("/check-runs") && parts.method != Method::GET {
        let conclusion = asked.and_then(|asked| asked.conclusion);
        match stage {
            Stage::Opened => shared.stage(place.pull, Stage::Waiting),
            Stage::Approved => shared.stage(place.pull, Stage::Settled),
            Stage::Waiting | Stage::Reported | Stage::Settled => {}
        }
        let written = Written { pull: place.pull, at: Instant::now(), conclusion };
        // Nobody listens any more when the measurement is over.
        drop(shared.written.send(written));
    }
    response
}

fn place(asked: &Asked, repositories: usize) -> Option<Place> {
    if let Some(head) = &asked.head_sha {
        return Place::of_head(head, repositories);
    }
    let variables = asked.variables.as_ref()?;
    match (&variables.name, variables.number, &variables.head) {
        (Some(name), Some(number), _) => Place::named(name, number, repositories),
        (_, _, Some(head)) => Place::of_head(head, repositories),
        _ => None,
    }
}

fn filled(answer: &Answer, place: Place, origin: &str) -> Response<Body> {
    let body = match &answer.body {
        Content::Text(text) => Bytes::from(text.fill(place, origin)),
        Content::Bytes(bytes) => bytes.clone(),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = answer.status;
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) =
            (name.parse::<HeaderName>(), HeaderValue::from_str(&value.fill(place, origin)))
        {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn json(text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
