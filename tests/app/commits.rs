//! The commits of a pull request: all of them, with what GitHub thinks of their signatures.

use gate_tests::github::{FakeGitHub, Fault};

use crate::app::{App, assert_says, open, repository, settle};

const COMPARE: &str = "GET /repos/{owner}/{repo}/compare/{basehead}";

const POLICY: &str = "version: 1
rules:
  its commits are signed and well described: { commits: { signed: verified, messages: conventional } }
";

fn commit_as(github: &FakeGitHub, message: &str, signature: &str) {
    github.data().committing = Some((message.to_owned(), signature.to_owned()));
}

#[test]
fn every_commit_is_signed_and_well_described() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    commit_as(&github, "feat: make it two\n\nIt was one.", "valid");
    let pull = open(&github, "acme/shop");
    let check = github.expect_check(&pull.head, Some("success"), "Passed");
    assert_says(&check.summary, "1 commit is as it should be");
    github.label(&pull, "ready", true);
    settle(&github);
    // One call for each head, whatever else happens.
    assert_eq!(github.calls().get(COMPARE), Some(&1));

    commit_as(&github, "Oops", "unsigned");
    let pull = github.push_to(&pull, &[("src/a.py", "a = 3\n")]);
    let check = github.expect_check(&pull.head, Some("failure"), "its commits are signed");
    assert_says(&check.summary, "1 commit without a verified signature");
    assert_says(&check.summary, "`Oops`: `unsigned`");
    assert_says(&check.summary, "has no `type:` before its description");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn the_three_hundredth_commit_counts() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    commit_as(&github, "feat: x", "valid");
    for number in 0..299 {
        let content = format!("a = {number}\n");
        github.push("acme/shop", "feature", &[("src/a.py", &content)]);
    }
    commit_as(&github, "the three hundredth", "valid");
    let pull = open(&github, "acme/shop");
    github.data().mail.outbox.clear();
    let app = App::start(&github);
    github.label(&pull, "ready", true);
    let check = github.expect_check(&pull.head, Some("failure"), "its commits are signed");
    assert_says(&check.summary, "1 commit whose message has another form");
    assert_says(&check.summary, "`the three hundredth`: has no `type:` before its description");
    settle(&github);
    assert_eq!(github.calls().get(COMPARE), Some(&3));
    drop(app);
    github.finish();
}

#[test]
fn a_page_of_commits_that_does_not_come_is_no_shorter_list() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    commit_as(&github, "feat: x", "valid");
    for number in 0..120 {
        let content = format!("a = {number}\n");
        github.push("acme/shop", "feature", &[("src/a.py", &content)]);
    }
    let pull = open(&github, "acme/shop");
    github.data().mail.outbox.clear();
    github.fail_about(COMPARE, "page=2", Fault::Status(502), 1);
    let app = App::start(&github);
    github.label(&pull, "ready", true);
    // It is asked for again, and then all of it is there.
    let check = github.expect_check(&pull.head, Some("success"), "Passed");
    assert_says(&check.summary, "121 commits are as they should be");
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn a_signature_that_github_could_not_look_at_is_looked_at_again() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    commit_as(&github, "feat: x", "gpgverify_unavailable");
    let pull = open(&github, "acme/shop");
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "1 commit whose signature could not be looked at");
    if let Some(commit) = github.data().commits.get_mut(&pull.head) {
        commit.signature = "valid".to_owned();
    }
    github.label(&pull, "ready", true);
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}
