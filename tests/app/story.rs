//! A pull request from its opening to green.

use gate_tests::github::{FakeGitHub, Opening};

use crate::app::{App, POLICY, assert_says, bandit, coverage, open, repository, run_ci, settle};

#[test]
fn a_pull_request_from_opened_to_green() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);

    // At once there is a check, and it says what it waits for.
    let pull = open(&github, "acme/shop");
    let check = github.expect_check(&pull.head, None, "Pending");
    assert_says(&check.summary, "of which none has begun");

    // The reports come in; one of them is bad.
    run_ci(&github, &pull, 9, 1);
    let check = github.expect_check(&pull.head, Some("failure"), "Failed");
    assert_says(&check.summary, "1 > 0 ✗");
    assert_says(&check.summary, "lines 9/10 = 90.00 % ≥ 80 % ✓");

    // It is mended, and looked at.
    let pull = github.push_to(&pull, &[("src/a.py", "a = 3\n")]);
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 9, 0);
    github.expect_check(&pull.head, None, "a colleague has approved it");
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed: all required rules hold (3 of 3)");

    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_report_is_missing_as_soon_as_nobody_can_bring_it() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(9))]);
    github.finish_workflow(&run, "failure");
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "every workflow run has ended");
    assert_says(&check.summary, "`security`");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_job_that_needs_another_is_waited_for() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.review(&pull, "grace", "APPROVED");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["lint"]);

    // The only job that has a check is done; the run is not, and its next job has none yet.
    github.finish_job(&run, "lint", "success");
    settle(&github);
    let check = github.expect_check(&pull.head, None, "Pending");
    assert_says(&check.summary, "from the workflow `CI`");
    github.start_job(&run, "tests");
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(10))]);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit(0))]);
    github.finish_workflow(&run, "success");
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_report_that_cannot_be_read_is_no_pass() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", b"<html>503</html>")]);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit(0))]);
    github.finish_workflow(&run, "success");
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "an HTML page");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_fork_is_judged_like_everybody() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    github.fork("acme/shop", "linus/shop");
    let app = App::start(&github);
    let pull = github.open_pull_request(
        "acme/shop",
        &Opening::from_branch("patch").by("linus").from_fork("linus/shop").with(&[("b.py", "b\n")]),
    );
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 10, 0);
    github.expect_check(&pull.head, None, "Pending");
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn somebody_asks_for_it_again() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.finish_workflow(&run, "failure");
    github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    github.rerun_workflow(&run, &["tests"]);
    github.expect_check(&pull.head, None, "Pending");
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(10))]);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit(0))]);
    github.finish_workflow(&run, "success");
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn the_app_is_stopped_and_started_in_between() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    github.delivered();
    let app = app.restart(&github);
    run_ci(&github, &pull, 10, 0);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    assert!(app.get("/metrics").contains("gate_publishes_total"));
    assert_eq!(app.get("/healthz").trim(), "ok");
    github.delivered();
    drop(app);
    github.finish();
}
