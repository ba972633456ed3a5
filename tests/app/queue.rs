//! A merge queue.

use gate_tests::github::{FakeGitHub, Opening};

use crate::app::{App, POLICY, assert_says, repository, run_ci};

#[test]
fn a_group_is_answered_on_its_own_head() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = github.open_pull_request(
        "acme/shop",
        &Opening::from_branch("feature").by("ada").with(&[("src/a.py", "a = 2\n")]),
    );
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 9, 0);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    let group = github.enqueue(&pull);
    let check = github.expect_check(&group.head, Some("success"), "Passed");
    assert_says(&check.summary, "Carried over from the head of");
    github.delivered();
    drop(app);
    github.finish();
}
