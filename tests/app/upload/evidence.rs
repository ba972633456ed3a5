//! What an upload is as evidence: beside an artifact, from a fork, in a merge queue, too late, and
//! under a name that nobody asked for.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use gate_app::clock::Clock;
use gate_tests::{
    PUBLIC_URL,
    github::{FakeGitHub, Fate, Opening},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    COVERAGE, COVERAGE_BY_ARTIFACT, Send, expect_upload, repository_token, send::expect_refusal,
};
use crate::app::{App, Time, assert_says, coverage, open, repository, settle};

#[test]
fn without_an_artifact_in_the_policy_it_is_awaited_until_its_deadline() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE);
    let ahead = Arc::new(AtomicI64::new(0));
    let tell = Arc::clone(&ahead);
    let now = move || Timestamp::now() + SignedDuration::from_secs(tell.load(Ordering::Relaxed));
    let app = App::start_at(&github, Clock::new(now));
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    // That every run has ended says nothing: the upload may come from elsewhere.
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.finish_workflow(&run, "success");
    github.delivered();
    let check = github.expect_check(&pull.head, None, "Pending");
    assert_says(&check.summary, "whoever uploads it");
    ahead.store(46 * 60, Ordering::Relaxed);
    github.set_time(Timestamp::now() + SignedDuration::from_mins(46));
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "has not come by its deadline");
    // Late is better than never.
    let token = repository_token(&app);
    let sent = Send::to(&app, &pull.head, "coverage").by(&token).body(&coverage(9)).send();
    expect_upload(&sent, 201, true);
    github.expect_check(&pull.head, Some("success"), "Passed");
    drop(app);
    github.finish();
}

#[test]
fn an_upload_takes_the_place_of_the_artifact_of_its_report() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE_BY_ARTIFACT);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    let token = github.identity_token(&run, PUBLIC_URL);
    let sent = Send::to(&app, &pull.head, "coverage").by(&token).body(&coverage(9)).send();
    expect_upload(&sent, 201, true);
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.finish_workflow(&run, "success");
    github.delivered();
    github.expect_check(&pull.head, Some("success"), "Passed");
    drop(app);
    github.finish();
}

#[test]
fn an_upload_and_an_artifact_have_to_be_the_same() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE_BY_ARTIFACT);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    let token = github.identity_token(&run, PUBLIC_URL);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(9))]);
    github.finish_workflow(&run, "success");
    github.expect_check(&pull.head, Some("success"), "Passed");
    let send = Send::to(&app, &pull.head, "coverage").by(&token);
    // A better one by the other way is no way round the artifact.
    expect_upload(&send.body(&coverage(10)).send(), 201, true);
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "bring it one way, or bring the same");
    assert_says(&check.summary, "coverage: coverage.xml");
    expect_upload(&send.body(&coverage(9)).send(), 201, true);
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn what_a_fork_uploads_is_not_trusted() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE);
    github.fork("acme/shop", "linus/shop");
    let app = App::start(&github);
    let files = [("b.py", "b\n")];
    let opening = Opening::from_branch("patch").by("linus").from_fork("linus/shop").with(&files);
    let pull = github.open_pull_request("acme/shop", &opening);
    github.expect_check(&pull.head, None, "Pending");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    let stranger = github.identity_token(&run, PUBLIC_URL);
    let send = Send::to(&app, &pull.head, "coverage");
    let sent = send.by(&stranger).body(&coverage(10)).send();
    expect_upload(&sent, 201, true);
    assert_eq!(*sent.says("trusted"), false);
    github.expect_check(&pull.head, Some("success"), "Passed");
    // Our own CI built it too, and what it says is not changed by the stranger any more.
    let sent = send.by(&repository_token(&app)).body(&coverage(7)).send();
    expect_upload(&sent, 201, true);
    assert_eq!(*sent.says("trusted"), true);
    github.expect_check(&pull.head, Some("failure"), "Failed");
    expect_refusal(&send.by(&stranger).body(&coverage(10)).send(), 409, "a trusted sender");
    github.delivered();
    github.expect_check(&pull.head, Some("failure"), "Failed");
    drop(app);
    github.finish();
}

