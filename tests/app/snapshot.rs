//! What is read of a pull request: whole, or said not to be.

use gate_tests::github::{FakeGitHub, Fault};

use crate::app::{App, assert_says, open, repository, settle};

const POLICY: &str = "version: 1
rules:
  a colleague has approved it: { review: { approvals: 1, conversations: resolved } }
";

#[test]
fn the_hundred_and_first_of_every_list_counts() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let pull = open(&github, "acme/shop");
    let reviewers: Vec<String> = (0..120).map(|number| format!("reviewer-{number}")).collect();
    for reviewer in &reviewers {
        github.collaborator("acme/shop", reviewer, "write");
        github.review(&pull, reviewer, "APPROVED");
    }
    let threads: Vec<String> =
        (1..=101).map(|line| github.open_thread(&pull, "grace", "src/a.py", line)).collect();
    for thread in &threads[..100] {
        github.resolve(&pull, thread, "ada");
    }
    for number in 0..130 {
        let name = format!("check {number}");
        github.check("acme/shop", &pull.head, ("buildkite", &name), Some("success"));
        github.label(&pull, &format!("label {number}"), true);
    }
    // All of that is one event for the App; what it says it reads.
    github.data().mail.outbox.clear();
    let app = App::start(&github);
    github.label(&pull, "ready", true);
    let check = github.expect_check(&pull.head, Some("failure"), "Failed");
    assert_says(&check.summary, "1 conversation");
    settle(&github);
    // Labels, reviews and checks have two pages, conversations too: one query, and one for each.
    assert_eq!(github.calls()["POST /graphql"], 5);

    github.resolve(&pull, &threads[100], "ada");
    github.expect_check(&pull.head, Some("success"), "Passed");
    // The last of the reviewers changes his mind.
    github.review(&pull, "reviewer-119", "CHANGES_REQUESTED");
    github.expect_check(&pull.head, Some("failure"), "Failed");
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn a_further_page_that_does_not_come_is_no_shorter_list() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let pull = open(&github, "acme/shop");
    github.review(&pull, "grace", "APPROVED");
    let threads: Vec<String> =
        (1..=101).map(|line| github.open_thread(&pull, "grace", "src/a.py", line)).collect();
    for thread in &threads[..100] {
        github.resolve(&pull, thread, "ada");
    }
    github.data().mail.outbox.clear();
    let app = App::start(&github);
    // On the first page every conversation is resolved. The second one fails.
    github.fail_about("POST /graphql", "\"after\"", Fault::Status(502), 1);
    github.label(&pull, "ready", true);
    let check = github.expect_check(&pull.head, Some("failure"), "");
    assert_says(&check.title, "Inconclusive");
    assert_says(&check.summary, "review conversations");
    github.label(&pull, "steady", true);
    let check = github.expect_check(&pull.head, Some("failure"), "Failed");
    assert_says(&check.summary, "1 conversation");
    settle(&github);
    drop(app);
    github.finish();
}
