//! Webhooks as GitHub sends them, read without a server.

mod meaning;
mod refusal;

use axum::http::{HeaderMap, HeaderValue};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Delivery, EVENTS, Effect, Reading, Refusal, Repository, read};
use crate::ids::{
    AppId, CommitSha, InstallationId, PullRequestNumber, RepositoryId, RepositoryName,
};

const SECRET: &str = "the secret";
const GUID: &str = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
const OWN: AppId = AppId(4711);
const OTHERS: u64 = 15_368;
const HEAD: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";

fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    let bytes = mac.finalize().into_bytes();
    format!("sha256={}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn headers(event: &str, body: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("x-github-delivery", HeaderValue::from_static(GUID));
    headers.insert("x-github-event", event.parse().unwrap());
    headers.insert("x-hub-signature-256", signature(body).parse().unwrap());
    headers
}

fn secrets() -> Vec<SecretString> {
    vec![SECRET.into()]
}

fn signed(event: &str, body: &[u8]) -> Result<Delivery, Refusal> {
    read(&headers(event, body), body, &secrets(), OWN)
}

fn delivery(event: &str, payload: &Value) -> Delivery {
    signed(event, payload.to_string().as_bytes()).unwrap()
}

fn effect(event: &str, payload: &Value) -> Effect {
    let [effect] = <[Effect; 1]>::try_from(delivery(event, payload).effects).unwrap();
    effect
}

fn head() -> CommitSha {
    HEAD.parse().unwrap()
}

/// A payload of the action with what every repository's event has, and `more`.
fn payload(action: &str, more: &Value) -> Value {
    let mut payload = json!({
        "repository": {
            "id": 186_853_002,
            "node_id": "MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=",
            "name": "Hello-World",
            "full_name": "Codertocat/Hello-World",
            "private": false,
            "owner": { "login": "Codertocat", "id": 21_031_067, "type": "User" },
            "fork": false,
            "default_branch": "main",
        },
        "sender": { "login": "Codertocat", "id": 21_031_067, "type": "User" },
        "installation": { "id": 957_387, "node_id": "MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uOTU3Mzg3" },
    });
    if !action.is_empty() {
        payload["action"] = action.into();
    }
    for (key, value) in more.as_object().unwrap() {
        payload[key] = value.clone();
    }
    payload
}

fn pull_request(state: &str) -> Value {
    json!({
        "number": 2,
        "pull_request": {
            "id": 279_147_437, "number": 2, "state": state, "draft": false, "locked": false,
            "title": "Update the README", "body": null,
            "head": { "label": "fork:changes", "ref": "changes", "sha": HEAD,
                      "repo": { "id": 9, "full_name": "fork/Hello-World" } },
            "base": { "label": "Codertocat:main", "ref": "main",
                      "sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e" },
        },
    })
}

/// A check run on the head of a fork: nobody says which pull request.
fn check_run(app: u64) -> Value {
    json!({ "check_run": {
        "id": 128_620_228, "name": "tests", "head_sha": HEAD, "external_id": "from us",
        "status": "completed", "conclusion": "success", "pull_requests": [],
        "app": { "id": app, "slug": "an-app", "name": "An App" },
        "check_suite": { "id": 118_578_147, "head_branch": null, "head_sha": HEAD,
                         "pull_requests": [] },
    } })
}

fn check_suite(app: u64) -> Value {
    json!({ "check_suite": {
        "id": 118_578_147, "head_branch": null, "head_sha": HEAD, "status": "completed",
        "conclusion": "success", "pull_requests": [], "app": { "id": app, "name": "An App" },
    } })
}

fn workflow_run() -> Value {
    json!({ "workflow_run": {
        "id": 289_782_451, "name": "CI", "event": "pull_request", "head_branch": null,
        "head_sha": HEAD, "run_attempt": 2, "status": "completed", "conclusion": "success",
        "pull_requests": [], "head_repository": { "id": 9, "full_name": "fork/Hello-World" },
    } })
}

const QUEUE_REF: &str =
    "refs/heads/gh-readonly-queue/main/pr-104-2dcb09b5b57875f334f61aebed695e2e4193db5e";

