//! How many calls an evaluation costs: every request that GitHub saw, counted exactly.

use std::collections::BTreeMap;

use gate_tests::github::{FakeGitHub, Opening, Pull};

use crate::app::{App, POLICY, Time, bandit, open, repository, run_ci, settle};

const SNAPSHOT: &str = "POST /graphql";
const COMPARE: &str = "GET /repos/{owner}/{repo}/compare/{basehead}";
const LISTING: &str = "GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts";
const DOWNLOAD: &str = "GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}";
/// Where a download is redirected to.
const BYTES: &str = "GET /blobs/{repository_id}/{artifact_id}";
/// The files of the head, to see whether the report of coverage is about them.
const TREE: &str = "GET /repos/{owner}/{repo}/git/trees/{tree_sha}";
const NEW_CHECK: &str = "POST /repos/{owner}/{repo}/check-runs";
const CHECK: &str = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";
const TOKEN: &str = "POST /app/installations/{installation_id}/access_tokens";
const CENSUS: [&str; 3] =
    ["GET /installation/repositories", "GET /app/installations", "GET /repos/{owner}/{repo}/pulls"];
const DELIVERIES: &str = "GET /app/hook/deliveries";

/// Every call but the look through failed deliveries, which is about no evaluation.
#[track_caller]
fn expect_calls(github: &FakeGitHub, expected: &[(&str, usize)]) {
    let mut calls = github.calls();
    calls.remove(DELIVERIES);
    // Nor is the hourly look at what is open: it costs a token of its own.
    let census = CENSUS.map(|route| calls.remove(route).unwrap_or_default());
    if let Some(tokens) = calls.get_mut(TOKEN) {
        *tokens -= census[0];
    }
    calls.retain(|_, count| *count > 0);
    let expected: BTreeMap<String, usize> =
        expected.iter().map(|(route, count)| ((*route).to_owned(), *count)).collect();
    assert_eq!(calls, expected);
}

/// Of the webhooks that wait, only the one that a pull request was opened comes.
fn only_the_opening(github: &FakeGitHub) {
    let mut data = github.data();
    let mail = &mut data.mail;
    let opened = |id: &u64| {
        mail.sent
            .iter()
            .any(|it| it.id == *id && it.event == "pull_request" && it.action == "opened")
    };
    let kept = mail.outbox.iter().copied().filter(opened).collect();
    mail.outbox = kept;
}

#[test]
fn a_first_evaluation_reads_each_thing_once_and_writes_once() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let pull = open(&github, "acme/shop");
    // Two workflows have ended, with three artifacts; a third runs.
    run_ci(&github, &pull, 9, 0);
    let docs = github.start_workflow("acme/shop", &pull.head, "Docs", &["build"]);
    github.upload_artifact(&docs, "pages", &[("index.html", b"<html>")]);
    github.finish_workflow(&docs, "success");
    let slow = github.start_workflow("acme/shop", &pull.head, "Slow", &["slow"]);
    only_the_opening(&github);

    let time = Time::stopped();
    let app = App::start_at(&github, time.clock());
    github.expect_check(&pull.head, None, "a colleague has approved it");
    settle(&github);
    // What the policy does not name is not downloaded. The files of the head are asked for once, because
    // a report of coverage has come.
    expect_calls(
        &github,
        &[
            (TOKEN, 1),
            (SNAPSHOT, 1),
            (LISTING, 2),
            (DOWNLOAD, 2),
            (BYTES, 2),
            (TREE, 1),
            (NEW_CHECK, 1),
        ],
    );

    // The third ends: its listing is new, and nothing else.
    time.pass(1);
    settle(&github);
    github.forget_calls();
    github.finish_workflow(&slow, "success");
    settle(&github);
    time.pass(1);
    settle(&github);
    let snapshots = github.calls()[SNAPSHOT];
    assert!((1..=2).contains(&snapshots), "{snapshots} snapshots for three events at once");
    expect_calls(&github, &[(SNAPSHOT, snapshots), (LISTING, 1)]);
    drop(app);
    github.finish();
}

