//! The tape: what the fake GitHub answers while one pull request goes from opened to green, each
//! answer held against GitHub's descriptions there, and the webhooks that it sends. Replayed, it
//! obeys the descriptions without the price of checking every answer again.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::State,
    http::{HeaderMap, Request, Response, StatusCode},
};
use gate_tests::{
    fixture_bytes,
    github::{FakeGitHub, Opening, Pull},
};
use serde::Deserialize;

use crate::{
    app::App,
    server::Serving,
    template::{RECORDED_IDS, RECORDED_NUMBER, RECORDED_ORIGIN, RECORDED_REPOSITORY, Template},
};

/// How far a pull request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Nobody has looked at it.
    Opened,
    /// It has a check, which waits for the reports.
    Waiting,
    /// The reports are there; a review is awaited.
    Reported,
    /// It is approved.
    Approved,
    /// Its check says so.
    Settled,
}

/// A recorded answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(String, Template)>,
    pub(crate) body: Content,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    Text(Template),
    Bytes(Bytes),
}

/// The tape.
#[derive(Debug)]
pub(crate) struct Tape {
    answers: BTreeMap<String, BTreeMap<Stage, Answer>>,
    /// The last of each kind: event, action, payload.
    pub(crate) webhooks: BTreeMap<(String, String), Template>,
    pub(crate) app: u64,
    pub(crate) key: String,
    pub(crate) secret: String,
}

impl Tape {
    /// The answer to what is asked for so, at this stage; where it was not asked for then, at any.
    pub(crate) fn answer(&self, key: &str, stage: Stage) -> Option<&Answer> {
        let stages = self.answers.get(key)?;
        stages.get(&stage).or_else(|| stages.values().next_back())
    }
}

/// A report of click, a real one.
const COVERAGE: &str = "cobertura/coverage-py-click.xml";

/// The policy of the recorded repository: what a project begins with.
const POLICY: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml, artifact: coverage }
  bandit: { format: bandit, file: bandit.json, artifact: security }
rules:
  enough is tested: { coverage: { report: coverage, at-least: 10% } }
  nothing insecure: { findings: { report: bandit, severity: high, at-most: 1000 } }
  a colleague has approved it: { review: { approvals: 1, conversations: resolved } }
";

/// So long nothing happens when everything has happened.
const QUIET: Duration = Duration::from_millis(800);

const REPOSITORY: &str = "acme/shop-of-the-tape";

struct Recorder {
    client: reqwest::Client,
    github: String,
    origin: String,
    recorded: Mutex<Vec<Recorded>>,
    stage: Mutex<Stage>,
}

struct Recorded {
    stage: Stage,
    /// Method, path, and the query's name where it is GraphQL.
    request: (String, String),
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// Records the tape: a real App against the fake, with somebody in between who writes down.
pub(crate) fn record() -> Result<Tape, String> {
    let github = FakeGitHub::start();
    // The files that its report of coverage is about are there.
    let report = fixture_bytes(COVERAGE);
    let report = String::from_utf8_lossy(&report);
    let named = report.split(" filename=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut files: Vec<(&str, &str)> = named.map(|path| (path, "a = 1\n")).collect();
    files.extend([(".github/gate.yml", POLICY), ("src/a.py", "a = 1\n")]);
    github.repository(REPOSITORY, &files);
    github.collaborator(REPOSITORY, "ada", "write");
    github.collaborator(REPOSITORY, "grace", "write");
    {
        let mut data = github.data();
        for repository in &mut data.repositories {
            repository.id = RECORDED_REPOSITORY;
            repository.last_number = RECORDED_NUMBER - 1;
        }
        for installation in &mut data.installations {
            installation.repositories = [RECORDED_REPOSITORY].into();
        }
        while data.id() < RECORDED_IDS {}
    }
    let (port, listener) = Serving::listener()?;
    let recorder = Arc::new(Recorder {
        client: reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| error.to_string())?,
        github: github.url().to_owned(),
        origin: format!("http://127.0.0.1:{port}"),
        recorded: Mutex::default(),
        stage: Mutex::new(Stage::Opened),
    });
    let router = Router::new().fallback(pass_on).with_state(Arc::clone(&recorder));
    let serving = Serving::start(listener, router);
    let app = App::builder()
        .github(&recorder.origin)
        .identity(github.app_id(), &github.private_key(), &github.webhook_secret())
        .start()?;
    let pull = story(&github, &app, &recorder);
    github.delivered();
    let webhooks = github.data().mail.sent.clone();
    let (key, secret) = (github.private_key(), github.webhook_secret());
    let id = github.app_id();
    drop(app);
    github.finish();
    drop(serving);
    let recorded = lock(&recorder.recorded);
    let text = |text: &str| {
        let port = recorder.github.rsplit(':').next().unwrap_or_default();
        let mut text = text.replace(&recorder.origin, RECORDED_ORIGIN);
        for host in [&recorder.github, &format!("http://localhost:{port}")] {
            text = text.replace(host, RECORDED_ORIGIN);
        }
        Template::of(&text, &pull.head)
    };
    let mut answers: BTreeMap<String, BTreeMap<Stage, Answer>> = BTreeMap::new();
    for one in recorded.iter() {
        let path = Template::of(&one.request.1, &pull.head).key();
        let key = format!("{} {path}", one.request.0);
        let of_key = answers.entry(key).or_default();
        // Its first look sees a pull request without our check; later ones are of a settled stage.
        if one.stage == Stage::Opened && of_key.contains_key(&Stage::Opened) {
            continue;
        }
        of_key.insert(one.stage, answer(one, &text));
    }
    // What GitHub tells of our own check is an echo, which the App passes over.
    let is_echo = |payload: &serde_json::Value| {
        let app = |of: &str| payload.pointer(of).and_then(serde_json::Value::as_u64);
        [app("/check_run/app/id"), app("/check_suite/app/id")].contains(&Some(id))
    };
    let webhooks = webhooks
        .into_iter()
        .filter(|sent| !is_echo(&sent.payload))
        .map(|sent| ((sent.event, sent.action), text(&sent.payload.to_string())));
    Ok(Tape { answers, webhooks: webhooks.collect(), app: id, key, secret })
}

/// From opened to green, and after that something that changes nothing.
fn story(github: &FakeGitHub, app: &App, recorder: &Recorder) -> Pull {
    let stage = |stage| *lock(&recorder.stage) = stage;
    github.deliver(&format!("{}/webhook", app.url()));
    let changes = [("src/a.py", "a = 2\n")];
    let opening = Opening::from_branch("feature").by("ada").with(&changes);
    let pull = github.open_pull_request(REPOSITORY, &opening);
    github.expect_check(&pull.head, None, "Pending");
    settle(github);
    stage(Stage::Waiting);
    github.label(&pull, "looked-at", true);
    settle(github);
    stage(Stage::Reported);
    let run = github.start_workflow(REPOSITORY, &pull.head, "CI", &["tests", "lint"]);
    let coverage = fixture_bytes(COVERAGE);
    let bandit = fixture_bytes("bandit/flask-3.1.2.json");
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage)]);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit)]);
    github.finish_workflow(&run, "success");
    github.expect_check(&pull.head, None, "a colleague has approved it");
    settle(github);
    stage(Stage::Approved);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(github);
    stage(Stage::Settled);
    github.label(&pull, "good", true);
    settle(github);
    pull
}