fn merge_group() -> Value {
    json!({ "merge_group": {
        "head_sha": HEAD, "head_ref": QUEUE_REF,
        "base_sha": "2dcb09b5b57875f334f61aebed695e2e4193db5e", "base_ref": "refs/heads/main",
    } })
}

fn push(reference: &str, after: &str) -> Value {
    json!({
        "ref": reference, "after": after, "created": false, "forced": false,
        "before": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e",
        "deleted": after.bytes().all(|digit| digit == b'0'),
        "base_ref": null, "commits": [], "head_commit": null,
    })
}

fn listed(id: u64, name: &str) -> Value {
    json!({ "id": id, "node_id": "R_x", "name": name, "full_name": format!("octo/{name}"),
            "private": true })
}

fn repository(id: u64, name: &str) -> Repository {
    let name = RepositoryName { owner: "octo".to_owned(), name: name.to_owned() };
    Repository { id: RepositoryId(id), name, default_branch: None }
}

/// What a row of the table needs in its payload, and what must come of it.
fn example(event: &str, reading: Reading) -> (Value, Effect) {
    let touched = Effect::PullRequest {
        number: PullRequestNumber(2),
        head: head(),
        base_ref: "main".to_owned(),
        open: true,
    };
    let closed = Effect::Closed { number: PullRequestNumber(2), head: head() };
    let commit = Effect::Commit(head());
    let again = |external_id: Option<&str>| Effect::Again {
        head: head(),
        external_id: external_id.map(str::to_owned),
    };
    let (base_ref, head_ref) = ("main".to_owned(), QUEUE_REF.to_owned());
    let own = OWN.0;
    match reading {
        Reading::PullRequest => (pull_request("open"), touched),
        Reading::Closed => (pull_request("closed"), closed),
        Reading::CheckRun => (check_run(OTHERS), commit),
        Reading::CheckRunAgain => (check_run(own), again(Some("from us"))),
        Reading::CheckSuiteAsked => (check_suite(own), commit),
        Reading::CheckSuite => (check_suite(OTHERS), commit),
        Reading::CheckSuiteAgain => (check_suite(own), again(None)),
        Reading::Status => (json!({ "sha": HEAD, "state": "success", "context": "ci" }), commit),
        Reading::WorkflowRun => (workflow_run(), commit),
        Reading::MergeGroup => {
            (merge_group(), Effect::MergeGroup { head: head(), head_ref, base_ref })
        }
        Reading::MergeGroupGone => {
            let mut group = merge_group();
            group["reason"] = "dequeued".into();
            (group, Effect::MergeGroupGone { head: head(), head_ref, base_ref })
        }
        Reading::Push => (
            push("refs/heads/release/1.x", HEAD),
            Effect::BranchMoved { name: "release/1.x".to_owned(), head: head(), bar: false },
        ),
        Reading::Renamed => {
            let changes = json!({ "changes": { "repository": { "name": { "from": "Hi" } } } });
            (changes, Effect::RepositoryRenamed)
        }
        Reading::Transferred => {
            let changes = json!({ "changes": { "owner": { "from": { "user": {} } } } });
            (changes, Effect::RepositoryTransferred)
        }
        Reading::Deleted => (json!({}), Effect::RepositoryDeleted),
        Reading::Rules => (json!({}), Effect::EveryOpen),
        Reading::InstallationChanged if event == "installation" => (
            json!({ "repositories": [listed(1, "one")] }),
            Effect::InstallationChanged { added: vec![repository(1, "one")], removed: vec![] },
        ),
        Reading::InstallationChanged => (
            json!({ "repository_selection": "selected",
                    "repositories_added": [listed(1, "one")],
                    "repositories_removed": [listed(2, "two"), listed(3, "three")] }),
            Effect::InstallationChanged {
                added: vec![repository(1, "one")],
                removed: vec![repository(2, "two"), repository(3, "three")],
            },
        ),
        Reading::InstallationGone => {
            (json!({ "repositories": [listed(1, "one")] }), Effect::InstallationGone)
        }
        Reading::Nothing(why) => (json!({}), Effect::Ignored { why: why.to_owned() }),
    }
}
