//! The upload door: reports that come from CI by HTTP, and the verdict that follows.

mod evidence;
mod refusals;
mod send;
mod tokens;

pub(super) use send::{
    COVERAGE, COVERAGE_AND_BANDIT, COVERAGE_BY_ARTIFACT, Send, Sent, expect_upload,
    repository_token,
};

use gate_tests::{PUBLIC_URL, github::FakeGitHub};

use crate::app::{App, assert_says, bandit, coverage, open, settle};

use super::app::repository;

#[test]
fn a_run_uploads_its_reports_and_the_verdict_follows() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    let check = github.expect_check(&pull.head, None, "Pending");
    assert_says(&check.summary, "the policy names no artifact for it");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    settle(&github);
    github.forget_calls();

    // With the run still at work: an upload does not wait for its end.
    let token = github.identity_token(&run, PUBLIC_URL);
    let sent = Send::to(&app, &pull.head, "coverage").by(&token).body(&coverage(9));
    expect_upload(&sent.send(), 201, true);
    github.expect_check(&pull.head, Some("success"), "Passed");

    // The same again changes nothing, and asks GitHub and its issuer for nothing.
    expect_upload(&sent.send(), 200, false);
    settle(&github);
    let calls = github.calls();
    assert_eq!(calls.get("GET /repos/{owner}/{repo}/actions/runs/{run_id}"), Some(&1));
    assert_eq!(github.identity_keys_asked(), 1);
    assert_eq!(calls.get("POST /graphql"), Some(&1), "{calls:?}");

    // Another one is another verdict.
    expect_upload(&sent.body(&coverage(7)).send(), 201, true);
    github.expect_check(&pull.head, Some("failure"), "Failed");
    let metrics = app.get("/metrics");
    for line in [
        r#"gate_uploads_total{sender="run",answer="stored"} 2"#,
        r#"gate_uploads_total{sender="run",answer="known"} 1"#,
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}\n{metrics}");
    }
    github.finish_workflow(&run, "success");
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn another_ci_uploads_with_a_token_of_the_repository() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let token = repository_token(&app);
    let sent = Send::to(&app, &pull.head, "coverage").by(&token).body(&coverage(9)).send();
    expect_upload(&sent, 201, true);
    assert_eq!(*sent.says("trusted"), true);
    github.expect_check(&pull.head, Some("success"), "Passed");
    // GitHub has nothing to say about it.
    assert_eq!(github.identity_keys_asked(), 0);
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn uploads_survive_a_restart() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE_AND_BANDIT);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let token = repository_token(&app);
    let sent = Send::to(&app, &pull.head, "coverage").by(&token).body(&coverage(9)).send();
    expect_upload(&sent, 201, true);
    let app = app.restart(&github);
    let sent = Send::to(&app, &pull.head, "bandit").by(&token).body(&bandit(0)).send();
    expect_upload(&sent, 201, true);
    github.expect_check(&pull.head, Some("success"), "Passed: all required rules hold (2 of 2)");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn an_upload_may_come_before_its_pull_request() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE);
    let app = App::start(&github);
    // The token needs a repository that the App has heard of.
    let first = open(&github, "acme/shop");
    github.expect_check(&first.head, None, "Pending");
    let token = repository_token(&app);
    let head = github.push("acme/shop", "later", &[("src/b.py", "b = 1\n")]);
    let sent = Send::to(&app, &head, "coverage").by(&token).body(&coverage(9)).send();
    expect_upload(&sent, 201, true);
    let opening = gate_tests::github::Opening::from_branch("later").by("ada").with(&[]);
    let pull = github.open_pull_request("acme/shop", &opening);
    assert_eq!(pull.head, head);
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_large_report_comes_in_pieces() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    // Five megabytes of comments, which the store keeps in pieces.
    let mut report = coverage(9);
    let comment = "<!-- nothing to see here, and so it goes on and on and on -->".repeat(86_000);
    let at = report.len() - "</coverage>".len();
    report.splice(at..at, comment.into_bytes());
    let token = repository_token(&app);
    let sent = Send::to(&app, &pull.head, "coverage").by(&token).body(&report).send();
    expect_upload(&sent, 201, true);
    assert_eq!(*sent.says("bytes"), report.len());
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}
