//! Webhooks as GitHub sends them, read without a server.

use axum::http::{HeaderMap, HeaderValue};
use hmac::{Hmac, KeyInit as _, Mac as _};
use proptest::prelude::*;
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
            // The fork may have been deleted.
            "head": { "label": "fork:changes", "ref": "changes", "sha": HEAD, "repo": null },
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

#[test]
fn a_delivery_says_whence_it_came_and_what_it_is_about() {
    let delivery = delivery("pull_request", &payload("opened", &pull_request("open")));
    assert_eq!(delivery.id.as_str(), GUID);
    assert_eq!((&*delivery.event, delivery.action.as_deref()), ("pull_request", Some("opened")));
    assert_eq!(delivery.installation, Some(InstallationId(957_387)));
    let repository = delivery.repository.unwrap();
    assert_eq!(repository.id, RepositoryId(186_853_002));
    assert_eq!(repository.name.to_string(), "Codertocat/Hello-World");
    assert_eq!(repository.default_branch.as_deref(), Some("main"));
    assert_eq!(
        delivery.effects,
        [Effect::PullRequest {
            number: PullRequestNumber(2),
            head: head(),
            base_ref: "main".to_owned(),
            open: true,
        }]
    );
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
            Effect::BranchMoved { name: "release/1.x".to_owned(), head: head() },
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

#[test]
fn every_event_and_action_of_the_table_means_what_it_should() {
    for event in EVENTS {
        for &(action, reading) in event.actions {
            let (more, expected) = example(event.name, reading);
            let found = effect(event.name, &payload(action, &more));
            assert_eq!(found, expected, "{} {action}", event.name);
        }
    }
}

#[test]
fn what_the_app_hears_of_itself_it_does_not_answer() {
    for action in ["created", "completed"] {
        let found = effect("check_run", &payload(action, &check_run(OWN.0)));
        assert!(matches!(found, Effect::Ignored { .. }), "{found:?}");
    }
    let found = effect("check_suite", &payload("completed", &check_suite(OWN.0)));
    assert!(matches!(found, Effect::Ignored { .. }), "{found:?}");
}

#[test]
fn a_request_to_another_app_is_not_for_us() {
    for (event, action, more) in [
        ("check_run", "rerequested", check_run(OTHERS)),
        ("check_run", "requested_action", check_run(OTHERS)),
        ("check_suite", "rerequested", check_suite(OTHERS)),
    ] {
        let found = effect(event, &payload(action, &more));
        assert!(matches!(found, Effect::Ignored { .. }), "{found:?}");
    }
}

#[test]
fn a_check_of_an_app_that_is_gone_is_somebody_else_s() {
    let mut run = check_run(0);
    run["check_run"]["app"] = Value::Null;
    assert_eq!(effect("check_run", &payload("completed", &run)), Effect::Commit(head()));
}

#[test]
fn a_review_of_a_closed_pull_request_says_that_it_is_closed() {
    let found = effect("pull_request_review", &payload("submitted", &pull_request("closed")));
    assert!(matches!(found, Effect::PullRequest { open: false, .. }), "{found:?}");
}

#[test]
fn only_branches_that_stay_have_a_baseline() {
    let zeros = "0".repeat(40);
    for (reference, after) in [
        ("refs/tags/v1", HEAD),
        ("refs/heads/feature", &zeros),
        (QUEUE_REF, HEAD),
        // What is not read needs no sound commit.
        ("refs/tags/v1", "no commit"),
    ] {
        let found = effect("push", &payload("", &push(reference, after)));
        assert!(matches!(found, Effect::Ignored { .. }), "{reference}: {found:?}");
    }
}

#[test]
fn a_ruleset_of_an_organisation_concerns_the_whole_installation() {
    let mut payload = payload("edited", &json!({}));
    payload.as_object_mut().unwrap().remove("repository");
    let delivery = delivery("repository_ruleset", &payload);
    assert_eq!(delivery.repository, None);
    assert_eq!(delivery.effects, [Effect::EveryOpen]);
}

#[test]
fn what_is_unknown_is_read_and_ignored() {
    let strange = delivery("star", &payload("created", &json!({ "check_run": "odd" })));
    assert_eq!(strange.ignored(), Some("the App does not know this event"));
    assert_eq!(strange.repository.unwrap().id, RepositoryId(186_853_002));
    let strange = delivery("pull_request", &payload("frobnicated", &json!({})));
    assert_eq!(strange.ignored(), Some("the App does not know this action"));
    let without = delivery("pull_request", &payload("", &json!({})));
    assert_eq!(without.ignored(), Some("the App does not know this action"));
}

#[test]
fn what_is_unsigned_is_refused_before_anything_else_is_looked_at() {
    let body = b"not even JSON";
    let mut headers = HeaderMap::new();
    let refusal = read(&headers, body, &secrets(), OWN).unwrap_err();
    assert_eq!(refusal, Refusal::Unsigned("is absent"));
    headers.insert("x-hub-signature-256", signature(b"another body").parse().unwrap());
    let refusal = read(&headers, body, &secrets(), OWN).unwrap_err();
    assert_eq!(refusal, Refusal::Unsigned("does not belong to the body"));
    headers.insert("x-hub-signature-256", signature(body).parse().unwrap());
    assert!(matches!(read(&headers, body, &[], OWN), Err(Refusal::Unsigned(_))));
    headers.append("x-hub-signature-256", signature(body).parse().unwrap());
    let refusal = read(&headers, body, &secrets(), OWN).unwrap_err();
    assert_eq!(refusal, Refusal::Unsigned("stands there twice"));
}

#[test]
fn headers_that_make_no_sense_are_named() {
    let body = payload("opened", &pull_request("open")).to_string().into_bytes();
    for (name, value) in [
        ("x-github-delivery", None),
        ("x-github-delivery", Some("")),
        ("x-github-delivery", Some("a b")),
        ("x-github-event", None),
        ("x-github-event", Some("Pull Request")),
        ("x-github-event", Some("../..")),
    ] {
        let mut headers = headers("pull_request", &body);
        headers.remove(name);
        if let Some(value) = value {
            headers.insert(name, value.parse().unwrap());
        }
        let Err(Refusal::Headers { header, .. }) = read(&headers, &body, &secrets(), OWN) else {
            panic!("{name} {value:?} was accepted");
        };
        assert_eq!(header.to_lowercase(), name);
    }
}

#[test]
fn a_signed_payload_that_lacks_what_we_read_is_refused_not_guessed() {
    let mut no_sha = pull_request("open");
    no_sha["pull_request"]["head"]["sha"] = "main".into();
    let mut no_state = pull_request("open");
    no_state["pull_request"]["state"] = "draft".into();
    let mut nowhere = payload("", &json!({ "sha": HEAD }));
    nowhere.as_object_mut().unwrap().remove("repository");
    let mut nobody = payload("deleted", &json!({}));
    nobody.as_object_mut().unwrap().remove("installation");
    let mut misnamed = payload("", &json!({ "sha": HEAD }));
    misnamed["repository"]["full_name"] = "a/b/c".into();
    for (event, payload) in [
        ("pull_request", payload("opened", &json!({}))),
        ("pull_request", payload("opened", &no_sha)),
        ("pull_request", payload("opened", &no_state)),
        ("status", nowhere),
        ("status", misnamed),
        ("installation", nobody),
        ("push", payload("", &json!({ "ref": "refs/heads/main", "after": HEAD }))),
        ("push", payload("", &push("refs/heads/main", "HEAD"))),
    ] {
        let refusal = signed(event, payload.to_string().as_bytes());
        assert!(matches!(refusal, Err(Refusal::Payload { .. })), "{event}: {refusal:?}");
    }
    let form = b"payload=%7B%22action%22%3A%22opened%22%7D";
    let told = signed("pull_request", form).unwrap_err().to_string();
    assert!(told.ends_with("needs the content type application/json"), "{told}");
}

#[test]
fn a_delivery_survives_being_written_down() {
    for event in EVENTS {
        for &(action, reading) in event.actions {
            let (more, _) = example(event.name, reading);
            let delivery = delivery(event.name, &payload(action, &more));
            let written = serde_json::to_string(&delivery).unwrap();
            assert_eq!(serde_json::from_str::<Delivery>(&written).unwrap(), delivery);
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(
        body in proptest::collection::vec(any::<u8>(), 0..2048),
        event in prop_oneof![Just("pull_request"), Just("push"), Just("star")],
    ) {
        // Signed, so that the bytes reach the innermost part.
        let _ = signed(event, &body);
    }

    #[test]
    fn no_json_makes_the_reader_panic(
        row in 0..EVENTS.len(),
        key in prop_oneof![
            Just("pull_request"), Just("check_run"), Just("check_suite"), Just("merge_group"),
            Just("workflow_run"), Just("repository"), Just("ref"), Just("sha"), Just("action"),
        ],
        value in prop_oneof![
            Just(Value::Null), Just(json!([])), Just(json!({})), Just(json!(-1)), Just(json!("x")),
        ],
    ) {
        let event = &EVENTS[row];
        for &(action, reading) in event.actions {
            let (more, _) = example(event.name, reading);
            let mut payload = payload(action, &more);
            payload[key] = value.clone();
            let read = signed(event.name, payload.to_string().as_bytes());
            let fault = matches!(read, Err(Refusal::Unsigned(_) | Refusal::Headers { .. }));
            prop_assert!(!fault);
        }
    }

    #[test]
    fn one_flipped_bit_is_enough_to_be_refused(bit in any::<proptest::sample::Index>()) {
        let mut body = payload("opened", &pull_request("open")).to_string().into_bytes();
        let headers = headers("pull_request", &body);
        let bit = bit.index(body.len() * 8);
        body[bit / 8] ^= 1 << (bit % 8);
        let refusal = read(&headers, &body, &secrets(), OWN);
        prop_assert!(matches!(refusal, Err(Refusal::Unsigned(_))));
    }
}
