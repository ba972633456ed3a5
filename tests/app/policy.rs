//! Which policy judges.

use gate_tests::github::{FakeGitHub, Opening};

use crate::app::{App, POLICY, assert_says, repository, run_ci};

const REVIEWED: &str = "version: 1\nrules: { approved: { review: { approvals: 1 } } }\n";

#[test]
fn without_a_policy_there_is_no_gate() {
    let github = FakeGitHub::start();
    github.repository("acme/shop", &[("a.py", "a\n")]);
    github.collaborator("acme/shop", "ada", "write");
    let app = App::start(&github);
    let pull = github.open_pull_request(
        "acme/shop",
        &Opening::from_branch("f").by("ada").with(&[("b.py", "b\n")]),
    );
    github.delivered();
    // Looked at for sure: a second event is only answered after the first was taken.
    github.label(&pull, "ready", true);
    github.delivered();
    drop(app);
    github.expect_no_check(&pull.head);
    github.finish();
}

#[test]
fn a_policy_that_cannot_be_used_fails_with_its_problems() {
    let github = FakeGitHub::start();
    repository(&github, "version: 1\nrules: { a: { reviw: {} } }\n");
    let app = App::start(&github);
    let pull = github.open_pull_request(
        "acme/shop",
        &Opening::from_branch("f").by("ada").with(&[("b.py", "b\n")]),
    );
    let check = github.expect_check(&pull.head, Some("failure"), "The policy cannot be used");
    assert_says(&check.summary, "did you mean `review`?");
    assert_says(&check.summary, ".github/gate.yml:2");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn the_base_decides_and_the_proposed_policy_is_shown_beside() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = github.open_pull_request(
        "acme/shop",
        &Opening::from_branch("lower").by("ada").with(&[(".github/gate.yml", REVIEWED)]),
    );
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 1, 0);
    let check = github.expect_check(&pull.head, Some("failure"), "enough is tested");
    assert_says(&check.summary, "The head has another policy than the base branch");
    assert_says(&check.summary, "it would be: **pending**");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn one_head_in_two_pull_requests_has_the_worst_verdict() {
    let github = FakeGitHub::start();
    repository(&github, REVIEWED);
    let app = App::start(&github);
    github.push("acme/shop", "release", &[(".github/gate.yml", REVIEWED)]);
    let first = github.open_pull_request(
        "acme/shop",
        &Opening::from_branch("f").by("ada").with(&[("b.py", "b\n")]),
    );
    let second =
        github.open_pull_request("acme/shop", &Opening::from_branch("f").by("ada").onto("release"));
    let first = github.now_of(&first);
    assert_eq!(first.head, second.head);
    github.review(&first, "grace", "APPROVED");
    let check = github.expect_check(&first.head, None, "the worst of");
    assert_says(&check.title, &format!("#{}", second.number));
    github.review(&second, "grace", "APPROVED");
    github.expect_check(&first.head, Some("success"), "(#1, the worst of #1, #2)");
    github.delivered();
    drop(app);
    // Whichever of the two asked last, it says the same.
    github.expect_check(&first.head, Some("success"), "(#1, the worst of #1, #2)");
    github.finish();
}
