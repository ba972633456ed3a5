//! GitHub on a bad day.

use gate_tests::github::{FakeGitHub, Fate, Fault};

use crate::app::{App, POLICY, open, repository, run_ci};

#[test]
fn an_answer_that_was_lost_makes_no_second_check() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    github.fail("POST /repos/{owner}/{repo}/check-runs", Fault::DoneButBadGateway, 1);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    github.delivered();
    let runs = github.data().repositories[0].check_runs.len();
    assert_eq!(runs, 1);
    drop(app);
    github.finish();
}

#[test]
fn webhooks_are_doubled_and_some_are_late() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    github.meet(Some("pull_request"), Fate::Doubled);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    github.meet(Some("pull_request_review"), Fate::Held);
    github.review(&pull, "grace", "APPROVED");
    run_ci(&github, &pull, 9, 0);
    github.release_webhooks(true);
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn github_is_ill_for_a_while() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    github.fail("POST /graphql", Fault::Status(502), 2);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn tokens_are_revoked() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    github.revoke_tokens();
    run_ci(&github, &pull, 9, 0);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn the_repository_is_renamed_in_mid_flight() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    github.rename("acme/shop", "store");
    let run = github.start_workflow("acme/store", &pull.head, "CI", &["tests"]);
    github.finish_workflow(&run, "failure");
    github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    github.delivered();
    drop(app);
    github.finish();
}
