//! octocrab as the App makes it, and what it is asked for.

use gate_tests::github::{FakeGitHub, Opening, Pull};
use octocrab::{
    Octocrab,
    models::{AppId, InstallationId},
    service::middleware::retry::RetryConfig,
};
use serde_json::{Value, json};

/// The App itself.
pub(crate) fn app(github: &FakeGitHub) -> Octocrab {
    let key = jsonwebtoken::EncodingKey::from_rsa_pem(github.private_key().as_bytes())
        .expect("the fake's key is a key");
    Octocrab::builder()
        .base_uri(github.url())
        .expect("the fake's address is one")
        .app(AppId(github.app_id()), key)
        .add_retry_config(RetryConfig::None)
        .build()
        .expect("a client can be made")
}

/// The App as it is installed at `acme`.
pub(crate) fn installed(github: &FakeGitHub) -> Octocrab {
    let id = github.data().installations[0].id;
    app(github).installation(InstallationId(id)).expect("a client can be made")
}

/// `acme/shop` with a policy, and a pull request.
pub(crate) fn shop(github: &FakeGitHub) -> Pull {
    github.repository(
        "acme/shop",
        &[(".github/gate.yml", "version: 1\nrules: {}\n"), ("src/shop.py", "a = 1\nb = 2\n")],
    );
    let files = [("src/shop.py", "a = 1\nb = 3\n")];
    github.open_pull_request("acme/shop", &Opening::from_branch("cheaper").with(&files))
}

/// An answer and its status, without a client that would make an error of it.
pub(crate) async fn raw(
    client: &Octocrab,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> (u16, Value) {
    let answer = match (method, body) {
        ("GET", _) => client._get(path).await,
        ("POST", body) => client._post(path, body.as_ref()).await,
        (_, body) => client._patch(path, body.as_ref()).await,
    };
    let answer = answer.expect("the fake answers");
    let status = answer.status().as_u16();
    let text = client.body_to_string(answer).await.expect("an answer is text");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// A check run that is in progress.
pub(crate) fn in_progress(head: &str) -> Value {
    json!({
        "name": "gate", "head_sha": head, "status": "in_progress", "external_id": "1",
        "output": {"title": "Waiting for coverage", "summary": "…"},
    })
}

pub(crate) const CHECK_RUNS: &str = "/repos/acme/shop/check-runs";
