//! A server whose back rooms are plain memory, for the tests of its routes.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, request::Builder},
};
use gate_app::{
    clock::Clock,
    ids::AppId,
    metrics::Metrics,
    server::{
        Cause, Inbox, Later, Manifest, Readiness, Registered, Registrar, Server, Taken, Uploads,
        router,
    },
    settings::Credentials,
    upload::{Chunks, Kind, Received, Refusal, Wanted},
    webhook::Delivery,
};
use gate_core::measure::Digest;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use tokio::sync::watch;
use tower::ServiceExt as _;
use url::Url;

/// What opens the set-up page.
pub(crate) const KEY: &str = "the key";
pub(crate) const SECRET: &str = "the secret";
pub(crate) const HEAD: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
pub(crate) const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

/// What the back rooms saw, and how they behave.
#[derive(Default)]
pub(crate) struct Rooms {
    pub(crate) taken: Mutex<Vec<(Delivery, Vec<u8>, Timestamp)>>,
    pub(crate) codes: Mutex<Vec<String>>,
    pub(crate) uploads: Mutex<Vec<(Wanted, Vec<u8>)>>,
    pub(crate) fails: Mutex<bool>,
    pub(crate) panics: Mutex<bool>,
}

impl Rooms {
    fn failure(&self) -> Result<(), Cause> {
        if *self.panics.lock().unwrap() {
            panic!("the room is on fire");
        }
        if *self.fails.lock().unwrap() {
            Err("postgres://gate:hunter2@db is gone".into())
        } else {
            Ok(())
        }
    }
}

struct Room(Arc<Rooms>, watch::Sender<Option<Arc<Credentials>>>);

impl Inbox for Room {
    fn take<'a>(
        &'a self,
        delivery: &'a Delivery,
        body: &'a [u8],
        received: Timestamp,
    ) -> Later<'a, Result<Taken, Cause>> {
        Box::pin(async move {
            self.0.failure()?;
            let mut taken = self.0.taken.lock().unwrap();
            if taken.iter().any(|(known, ..)| known.id == delivery.id) {
                return Ok(Taken::Known);
            }
            taken.push((delivery.clone(), body.to_vec(), received));
            Ok(Taken::New)
        })
    }
}

impl Uploads for Room {
    fn take<'a>(
        &'a self,
        wanted: &'a Wanted,
        body: &'a mut dyn Chunks,
    ) -> Later<'a, Result<Received, Refusal>> {
        Box::pin(async move {
            let away = |error: Cause| Refusal::new(Kind::Unavailable, error.to_string());
            self.0.failure().map_err(away)?;
            let mut bytes = Vec::new();
            while let Some(chunk) = body.next().await? {
                bytes.extend_from_slice(&chunk);
            }
            let received = Received {
                repository: wanted.repository.to_string(),
                commit: wanted.commit.clone(),
                report: wanted.report.clone(),
                digest: Digest::of(&bytes),
                bytes: bytes.len() as u64,
                trusted: true,
                new: true,
            };
            let wanted = wanted.clone();
            self.0.uploads.lock().unwrap().push((wanted, bytes));
            Ok(received)
        })
    }
}

impl Readiness for Room {
    fn check(&self) -> Later<'_, Result<(), Cause>> {
        Box::pin(async { self.0.failure() })
    }
}

impl Registrar for Room {
    fn register<'a>(&'a self, code: &'a str) -> Later<'a, Result<Registered, Cause>> {
        Box::pin(async move {
            self.0.failure()?;
            self.0.codes.lock().unwrap().push(code.to_owned());
            self.1.send_replace(Some(Arc::new(credentials())));
            let page = "https://github.com/apps/octo-gate".to_owned();
            Ok(Registered { app: AppId(4711), name: "<Octo> gate".to_owned(), page })
        })
    }
}

fn credentials() -> Credentials {
    Credentials {
        app: AppId(4711),
        private_key: "a key".into(),
        webhook_secrets: vec![SECRET.into()],
    }
}

/// A server under test.
pub(crate) struct Desk {
    pub(crate) router: Router,
    pub(crate) rooms: Arc<Rooms>,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// How a server under test differs from the usual one.
pub(crate) struct Plan {
    pub(crate) is_set_up: bool,
    pub(crate) public_url: Option<&'static str>,
    pub(crate) github_web: &'static str,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            is_set_up: true,
            public_url: Some("https://gate.example.org"),
            github_web: "https://github.com",
        }
    }
}

impl Desk {
    pub(crate) fn open(plan: &Plan) -> Self {
        let rooms = Arc::new(Rooms::default());
        let start = plan.is_set_up.then(|| Arc::new(credentials()));
        let (sender, registration) = watch::channel(start);
        let room = Arc::new(Room(Arc::clone(&rooms), sender));
        let server = Server {
            inbox: room.clone(),
            uploads: room.clone(),
            registration,
            setup_key: (!plan.is_set_up).then(|| KEY.into()),
            registrar: room.clone(),
            readiness: room,
            metrics: Arc::new(Metrics::new()),
            clock: Clock::new(|| NOW),
            public_url: plan.public_url.map(|url| Url::parse(url).unwrap()),
            github_web: Url::parse(plan.github_web).unwrap(),
            manifest: Manifest::own().unwrap(),
            check: "gate",
            dry_run: false,
        };
        Self { router: router(server), rooms }
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Reply { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn deliver(&self, event: &str, body: &str) -> Reply {
        self.ask(delivery(event, body.as_bytes()).body(Body::from(body.to_owned())).unwrap()).await
    }

    /// The lines of `/metrics` that begin so, in order.
    pub(crate) async fn counted(&self, name: &str) -> Vec<String> {
        let text = self.get("/metrics").await.text;
        let lines = text.lines().filter(|line| line.starts_with(name));
        let mut lines: Vec<String> = lines.map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    }
}

/// The head of a signed delivery.
pub(crate) fn delivery(event: &str, body: &[u8]) -> Builder {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    let digits: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    Request::post("/webhook")
        .header("content-type", "application/json")
        .header("content-length", body.len())
        .header("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
        .header("x-github-event", event)
        .header("x-hub-signature-256", format!("sha256={digits}"))
}

/// A status of a commit.
pub(crate) fn status() -> String {
    format!(
        r#"{{"sha":"{HEAD}","repository":{{"id":1,"full_name":"octo/one"}},"installation":{{"id":7}}}}"#
    )
}
