//! Which policy judges.

use gate_tests::github::{Call, FakeGitHub, Opening, Pull};

use crate::app::{App, POLICY, assert_says, repository, run_ci, settle};

const REVIEWED: &str = "version: 1\nrules: { approved: { review: { approvals: 1 } } }\n";

/// How often a pull request was looked at.
fn looks(github: &FakeGitHub, pull: &Pull) -> usize {
    let of_it = format!("\"number\":{}", pull.number);
    let data = github.data();
    let of_it = |call: &&Call| call.route == "POST /graphql" && call.about.contains(&of_it);
    data.log.iter().filter(of_it).count()
}

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
fn who_changes_the_bar_of_a_branch_has_its_open_pull_requests_judged_anew() {
    let github = FakeGitHub::start();
    repository(&github, REVIEWED);
    let app = App::start(&github);
    github.push("acme/shop", "release", &[("b.py", "b\n")]);
    let open = |branch, onto| {
        let opening = Opening::from_branch(branch).by("ada").with(&[("c.py", "c\n")]);
        github.open_pull_request("acme/shop", &opening.onto(onto))
    };
    let (on_main, on_release) = (open("one", "main"), open("two", "release"));
    for pull in [&on_main, &on_release] {
        github.review(pull, "grace", "APPROVED");
        github.expect_check(&pull.head, Some("success"), "Passed");
    }
    settle(&github);
    github.forget_calls();

    let two = REVIEWED.replace("approvals: 1", "approvals: 2");
    github.push("acme/shop", "main", &[(".github/gate.yml", &two)]);
    github.expect_check(&on_main.head, None, "Pending");
    settle(&github);
    assert_eq!((looks(&github, &on_main), looks(&github, &on_release)), (1, 0));
    github.push("acme/shop", "main", &[("b.py", "b = 2\n")]);
    settle(&github);
    assert_eq!((looks(&github, &on_main), looks(&github, &on_release)), (1, 0));
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