#[test]
fn an_upload_that_nobody_asked_for_is_shown() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let token = repository_token(&app);
    let sent = Send::to(&app, &pull.head, "coverrage%60").by(&token).body(&coverage(9)).send();
    expect_upload(&sent, 201, true);
    github.delivered();
    let sent = Send::to(&app, &pull.head, "coverage").by(&token).body(&coverage(9)).send();
    expect_upload(&sent, 201, true);
    let check = github.expect_check(&pull.head, Some("success"), "Passed");
    assert_says(&check.summary, "no report or part of that name (1): `coverrage?`.");
    drop(app);
    github.finish();
}

#[test]
fn a_merge_group_has_its_own_upload_or_the_pull_requests() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let token = repository_token(&app);
    let sent = Send::to(&app, &pull.head, "coverage").by(&token).body(&coverage(9)).send();
    expect_upload(&sent, 201, true);
    github.expect_check(&pull.head, Some("success"), "Passed");
    let group = github.enqueue(&pull);
    github.expect_check(&group.head, None, "Pending");
    settle(&github);
    time.pass(1);
    let check = github.expect_check(&group.head, Some("success"), "Passed");
    assert_says(&check.summary, "Carried over from the head of");
    github.leave_queue(&pull, "dequeued");

    // While a workflow of the group runs, that one may upload.
    github.meet(Some("merge_group"), Fate::Held);
    let group = github.enqueue(&pull);
    let run = github.start_workflow("acme/shop", &group.head, "CI", &["tests"]);
    github.release_webhooks(true);
    github.expect_check(&group.head, None, "Pending");
    let own = github.identity_token(&run, PUBLIC_URL);
    let sent = Send::to(&app, &group.head, "coverage").by(&own).body(&coverage(7)).send();
    expect_upload(&sent, 201, true);
    github.expect_check(&group.head, Some("failure"), "Failed");
    github.finish_workflow(&run, "success");
    github.delivered();
    github.expect_check(&group.head, Some("failure"), "Failed");
    drop(app);
    github.finish();
}

#[test]
fn what_is_uploaded_for_the_base_branch_is_the_baseline() {
    const POLICY: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml }
rules:
  no drop: { coverage: { report: coverage, at-most-below-baseline: 0% } }
";
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let base = github.push("acme/shop", "main", &[("src/b.py", "b\n")]);
    github.delivered();
    let token = repository_token(&app);
    let sent = Send::to(&app, &base, "coverage").by(&token).body(&coverage(7)).send();
    expect_upload(&sent, 201, true);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let sent = Send::to(&app, &pull.head, "coverage").by(&token).body(&coverage(6)).send();
    expect_upload(&sent, 201, true);
    let check = github.expect_check(&pull.head, Some("failure"), "Failed");
    assert_says(&check.summary, "drop of 10.00 points");
    assert_says(&check.summary, &base[..12]);
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn the_parts_of_a_report_are_uploaded_under_their_names() {
    const POLICY: &str = "version: 1
reports:
  coverage: { format: cobertura, file: \"{part}.xml\", parts: [linux, windows] }
rules:
  enough is tested: { coverage: { report: coverage, at-least: 80% } }
";
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let token = repository_token(&app);
    let upload = |name: &str| {
        let sent = Send::to(&app, &pull.head, name).by(&token).body(&coverage(9)).send();
        expect_upload(&sent, 201, true);
    };
    upload("coverage:linux");
    github.delivered();
    let check = github.expect_check(&pull.head, None, "Pending");
    assert_says(&check.summary, "windows");
    // The whole has no place where parts are asked for.
    upload("coverage");
    upload("coverage:windows");
    let check = github.expect_check(&pull.head, Some("success"), "Passed");
    assert_says(&check.summary, "no report or part of that name (1): `coverage`.");
    github.delivered();
    drop(app);
    github.finish();
}
