//! A request at the upload door, and what these tests begin with.

use gate_app::{clock::Clock, ids::RepositoryName, store::Store, tokens};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::app::App;

/// An upload, before it is sent.
#[derive(Clone)]
pub(crate) struct Send {
    url: String,
    token: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<u64>,
    body: Value,
}

impl Sent {
    /// A field of the answer.
    pub(crate) fn says(&self, name: &str) -> &Value {
        self.body.get(name).unwrap_or(&Value::Null)
    }
}

impl Send {
    pub(crate) fn to(app: &App, commit: &str, report: &str) -> Self {
        Self::into(app, "acme/shop", commit, report)
    }

    pub(crate) fn into(app: &App, repository: &str, commit: &str, report: &str) -> Self {
        let address = app.address();
        let path = format!("api/v1/repos/{repository}/commits/{commit}/reports/{report}");
        let url = format!("http://{address}/{path}");
        Self { url, token: String::new(), headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn by(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    pub(crate) fn body(&self, body: &[u8]) -> Self {
        Self { body: body.to_owned(), ..self.clone() }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn query(mut self, query: &str) -> Self {
        self.url = format!("{}?{query}", self.url);
        self
    }

    pub(crate) fn send(&self) -> Sent {
        let runtime = Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let client = reqwest::Client::new();
            let mut request = client.put(&self.url).bearer_auth(&self.token);
            for (name, value) in &self.headers {
                request = request.header(name, value);
            }
            let response = request.body(self.body.clone()).send().await.expect("an answer");
            let retry_after = response.headers().get("retry-after");
            let retry_after = retry_after.and_then(|text| text.to_str().ok()?.parse().ok());
            let status = response.status().as_u16();
            let text = response.text().await.expect("a whole answer");
            let body = serde_json::from_str(&text).expect("every answer is JSON");
            Sent { status, retry_after, body }
        })
    }
}

/// That an upload was taken, and whether it was new.
#[track_caller]
pub(crate) fn expect_upload(sent: &Sent, status: u16, new: bool) {
    assert_eq!(sent.status, status, "{sent:?}");
    assert_eq!(sent.says("new"), new, "{sent:?}");
}

/// That an upload was refused, with these words.
#[track_caller]
pub(crate) fn expect_refusal(sent: &Sent, status: u16, words: &str) {
    assert_eq!(sent.status, status, "{sent:?}");
    let message = sent.says("message").as_str().unwrap_or_default();
    assert!(message.contains(words), "{words:?} is not in {sent:?}");
}

/// Coverage that is uploaded, and nothing else.
pub(crate) const COVERAGE: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml, deadline: 45m }
rules:
  enough is tested: { coverage: { report: coverage, at-least: 80% } }
";

/// Two reports that are uploaded.
pub(crate) const COVERAGE_AND_BANDIT: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml }
  bandit: { format: bandit, file: bandit.json }
rules:
  enough is tested: { coverage: { report: coverage, at-least: 80% } }
  nothing insecure: { findings: { report: bandit, severity: medium, at-most: 0 } }
";

/// Coverage that may come in an artifact too.
pub(crate) const COVERAGE_BY_ARTIFACT: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml, artifact: coverage }
rules:
  enough is tested: { coverage: { report: coverage, at-least: 80% } }
";

/// A token of acme/shop, as `gate-app token add` makes it beside the running App.
pub(crate) fn repository_token(app: &App) -> String {
    with_tokens(app, &tokens::Command::Add(shop()))
}

/// What `gate-app token` says.
pub(crate) fn with_tokens(app: &App, command: &tokens::Command) -> String {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(&app.database()).await.expect("the App's database");
        let told = command.run(&store, Clock::system().now()).await.expect("it is done");
        store.close().await;
        told
    })
}

pub(crate) fn shop() -> RepositoryName {
    RepositoryName { owner: "acme".to_owned(), name: "shop".to_owned() }
}
