//! The protection of the base branch, as GitHub reports it, and again when it changes.

use gate_tests::github::{FakeGitHub, Fault, Pull};
use serde_json::{Value, json};

use crate::app::{App, assert_says, open, repository, settle};

const POLICY: &str = "version: 1\nrules: { the branch is protected: { protection: {} } }\n";

const RULES: &str = "GET /repos/{owner}/{repo}/rules/branches/{branch}";
const CLASSIC: &str = "GET /repos/{owner}/{repo}/branches/{branch}/protection";

/// The classic protection that demands what [`FakeGitHub::whole_ruleset`] does, as GitHub writes it.
fn classic(app: u64) -> Value {
    json!({
        "required_status_checks": {
            "strict": false, "contexts": ["gate"], "checks": [{ "context": "gate", "app_id": app }] },
        "required_pull_request_reviews": {
            "dismiss_stale_reviews": true, "require_code_owner_reviews": false,
            "required_approving_review_count": 1, "require_last_push_approval": false },
        "required_conversation_resolution": { "enabled": true },
        "allow_force_pushes": { "enabled": false },
        "allow_deletions": { "enabled": false },
    })
}

fn started() -> (FakeGitHub, App, Pull) {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    (github, app, pull)
}

fn end(github: FakeGitHub, app: App) {
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn a_branch_without_protection_fails_with_each_missing_piece() {
    let (github, app, pull) = started();
    let check = github.expect_check(&pull.head, Some("failure"), "Failed");
    for words in [
        "required approvals 0 &lt; 1 ✗",
        "stale approvals are not dismissed",
        "conversations need not be resolved",
        "force pushes are not refused",
        "deletions are not refused",
        "is not required, so that anything can be merged without it",
        "with this App as its source (App 4711)",
    ] {
        assert_says(&check.summary, words);
    }
    end(github, app);
}

#[test]
fn a_ruleset_that_comes_and_drifts_is_seen_at_once() {
    let (github, app, pull) = started();
    github.expect_check(&pull.head, Some("failure"), "Failed");
    settle(&github);
    github.add_ruleset("acme/shop", github.whole_ruleset());
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    // Somebody lets deletions through.
    let mut weaker = github.whole_ruleset();
    weaker["rules"].as_array_mut().expect("rules").remove(0);
    github.data().repository("acme/shop").rulesets.clear();
    github.add_ruleset("acme/shop", weaker);
    let check = github.expect_check(&pull.head, Some("failure"), "Failed");
    assert_says(&check.summary, "deletions are not refused");
    end(github, app);
}

#[test]
fn classic_protection_is_seen_when_it_changes() {
    let (github, app, pull) = started();
    github.expect_check(&pull.head, Some("failure"), "Failed");
    settle(&github);
    github.protect("acme/shop", "main", Some(classic(github.app_id())));
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    github.protect("acme/shop", "main", Some(classic(15_368)));
    let check = github.expect_check(&pull.head, Some("failure"), "Failed");
    assert_says(&check.summary, "is required from App 15368, which is not this one");
    settle(&github);
    github.protect("acme/shop", "main", None);
    settle(&github);
    let check = github.expect_check(&pull.head, Some("failure"), "Failed");
    assert_says(&check.summary, "is not required, so that anything can be merged without it");
    end(github, app);
}

#[test]
fn what_github_does_not_show_is_no_pass_and_no_finding() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    github.protect("acme/shop", "main", Some(classic(github.app_id())));
    github.data().installations[0].permissions.remove("administration");
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "the rest is not shown");
    assert_says(&check.summary, "Resource not accessible by integration");
    settle(&github);
    // A ruleset is shown to everybody, and is enough.
    github.add_ruleset("acme/shop", github.whole_ruleset());
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    // Where not even rulesets are shown, nothing is known.
    github.fail(RULES, Fault::Status(403), 1);
    github.label(&pull, "ready", true);
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "the protection of the base branch cannot be read");
    end(github, app);
}

#[test]
fn it_is_asked_for_where_a_rule_asks_for_it_and_costs_nothing_while_it_stays() {
    let (github, app, pull) = started();
    github.add_ruleset("acme/shop", github.whole_ruleset());
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    github.forget_calls();
    github.label(&pull, "ready", true);
    settle(&github);
    let calls = github.calls();
    assert_eq!((calls.get(RULES), calls.get(CLASSIC)), (Some(&1), Some(&1)), "{calls:?}");
    let log = github.data().log.clone();
    let status =
        |route: &str| log.iter().rev().find(|call| call.route == route).map(|it| it.status);
    assert_eq!(status(RULES), Some(304), "it was asked for by its tag");
    assert_eq!(status(CLASSIC), Some(404), "there is nothing to have a tag");
    end(github, app);
}
