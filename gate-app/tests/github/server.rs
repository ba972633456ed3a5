//! A server that answers as each test tells it, remembers what it was asked, and refuses what
//! GitHub's description does not know.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex, atomic::AtomicI64, atomic::Ordering},
};

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::Response,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use gate_app::{
    clock::Clock,
    github::{Call, Connection, GitHub, Observer, Repository, Reserve},
    ids::{AppId, CommitSha, InstallationId, RepositoryId, RepositoryName},
};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) const APP: u64 = 77;
pub(crate) const INSTALLATION: InstallationId = InstallationId(5);
/// The tests' time; the tokens of the server live an hour from it.
pub(crate) const NOW: i64 = 1_790_000_000;

/// A key of the tests' own, made anew in every run.
pub(crate) static KEY: LazyLock<String> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let body = BASE64_STANDARD.encode(der.as_ref());
    format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
});

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/github/rest.schemas.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
});

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) token: Option<String>,
    /// The tag of what the client has already.
    pub(crate) tag: Option<String>,
    pub(crate) body: Value,
}

impl Asked {
    /// Whether it is this call, by method and the end of the path.
    pub(crate) fn is(&self, method: &str, end: &str) -> bool {
        self.method == method && self.path.ends_with(end)
    }
}

/// What is answered.
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Body,
}

pub(crate) fn reply(status: u16, body: &Value) -> Reply {
    let headers = vec![("x-github-request-id".to_owned(), "test".to_owned())];
    Reply { status, headers, body: Body::from(body.to_string()) }
}

pub(crate) fn ok(body: &Value) -> Reply {
    reply(200, body)
}

impl Reply {
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// As something that is not GitHub answers.
    pub(crate) fn foreign(mut self) -> Self {
        self.headers.clear();
        self
    }
}

type Answers = Box<dyn FnMut(&Asked) -> Reply + Send>;

struct Shared {
    prefix: &'static str,
    asked: Mutex<Vec<Asked>>,
    answers: Mutex<Answers>,
}

/// The server, and a connection to it.
pub(crate) struct Server {
    shared: Arc<Shared>,
    pub(crate) address: String,
    pub(crate) github: GitHub,
    pub(crate) calls: Arc<Mutex<Vec<Call>>>,
    now: Arc<AtomicI64>,
}

impl Server {
    /// A server like github.com.
    pub(crate) async fn start(answers: impl FnMut(&Asked) -> Reply + Send + 'static) -> Self {
        Self::at("", "/graphql", answers).await
    }

    /// A server with REST under `prefix` and GraphQL at `graphql`. Tokens are minted unless `answers`
    /// says otherwise by a status for them.
    pub(crate) async fn at(
        prefix: &'static str,
        graphql: &str,
        answers: impl FnMut(&Asked) -> Reply + Send + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            prefix,
            asked: Mutex::default(),
            answers: Mutex::new(Box::new(answers)),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(serve).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let connection = Connection {
            api_url: format!("{address}{prefix}"),
            graphql_url: format!("{address}{graphql}"),
            app_id: AppId(APP),
            key: KEY.clone().into(),
        };
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let now = Arc::new(AtomicI64::new(NOW));
        let (seen, time) = (Arc::clone(&calls), Arc::clone(&now));
        let observer = Observer::new(move |call| seen.lock().unwrap().push(*call));
        let clock =
            Clock::new(move || Timestamp::from_second(time.load(Ordering::SeqCst)).unwrap());
        let github = GitHub::with(&connection, clock, observer, Reserve::default()).unwrap();
        Self { shared, address, github, calls, now }
    }

    pub(crate) fn repository(&self) -> Repository {
        let name = RepositoryName { owner: "octo".to_owned(), name: "shop".to_owned() };
        self.github.repository(INSTALLATION, RepositoryId(9), name)
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Everything that was asked, but for tokens.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        let asked = self.shared.asked.lock().unwrap();
        asked.iter().filter(|one| !one.path.ends_with("/access_tokens")).cloned().collect()
    }