/// Waits until nothing is asked any more: for longer than an idle worker sleeps.
fn settle(github: &FakeGitHub) {
    github.delivered();
    let (mut before, mut since) = (github.calls(), Instant::now());
    while since.elapsed() < QUIET {
        thread::sleep(Duration::from_millis(20));
        let after = github.calls();
        if after != before {
            (before, since) = (after, Instant::now());
        }
    }
}

async fn pass_on(State(recorder): State<Arc<Recorder>>, request: Request<Body>) -> Response<Body> {
    match recorder.pass(request).await {
        Ok(response) => response,
        Err(problem) => {
            let mut response = Response::new(Body::from(problem));
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            response
        }
    }
}

impl Recorder {
    async fn pass(&self, request: Request<Body>) -> Result<Response<Body>, String> {
        let stage = *lock(&self.stage);
        let (parts, body) = request.into_parts();
        let asked = to_bytes(body, 64 << 20).await.map_err(|error| error.to_string())?;
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut headers = parts.headers;
        // The storage is another host, which no token may reach.
        let host = if path.starts_with("/blobs/") { "localhost" } else { "127.0.0.1" };
        headers.remove("host");
        let github = self.github.replace("127.0.0.1", host);
        let answered = self
            .client
            .request(parts.method.clone(), format!("{github}{path}"))
            .headers(headers)
            .body(asked.clone())
            .send()
            .await
            .map_err(|error| error.to_string())?;
        let (status, headers) = (answered.status(), answered.headers().clone());
        let body = answered.bytes().await.map_err(|error| error.to_string())?;
        let request = (parts.method.to_string(), known_as(parts.uri.path(), &asked));
        lock(&self.recorded).push(Recorded {
            stage,
            request,
            status,
            headers: headers.clone(),
            body: body.clone(),
        });
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        for (name, value) in &headers {
            let value = value.to_str().map_err(|error| error.to_string())?;
            let port = self.github.rsplit(':').next().unwrap_or_default();
            let own = self.origin.replace("127.0.0.1", "localhost");
            let value = value.replace(&format!("http://localhost:{port}"), &own);
            let value = value.replace(&self.github, &self.origin);
            if name != "transfer-encoding" && name != "content-length" {
                let value = value.parse().map_err(|_| "a header that is none".to_owned())?;
                response.headers_mut().insert(name.clone(), value);
            }
        }
        Ok(response)
    }
}

/// The path, and the name of the query where it is GraphQL.
pub(crate) fn known_as(path: &str, body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Query<'a> {
        #[serde(borrow)]
        query: std::borrow::Cow<'a, str>,
    }
    match serde_json::from_slice::<Query<'_>>(body) {
        Ok(Query { query }) if path.ends_with("/graphql") => {
            let name = query.split_once("query ").map(|(_, rest)| rest).unwrap_or_default();
            let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            format!("{path} {name}")
        }
        _ => path.to_owned(),
    }
}

fn answer(recorded: &Recorded, text: &dyn Fn(&str) -> Template) -> Answer {
    let wanted = [
        "content-type",
        "location",
        "link",
        "etag",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-ratelimit-resource",
    ];
    let header = |name: &str| {
        let value = recorded.headers.get(name)?.to_str().ok()?;
        Some((name.to_owned(), text(value)))
    };
    let body = match std::str::from_utf8(&recorded.body) {
        Ok(body) => Content::Text(text(body)),
        Err(_) => Content::Bytes(recorded.body.clone()),
    };
    let headers = wanted.into_iter().filter_map(header).collect();
    Answer { status: recorded.status, headers, body }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
