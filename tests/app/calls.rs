//! How many calls an evaluation costs.

use std::collections::BTreeMap;

use gate_tests::github::{FakeGitHub, Opening};

use crate::app::{App, POLICY, repository, run_ci, settle};

/// The calls that are not about tokens.
fn calls(github: &FakeGitHub) -> BTreeMap<String, usize> {
    let about_tokens =
        |route: &str| route.contains("access_tokens") || route.contains("hook/deliveries");
    github.calls().into_iter().filter(|(route, _)| !about_tokens(route)).collect()
}

#[test]
fn a_review_costs_one_snapshot_and_one_write() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = github.open_pull_request(
        "acme/shop",
        &Opening::from_branch("feature").by("ada").with(&[("src/a.py", "a = 2\n")]),
    );
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 9, 0);
    github.expect_check(&pull.head, None, "a colleague has approved it");
    settle(&github);

    github.forget_calls();
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    let calls = calls(&github);
    let expected =
        [("POST /graphql", 1), ("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", 1)];
    let expected = expected.map(|(route, count)| (route.to_owned(), count)).into();
    assert_eq!(calls, expected);
    drop(app);
    github.finish();
}

#[test]
fn what_changes_nothing_costs_no_write() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = github.open_pull_request(
        "acme/shop",
        &Opening::from_branch("feature").by("ada").with(&[("src/a.py", "a = 2\n")]),
    );
    github.expect_check(&pull.head, None, "Pending");
    settle(&github);
    github.forget_calls();
    github.label(&pull, "ready", true);
    github.delivered();
    settle(&github);
    assert_eq!(calls(&github), [("POST /graphql".to_owned(), 1)].into());
    drop(app);
    github.finish();
}
