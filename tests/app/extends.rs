//! A policy that extends another, and the organisation's default policy.

use gate_tests::github::{FakeGitHub, Fault, Opening, Pull};

use crate::app::{App, assert_says, repository, settle};

const TITLED: &str = "version: 1\nrules: { well titled: { title: { at-most: 200 } } }\n";
const REVIEWED: &str = "version: 1\nrules: { approved: { review: { approvals: 1 } } }\n";
const EXTENDING: &str = "version: 1
extends: acme/.github@v3:gate.yml
rules: { well titled: { title: { at-most: 200 } } }
";
const CONTENTS: &str = "GET /repos/{owner}/{repo}/contents/{path}";

/// A branch `v3` of the account's `.github` with this policy.
fn shared(github: &FakeGitHub, text: &str) {
    github.repository("acme/.github", &[("README.md", "shared\n")]);
    github.push("acme/.github", "v3", &[("gate.yml", text)]);
}

fn opened(github: &FakeGitHub, files: &[(&str, &str)]) -> Pull {
    github.open_pull_request("acme/shop", &Opening::from_branch("f").by("ada").with(files))
}

fn end(github: FakeGitHub, app: App) {
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn the_rules_of_both_hold_and_the_check_says_whose_each_is() {
    let github = FakeGitHub::start();
    repository(&github, EXTENDING);
    shared(&github, REVIEWED);
    // It may be private: it is there for all repositories of its account.
    github.data().repository("acme/.github").private = true;
    let app = App::start(&github);
    let pull = opened(&github, &[("b.py", "b\n")]);
    let check = github.expect_check(&pull.head, None, "approved");
    assert_says(&check.summary, "approved (from `acme/.github@v3:gate.yml`)");
    assert_says(&check.summary, "well titled (from `own`)");
    settle(&github);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed: all required rules hold (2 of 2)");
    end(github, app);
}

#[test]
fn while_it_stays_it_costs_no_quota_and_a_policy_that_extends_nothing_asks_for_nothing() {
    let github = FakeGitHub::start();
    repository(&github, EXTENDING);
    shared(&github, REVIEWED);
    let app = App::start(&github);
    let pull = opened(&github, &[("b.py", "b\n")]);
    github.expect_check(&pull.head, None, "approved");
    settle(&github);
    github.forget_calls();
    github.label(&pull, "ready", true);
    settle(&github);
    assert_eq!(github.calls().get(CONTENTS), Some(&1));
    let status = github.data().log.iter().rev().find(|it| it.route == CONTENTS).map(|it| it.status);
    assert_eq!(status, Some(304));
    // Pinned to a commit it is asked for once.
    let commit = github.data().repository("acme/.github").branches["v3"].clone();
    let pinned = EXTENDING.replace("@v3", &format!("@{commit}"));
    github.push("acme/shop", "main", &[(".github/gate.yml", &pinned)]);
    github.label(&pull, "again", true);
    settle(&github);
    let check = github.expect_check(&pull.head, None, "approved");
    assert_says(&check.summary, &format!("acme/.github@{commit}:gate.yml"));
    settle(&github);
    github.forget_calls();
    github.label(&pull, "again", false);
    settle(&github);
    assert_eq!(github.calls().get(CONTENTS), None);
    github.push("acme/shop", "main", &[(".github/gate.yml", TITLED)]);
    github.label(&pull, "again", true);
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    assert_eq!(github.calls().get(CONTENTS), None);
    end(github, app);
}

#[test]
fn what_cannot_be_read_fails_the_check_with_the_reason() {
    let github = FakeGitHub::start();
    repository(&github, EXTENDING);
    let app = App::start(&github);
    let pull = opened(&github, &[("b.py", "b\n")]);
    let check = github.expect_check(&pull.head, Some("failure"), "the policy cannot be read");
    assert_says(&check.summary, "it extends acme/.github@v3:gate.yml, which cannot be read");
    settle(&github);
    for (text, words) in [
        (
            &*format!("extends: acme/base@v1\n{REVIEWED}"),
            "extends another policy itself; one level",
        ),
        (
            "version: 1\nrules: { a: { reviw: {} } }\n",
            "cannot be used, line 2: no such key here: `reviw`",
        ),
    ] {
        if github.data().repositories.iter().any(|it| it.full_name() == "acme/.github") {
            github.push("acme/.github", "v3", &[("gate.yml", text)]);
        } else {
            shared(&github, text);
        }
        github.label(&pull, words.get(..8).unwrap_or_default(), true);
        settle(&github);
        let check = github.expect_check(&pull.head, Some("failure"), "The policy cannot be used");
        assert_says(&check.summary, words);
    }
    // A failure that may pass is none of the policy's: it is tried again.
    github.push("acme/.github", "v3", &[("gate.yml", REVIEWED)]);
    github.fail(CONTENTS, Fault::Status(502), 1);
    github.label(&pull, "ready", true);
    github.expect_check(&pull.head, None, "approved");
    end(github, app);
}

#[test]
fn a_private_repository_of_others_is_not_shown_by_a_policy() {
    let github = FakeGitHub::start();
    repository(
        &github,
        &EXTENDING.replace("acme/.github@v3:gate.yml", "acme/secret@main:gate.yml"),
    );
    github.repository("acme/secret", &[("gate.yml", REVIEWED)]);
    github.data().repository("acme/secret").private = true;
    let app = App::start(&github);
    let pull = opened(&github, &[("b.py", "b\n")]);
    let check = github.expect_check(&pull.head, Some("failure"), "the policy cannot be read");
    assert_says(&check.summary, "does not show it to the App");
    settle(&github);
    github.data().repository("acme/secret").private = false;
    github.label(&pull, "ready", true);
    github.expect_check(&pull.head, None, "approved");
    end(github, app);
}

#[test]
fn the_base_decides_what_is_extended() {
    let github = FakeGitHub::start();
    repository(&github, EXTENDING);
    shared(&github, REVIEWED);
    let app = App::start(&github);
    let weaker = EXTENDING.replace("@v3", "@anything");
    let pull = opened(&github, &[(".github/gate.yml", &weaker)]);
    let check = github.expect_check(&pull.head, None, "approved");
    assert_says(&check.summary, "is read only once it stands on the base branch");
    assert_says(&check.summary, "acme/.github@anything:gate.yml");
    settle(&github);
    let asked = github.data().log.iter().any(|call| call.path.contains("anything"));
    assert!(!asked, "what a head asks for is not fetched");
    // With the same, the head's policy is shown as it would judge.
    let more = EXTENDING.replace("at-most: 200", "at-most: 1");
    let pull = github.push_to(&pull, &[(".github/gate.yml", &more)]);
    let check = github.expect_check(&pull.head, None, "approved");
    assert_says(&check.summary, "it would be: **failed**");
    end(github, app);
}

#[test]
fn a_repository_without_a_policy_has_the_organisations_which_may_extend_another() {
    let github = FakeGitHub::start();
    github.repository("acme/shop", &[("src/a.py", "a = 1\n")]);
    github.collaborator("acme/shop", "ada", "write");
    github.collaborator("acme/shop", "grace", "write");
    shared(&github, REVIEWED);
    github.push("acme/.github", "main", &[(".github/gate.yml", TITLED)]);
    let app = App::start(&github);
    let pull = opened(&github, &[("b.py", "b\n")]);
    github.expect_check(&pull.head, Some("success"), "Passed: the required rule holds (1 of 1)");
    settle(&github);
    github.push("acme/.github", "main", &[(".github/gate.yml", EXTENDING)]);
    github.label(&pull, "ready", true);
    settle(&github);
    let check = github.expect_check(&pull.head, None, "approved");
    assert_says(&check.summary, "acme/.github@v3:gate.yml");
    settle(&github);
    // Its own comes first, and is the only one.
    github.push("acme/shop", "main", &[(".github/gate.yml", TITLED)]);
    github.label(&pull, "own", true);
    github.expect_check(&pull.head, Some("success"), "Passed: the required rule holds (1 of 1)");
    settle(&github);
    // Gone there, and gone here: there is no gate any more.
    github.push_changes("acme/shop", "main", &[(".github/gate.yml", None)]);
    github.push("acme/.github", "main", &[(".github/gate.yml", "version: 1\nrules: {}\n")]);
    github.label(&pull, "none", true);
    let check = github.expect_check(&pull.head, Some("failure"), "The policy cannot be used");
    assert_says(&check.summary, "acme/.github: .github/gate.yml");
    end(github, app);
}
