//! Webhooks: every event as GitHub describes it, signed, and brought, lost, doubled or late.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use gate_tests::github::{FakeGitHub, Fate, Opening, Outcome, signature};
use serde_json::{Value, json};

use crate::client::{app, raw, shop};

type Letters = Arc<Mutex<Vec<(String, String, Value)>>>;

/// An App that only notes what comes: delivery, event, payload.
async fn letterbox(secret: String) -> (String, Letters) {
    let letters = Letters::default();
    let kept = (secret, Arc::clone(&letters));
    let take = async |State((secret, letters)): State<(String, Letters)>,
                      headers: HeaderMap,
                      body: Bytes| {
        let said = |name: &str| headers[name].to_str().expect("a text").to_owned();
        assert_eq!(said("x-hub-signature-256"), signature(&secret, &body));
        let payload = serde_json::from_slice(&body).expect("JSON");
        let letter = (said("x-github-delivery"), said("x-github-event"), payload);
        letters.lock().expect("no panic").push(letter);
        "thanks"
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/webhook", listener.local_addr().expect("an address"));
    let door = Router::new().route("/webhook", post(take)).with_state(kept);
    tokio::spawn(async { axum::serve(listener, door).await });
    (url, letters)
}

#[test]
fn a_signature_is_as_github_makes_it() {
    assert_eq!(
        signature("It's a Secret to Everybody", b"Hello, World!"),
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    );
}

#[test]
fn every_event_fits_githubs_description() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    github.data().app.events.push("ping".to_owned());
    let pull = github.push_to(&pull, &[("src/more.py", "c = 4\n")]);
    let review = github.review(&pull, "bob", "CHANGES_REQUESTED");
    github.dismiss(&pull, review);
    let thread = github.open_thread(&pull, "bob", "src/shop.py", 2);
    github.resolve(&pull, &thread, "ada");
    github.unresolve(&pull, &thread);
    github.label(&pull, "urgent", true);
    github.label(&pull, "urgent", false);
    github.draft(&pull, true);
    github.draft(&pull, false);
    github.push("acme/shop", "release", &[("VERSION", "1\n")]);
    github.retarget(&pull, "release");
    github.retarget(&pull, "main");
    github.close(&pull);
    github.reopen(&pull);
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests", "lint"]);
    github.finish_workflow(&run, "success");
    let check = github.check("acme/shop", &pull.head, ("gate", "gate"), None);
    github.rerequest("acme/shop", check);
    github.rerequest_all("acme/shop", &pull.head);
    github.press("acme/shop", check, "re-evaluate");
    github.status("acme/shop", &pull.head, "ci/old", "success");
    github.enqueue(&pull);
    github.leave_queue(&pull, "dequeued");
    github.enqueue(&pull);
    github.leave_queue(&pull, "merged");
    github.merge(&pull);
    let fork =
        Opening::from_branch("gift").by("eve").from_fork("eve/shop").labelled(&["new"]).draft();
    let gift = github.open_pull_request("acme/shop", &fork);
    github.push_to(&gift, &[("src/gift.py", "g = 1\n")]);
    github.protect("acme/shop", "main", Some(json!({})));
    github.protect("acme/shop", "main", Some(json!({})));
    github.protect("acme/shop", "main", None);
    github.add_ruleset("acme/shop", json!({"name": "main", "rules": []}));
    github.install("acme");
    github.suspend("acme", true);
    github.suspend("acme", false);
    github.install_repository("acme/shop", false);
    github.install_repository("acme/shop", true);
    github.rename("acme/shop", "store");
    github.transfer("acme/store", "globex");
    github.delete_repository("globex/store");
    github.uninstall("acme");

    let sent = github.data();
    let mut kinds: Vec<String> =
        sent.mail.sent.iter().map(|it| format!("{} {}", it.event, it.action)).collect();
    drop(sent);
    kinds.sort();
    kinds.dedup();
    let kinds: Vec<&str> = kinds.iter().map(|it| it.trim()).collect();
    assert_eq!(
        kinds,
        [
            "branch_protection_rule created",
            "branch_protection_rule deleted",
            "branch_protection_rule edited",
            "check_run completed",
            "check_run created",
            "check_run requested_action",
            "check_run rerequested",
            "check_suite completed",
            "check_suite requested",
            "check_suite rerequested",
            "installation created",
            "installation deleted",
            "installation suspend",
            "installation unsuspend",
            "installation_repositories added",
            "installation_repositories removed",
            "merge_group checks_requested",
            "merge_group destroyed",
            "pull_request closed",
            "pull_request converted_to_draft",
            "pull_request dequeued",
            "pull_request edited",
            "pull_request enqueued",
            "pull_request labeled",
            "pull_request opened",
            "pull_request ready_for_review",
            "pull_request reopened",
            "pull_request synchronize",
            "pull_request unlabeled",
            "pull_request_review dismissed",
            "pull_request_review submitted",
            "pull_request_review_thread resolved",
            "pull_request_review_thread unresolved",
            "push",
            "repository deleted",
            "repository renamed",
            "repository transferred",
            "repository_ruleset created",
            "status",
            "workflow_run completed",
            "workflow_run in_progress",
            "workflow_run requested",
        ]
    );
    github.finish();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_are_brought_in_order_doubled_lost_and_late() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let (url, letters) = letterbox(github.webhook_secret()).await;
    github.data().mail.outbox.clear();
    github.deliver(&url);
    let came = || -> Vec<String> {
        let letters = letters.lock().expect("no panic");
        letters.iter().map(|(_, event, it)| format!("{event} {}", it["action"])).collect()
    };

    github.meet(Some("pull_request"), Fate::Doubled);
    github.label(&pull, "a", true);
    github.delivered();
    let twice = letters.lock().expect("no panic").clone();
    assert_eq!((twice.len(), &twice[0].0), (2, &twice[1].0), "one delivery id");

    github.meet(Some("pull_request"), Fate::Held);
    github.meet(Some("pull_request"), Fate::Held);
    github.draft(&pull, true);
    github.draft(&pull, false);
    github.meet(None, Fate::Swallowed);
    github.label(&pull, "b", true);
    github.delivered();
    assert_eq!(came().len(), 2);
    github.release_webhooks(true);
    github.delivered();
    assert_eq!(
        came()[2..],
        ["pull_request \"ready_for_review\"", "pull_request \"converted_to_draft\""]
    );
    github.finish();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_webhook_is_listed_and_can_be_sent_again() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let (url, letters) = letterbox(github.webhook_secret()).await;
    github.data().mail.sent.clear();
    github.data().mail.outbox.clear();
    github.deliver(&url);
    github.lose_webhook(Some("pull_request_review"));
    github.review(&pull, "bob", "APPROVED");
    github.label(&pull, "a", true);
    github.delivered();
    assert_eq!(letters.lock().expect("no panic").len(), 1);

    let client = app(&github);
    let (_, listed) = raw(&client, "GET", "/app/hook/deliveries", None).await;
    let lost: Vec<&Value> =
        listed.as_array().expect("a list").iter().filter(|it| it["status"] != "OK").collect();
    assert_eq!((lost.len(), &lost[0]["event"]), (1, &json!("pull_request_review")));
    // The filter of GitHub's own leaves out what was never answered.
    let failed = raw(&client, "GET", "/app/hook/deliveries?status=failure", None).await.1;
    assert_eq!(failed, json!([]));

    let again = format!("/app/hook/deliveries/{}/attempts", lost[0]["id"]);
    assert_eq!(raw(&client, "POST", &again, None).await.0, 202);
    github.delivered();
    let last = letters.lock().expect("no panic").last().cloned().expect("a letter");
    assert_eq!((json!(last.0), last.1.as_str()), (lost[0]["guid"].clone(), "pull_request_review"));
    assert_eq!(last.2["review"]["state"], "approved");
    let sent = github.data().mail.sent.last().cloned().expect("a delivery");
    assert_eq!((sent.redelivery, sent.outcome), (true, Outcome::Answered(200)));

    let page = client._get("/app/hook/deliveries?per_page=2").await.expect("answered");
    let link = page.headers()["link"].to_str().expect("a text").to_owned();
    let next = link.split(&['<', '>'][..]).nth(1).expect("a link").to_owned();
    let (_, rest) = raw(&client, "GET", next.trim_start_matches(github.url()), None).await;
    assert_eq!(rest.as_array().map(Vec::len), Some(1), "three in all");
    github.finish();
}
