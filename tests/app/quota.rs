//! GitHub's quota is used up.

use gate_tests::github::{FakeGitHub, Fault, Pull};
use jiff::SignedDuration;

use crate::app::{App, POLICY, Time, assert_says, open, repository, run_ci, settle};

const SNAPSHOT: &str = "POST /graphql";
const CHECK: &str = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";
const NEW_CHECK: &str = "POST /repos/{owner}/{repo}/check-runs";
const WAITING: &str = "Pending: waiting for GitHub's quota until ";

/// GitHub's quota for GraphQL is down to what is kept; the App sees it with its next call.
fn use_up(github: &FakeGitHub, pull: &Pull) {
    settle(github);
    github.data().limits.graphql_remaining = 201;
    github.label(pull, "seen", true);
    settle(github);
    github.forget_calls();
}

#[test]
fn the_check_says_until_when_it_waits_and_then_what_there_is_to_say() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending: 3 of 3");
    run_ci(&github, &pull, 9, 0);
    github.expect_check(&pull.head, None, "a colleague has approved it");
    use_up(&github, &pull);

    github.review(&pull, "grace", "APPROVED");
    let check = github.expect_check(&pull.head, None, WAITING);
    // Never too early: the minute in which it begins to be new, or the next where it is within one.
    let until = github.data().limits.reset + SignedDuration::from_secs(59);
    assert_eq!(check.title, Some(format!("{WAITING}{} UTC", until.strftime("%H:%M"))));
    assert_says(&check.summary, "Something about this pull request has changed");
    let metrics = app.get("/metrics");
    assert!(metrics.contains("gate_github_quota_left{resource=\"graphql\"} 200"), "{metrics}");
    for number in 0..5 {
        github.label(&pull, &format!("label {number}"), true);
    }
    settle(&github);
    let calls = github.calls();
    assert_eq!(calls[CHECK], 1, "it is said once: {calls:?}");
    assert_eq!(calls.get(SNAPSHOT), None, "and nothing is gathered: {calls:?}");

    // The App is started anew, and forgets nothing of it.
    let app = app.restart(&github);
    settle(&github);
    let calls = github.calls();
    assert_eq!((calls[CHECK], calls.get(SNAPSHOT)), (1, None), "{calls:?}");

    github.data().limits.graphql_remaining = 5_000;
    time.pass(61);
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    assert_eq!(github.calls()[CHECK], 2);
    drop(app);
    github.finish();
}

#[test]
fn a_limit_of_graphql_that_comes_with_status_200_is_one() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending: 3 of 3");
    run_ci(&github, &pull, 9, 0);
    github.expect_check(&pull.head, None, "a colleague has approved it");
    settle(&github);
    github.fail("POST /graphql", Fault::GraphqlRateLimited, 1);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, None, WAITING);
    time.pass(61);
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn what_is_green_is_said_to_wait_where_something_happened_and_stays_where_nothing_did() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 9, 0);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    use_up(&github, &pull);

    // The sweep looks at every open head; nothing is known to have happened to this one.
    time.pass(11);
    settle(&github);
    let calls = github.calls();
    assert_eq!((calls.get(NEW_CHECK), calls.get(SNAPSHOT)), (None, None), "{calls:?}");
    github.expect_check(&pull.head, Some("success"), "Passed");

    // It may be green no longer.
    github.review(&pull, "grace", "CHANGES_REQUESTED");
    settle(&github);
    time.pass(50);
    github.data().limits.graphql_remaining = 5_000;
    github.expect_check(&pull.head, Some("failure"), "Failed");
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn while_github_takes_nothing_nothing_is_sent() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending: 3 of 3");
    settle(&github);
    github.fail("POST /graphql", Fault::SecondaryLimit(600), 1);
    github.review(&pull, "grace", "APPROVED");
    settle(&github);
    github.forget_calls();
    run_ci(&github, &pull, 9, 0);
    settle(&github);
    let mut calls = github.calls();
    calls.remove("GET /app/hook/deliveries");
    assert!(calls.is_empty(), "whoever goes on asking is banned: {calls:?}");
    time.pass(11);
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn where_nobody_knows_of_a_gate_nothing_is_said() {
    let github = FakeGitHub::start();
    github.repository("acme/shop", &[("src/a.py", "a = 1\n")]);
    github.collaborator("acme/shop", "ada", "write");
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    use_up(&github, &pull);
    github.label(&pull, "ready", true);
    settle(&github);
    let calls = github.calls();
    assert_eq!((calls.get(NEW_CHECK), calls.get(SNAPSHOT)), (None, None), "{calls:?}");
    github.expect_no_check(&pull.head);
    drop(app);
    github.finish();
}

#[test]
fn the_organisations_policy_costs_nothing_while_it_is_the_same() {
    let github = FakeGitHub::start();
    github.repository("acme/.github", &[(".github/gate.yml", POLICY)]);
    github.repository("acme/shop", &[("src/a.py", "a = 1\n")]);
    github.collaborator("acme/shop", "ada", "write");
    github.collaborator("acme/shop", "grace", "write");
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending: 3 of 3");
    settle(&github);

    github.forget_calls();
    let before = github.data().limits.remaining;
    let app = app.restart(&github);
    for number in 0..5 {
        github.label(&pull, &format!("label {number}"), true);
        settle(&github);
    }
    let spent = before - github.data().limits.remaining;
    let mut calls = github.calls();
    let policy = calls.remove("GET /repos/{owner}/{repo}/contents/{path}");
    assert_eq!(policy, Some(5), "it is asked for each time");
    assert_eq!(calls.remove(SNAPSHOT), Some(5));
    // After the restart there are new tokens and a look at the deliveries, and nothing else.
    let others: usize = calls.values().sum();
    assert_eq!(spent, others as u64, "and nothing of the quota is spent on it: {calls:?}");

    // It changes, and the next event shows it.
    github.push("acme/.github", "main", &[(".github/gate.yml", "version: 1\nrules: [\n")]);
    github.label(&pull, "ready", true);
    github.expect_check(&pull.head, Some("failure"), "The policy cannot be used");
    settle(&github);
    drop(app);
    github.finish();
}