    /// The requests for tokens.
    pub(crate) fn mints(&self) -> Vec<Asked> {
        let asked = self.shared.asked.lock().unwrap();
        asked.iter().filter(|one| one.path.ends_with("/access_tokens")).cloned().collect()
    }

    /// How often this was asked.
    pub(crate) fn count(&self, method: &str, end: &str) -> usize {
        self.asked().iter().filter(|one| one.is(method, end)).count()
    }
}

/// A connection with the tests' key and time.
pub(crate) fn connect(address: &str) -> GitHub {
    let connection = Connection {
        api_url: address.to_owned(),
        graphql_url: format!("{address}/graphql"),
        app_id: AppId(APP),
        key: KEY.clone().into(),
    };
    GitHub::new(&connection, Clock::new(|| Timestamp::from_second(NOW).unwrap())).unwrap()
}

/// A server below HTTP: reads a request's head, then writes what it likes.
pub(crate) fn raw(answer: impl Fn(&mut std::net::TcpStream) + Send + 'static) -> String {
    use std::io::{BufRead as _, BufReader};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let head: Vec<String> =
                lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            if head.is_empty() {
                continue;
            }
            answer(&mut stream);
        }
    });
    address
}

/// A good token; each is another one.
pub(crate) fn mint(number: usize) -> Reply {
    let expires = Timestamp::from_second(NOW + 3600).unwrap();
    reply(201, &json!({ "token": format!("ghs_{number}"), "expires_at": expires.to_string() }))
}

async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, 32 << 20).await.unwrap();
    let header = |name| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().split('&').filter_map(pair).collect(),
        token: header("authorization"),
        tag: header("if-none-match"),
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    };
    let reply = match unknown(&asked, shared.prefix) {
        Some(problem) => reply(599, &json!({ "message": problem })),
        None => {
            shared.asked.lock().unwrap().push(asked.clone());
            (shared.answers.lock().unwrap())(&asked)
        }
    };
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(reply.body).unwrap()
}

fn pair(text: &str) -> Option<(String, String)> {
    let (key, value) = text.split_once('=')?;
    Some((key.to_owned(), value.to_owned()))
}

/// What GitHub's description does not know about a request.
fn unknown(asked: &Asked, prefix: &str) -> Option<String> {
    let path = asked.path.strip_prefix(prefix)?;
    if path.ends_with("/graphql")
        || path.starts_with("/blob/")
        || path.starts_with("/repositories/")
    {
        return None;
    }
    let steps: Vec<&str> = path.split('/').collect();
    let fits = |operation: &&Value| {
        let template: Vec<&str> = operation["path"].as_str().unwrap().split('/').collect();
        // A path within a repository has as many steps as it likes.
        let ends_open = template.last() == Some(&"{path}") && steps.len() >= template.len();
        operation["method"] == asked.method.as_str()
            && (template.len() == steps.len() || ends_open)
            && template.iter().zip(&steps).all(|(own, step)| own.starts_with('{') || own == step)
    };
    let operations = DESCRIPTION["operations"].as_object().unwrap();
    // Of two that fit, the one that spells more of its path out.
    let operation = operations
        .values()
        .filter(fits)
        .min_by_key(|operation| operation["path"].as_str().unwrap().matches('{').count());
    let Some(operation) = operation else {
        return Some(format!("no such operation: {} {path}", asked.method));
    };
    let known = operation["query"].as_object().unwrap();
    if let Some(key) = asked.query.keys().find(|key| !known.contains_key(*key)) {
        return Some(format!("no such parameter: {key}"));
    }
    let mut schema = operation.get("request")?.clone();
    if schema.to_string().contains("$ref") {
        schema["components"] = DESCRIPTION["components"].clone();
    }
    if asked.body.is_null() && operation["requestRequired"] == false {
        return None;
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.validate(&asked.body).err().map(|error| format!("{}: {error}", error.instance_path()))
}

pub(crate) fn sha(digit: char) -> CommitSha {
    digit.to_string().repeat(40).parse().unwrap()
}
