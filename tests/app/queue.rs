//! A merge queue.

use gate_tests::github::FakeGitHub;

use crate::app::{
    App, POLICY, Time, assert_says, bandit, coverage, open, repository, run_ci, settle,
};

#[test]
fn a_group_is_answered_on_its_own_head() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 9, 0);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    let group = github.enqueue(&pull);
    // Its own workflows may be about to begin.
    github.expect_check(&group.head, None, "Pending");
    settle(&github);
    time.pass(1);
    let check = github.expect_check(&group.head, Some("success"), "Passed");
    assert_says(&check.summary, "Carried over from the head of");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_group_whose_workflows_begin_late_is_judged_by_what_they_make() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 9, 0);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");

    // The pull request's reports are good, and the group's own are not.
    let group = github.enqueue(&pull);
    github.expect_check(&group.head, None, "Pending");
    settle(&github);
    let run = github.start_workflow("acme/shop", &group.head, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(2))]);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit(0))]);
    github.finish_workflow(&run, "success");
    let check = github.expect_check(&group.head, Some("failure"), "enough is tested");
    assert_says(&check.summary, "lines 2/10");
    github.delivered();
    drop(app);
    github.finish();
}