#[test]
fn a_baseline_costs_its_own_evidence_once_and_one_comparison_for_each_head() {
    let github = FakeGitHub::start();
    repository(
        &github,
        "version: 1
reports: { bandit: { format: bandit, file: bandit.json, artifact: security } }
rules:
  nothing new: { findings: { report: bandit, only: introduced, at-most: 0 } }
",
    );
    let base = github.push("acme/shop", "main", &[("src/b.py", "b\n")]);
    let run = github.start_workflow("acme/shop", &base, "CI", &["tests"]);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit(1))]);
    github.finish_workflow(&run, "success");
    let pull = open(&github, "acme/shop");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit(1))]);
    github.finish_workflow(&run, "success");
    only_the_opening(&github);

    let app = App::start(&github);
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    let calls = github.calls();
    // The base's own commit is one snapshot, one listing and one download; the pull request is looked
    // at again once that evidence is here.
    expect_calls(
        &github,
        &[
            (TOKEN, 1),
            (SNAPSHOT, calls[SNAPSHOT]),
            (COMPARE, 1),
            (LISTING, 2),
            (DOWNLOAD, 2),
            (BYTES, 2),
            (NEW_CHECK, 1),
            (CHECK, 1),
        ],
    );
    // The pull request twice, its base once, and once the commits before it.
    assert_eq!(calls[SNAPSHOT], 4);

    github.forget_calls();
    github.label(&pull, "ready", true);
    settle(&github);
    expect_calls(&github, &[(SNAPSHOT, 1)]);
    drop(app);
    github.finish();
}

#[test]
fn a_review_a_conversation_or_a_label_is_one_snapshot_and_one_write_where_it_changes_anything() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let thread = github.open_thread(&pull, "grace", "src/a.py", 1);
    run_ci(&github, &pull, 9, 0);
    github.expect_check(&pull.head, Some("failure"), "a colleague has approved it");
    settle(&github);

    github.forget_calls();
    github.resolve(&pull, &thread, "ada");
    github.expect_check(&pull.head, None, "a colleague has approved it");
    settle(&github);
    // A completed check is not changed any more; it is followed by a new one.
    expect_calls(&github, &[(SNAPSHOT, 1), (NEW_CHECK, 1)]);

    github.forget_calls();
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    expect_calls(&github, &[(SNAPSHOT, 1), (CHECK, 1)]);

    github.forget_calls();
    github.review(&pull, "grace", "CHANGES_REQUESTED");
    github.expect_check(&pull.head, Some("failure"), "Failed");
    settle(&github);
    expect_calls(&github, &[(SNAPSHOT, 1), (NEW_CHECK, 1)]);

    github.forget_calls();
    github.label(&pull, "ready", true);
    settle(&github);
    expect_calls(&github, &[(SNAPSHOT, 1)]);
    drop(app);
    github.finish();
}

#[test]
fn what_changes_nothing_costs_no_write() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    settle(&github);
    github.forget_calls();
    github.label(&pull, "ready", true);
    settle(&github);
    expect_calls(&github, &[(SNAPSHOT, 1)]);
    drop(app);
    github.finish();
}

#[test]
fn thirty_two_checks_on_each_of_twenty_five_pull_requests_are_two_evaluations_each() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    // However slow the machine is, for the App they come at once.
    let time = Time::stopped();
    let app = App::start_at(&github, time.clock());
    let pulls: Vec<Pull> = (1..=25)
        .map(|number| {
            let branch = format!("feature-{number}");
            let opening = Opening::from_branch(&branch).by("ada").with(&[("src/a.py", "a = 2\n")]);
            github.open_pull_request("acme/shop", &opening)
        })
        .collect();
    for pull in &pulls {
        github.expect_check(&pull.head, None, "Pending");
    }
    settle(&github);
    time.pass(1);
    settle(&github);
    github.forget_calls();
    for pull in &pulls {
        for number in 0..32 {
            let name = format!("check {number}");
            github.check("acme/shop", &pull.head, ("buildkite", &name), Some("success"));
        }
    }
    settle(&github);
    let at_once = github.calls()[SNAPSHOT];
    assert_eq!(at_once, 25, "each is looked at with its first event");
    time.pass(1);
    settle(&github);
    let snapshots = github.calls()[SNAPSHOT];
    assert!((25..=50).contains(&snapshots), "{snapshots} snapshots for 800 events");
    expect_calls(&github, &[(SNAPSHOT, snapshots)]);
    let mut of_each: BTreeMap<String, usize> = BTreeMap::new();
    for call in github.data().log.iter().filter(|call| call.route == SNAPSHOT) {
        *of_each.entry(call.about.clone()).or_default() += 1;
    }
    assert_eq!(of_each.len(), 25);
    assert!(of_each.values().all(|count| *count <= 2), "{of_each:?}");
    drop(app);
    github.finish();
}
