//! The one comment on a pull request.

use gate_tests::github::{FakeGitHub, Fault, Pull};

use crate::app::{App, POLICY, open, repository, run_ci, settle};

const CREATE: &str = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
const UPDATE: &str = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}";
const LIST: &str = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";

fn with_comment(choice: &str) -> String {
    format!("{POLICY}comment: {choice}\n")
}

/// A pull request, which is pending.
fn opened(github: &FakeGitHub) -> Pull {
    let pull = open(github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    pull
}

#[track_caller]
fn expect_no_comment(github: &FakeGitHub) {
    settle(github);
    let data = github.data();
    let comments: Vec<_> = data.repositories.iter().flat_map(|one| &one.comments).collect();
    assert!(comments.is_empty(), "{comments:?}");
}

/// Somebody deletes every comment.
fn delete_comments(github: &FakeGitHub) {
    github.data().repositories.iter_mut().for_each(|one| one.comments.clear());
}

fn calls(github: &FakeGitHub, route: &str) -> usize {
    github.calls().get(route).copied().unwrap_or_default()
}

#[test]
fn a_policy_that_does_not_ask_for_one_gets_none() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = opened(&github);
    run_ci(&github, &pull, 1, 1);
    github.expect_check(&pull.head, Some("failure"), "Failed");
    expect_no_comment(&github);
    drop(app);
    github.finish();
}

#[test]
fn one_comment_comes_with_the_first_red_and_is_kept_true_until_it_is_green() {
    let github = FakeGitHub::start();
    repository(&github, &with_comment("when-not-green"));
    let app = App::start(&github);
    // While everything is on its way there is nothing to tell anybody.
    let pull = opened(&github);
    expect_no_comment(&github);

    run_ci(&github, &pull, 1, 1);
    github.expect_check(&pull.head, Some("failure"), "Failed");
    let red = github.expect_comment(&pull, "### ✗ Failed: 2 of 3 required rules not met");
    assert!(red.body.starts_with("<!-- gate: the one comment -->\n"), "{}", red.body);
    // What is missing stands before the table, and both before the details.
    let at = |words: &str| red.body.find(words).unwrap_or_else(|| panic!("{words}: {}", red.body));
    assert!(at("- ✗ **nothing insecure**") < at("| outcome | rule |"));
    assert!(at("| outcome | rule |") < at("<details><summary>Details</summary>"));
    assert!(at("</details>") < at("The check `gate` decides"));
    assert!(red.body.contains(&pull.head[..12]));

    // It is mended. The same comment says so at each step.
    let pull = github.push_to(&pull, &[("src/a.py", "a = 3\n")]);
    github.expect_check(&pull.head, None, "Pending");
    github.expect_comment(&pull, "### … Pending");
    run_ci(&github, &pull, 9, 0);
    github.expect_comment(&pull, "a colleague has approved it");
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    let green = github.expect_comment(&pull, "### ✓ Passed: all required rules hold (3 of 3)");
    assert_eq!(green.id, red.id);
    assert!(!green.body.contains('✗'), "{}", green.body);
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_pull_request_that_was_never_red_gets_no_comment() {
    let github = FakeGitHub::start();
    repository(&github, &with_comment("when-not-green"));
    let app = App::start(&github);
    let pull = opened(&github);
    run_ci(&github, &pull, 9, 0);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    expect_no_comment(&github);
    drop(app);
    github.finish();
}

#[test]
fn the_first_look_costs_one_call_for_the_comment_and_what_changes_nothing_costs_none() {
    let github = FakeGitHub::start();
    repository(&github, &with_comment("always"));
    let app = App::start(&github);
    let pull = opened(&github);
    github.expect_comment(&pull, "### … Pending");
    settle(&github);
    let count = |routes: [&str; 3]| routes.map(|route| calls(&github, route));
    assert_eq!(count([CREATE, UPDATE, LIST]), [1, 0, 0]);
    github.label(&pull, "ready", true);
    settle(&github);
    assert_eq!(count([CREATE, UPDATE, LIST]), [1, 0, 0]);
    github.review(&pull, "grace", "APPROVED");
    github.expect_comment(&pull, "approvals: 1 ≥ 1 ✓");
    settle(&github);
    assert_eq!(count([CREATE, UPDATE, LIST]), [1, 1, 0]);
    github.expect_check(&pull.head, None, "Pending");
    drop(app);
    github.finish();
}

#[test]
fn it_is_found_again_when_the_store_was_lost() {
    let github = FakeGitHub::start();
    repository(&github, &with_comment("when-not-green"));
    let app = App::start(&github);
    let pull = opened(&github);
    run_ci(&github, &pull, 9, 1);
    let red = github.expect_comment(&pull, "### ✗ Failed");
    settle(&github);
    drop(app);

    // The new store knows nothing, and so much the less what to write: it stands there already.
    github.forget_calls();
    let app = App::start(&github);
    github.label(&pull, "ready", true);
    settle(&github);
    github.expect_check(&pull.head, Some("failure"), "Failed");
    assert_eq!((calls(&github, CREATE), calls(&github, UPDATE)), (0, 0));
    drop(app);

    // Green at first sight: what another store said is not left to stand.
    let app = App::start(&github);
    github.push_to(&pull, &[("src/a.py", "a = 3\n")]);
    let pull = github.now_of(&pull);
    run_ci(&github, &pull, 9, 0);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    let green = github.expect_comment(&pull, "### ✓ Passed");
    assert_eq!(green.id, red.id);
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn an_answer_that_was_lost_makes_no_second_comment() {
    let github = FakeGitHub::start();
    repository(&github, &with_comment("always"));
    let app = App::start(&github);
    github.fail(CREATE, Fault::DoneButBadGateway, 1);
    // And whoever looks for it at once finds GitHub ill.
    github.fail(LIST, Fault::Status(502), 1);
    let pull = opened(&github);
    settle(&github);
    github.review(&pull, "grace", "APPROVED");
    github.expect_comment(&pull, "approvals: 1 ≥ 1 ✓");
    settle(&github);
    assert_eq!(calls(&github, CREATE), 1);
    github.expect_check(&pull.head, None, "Pending");
    drop(app);
    github.finish();
}

#[test]
fn a_deleted_comment_is_made_anew_when_there_is_something_new_to_say() {
    let github = FakeGitHub::start();
    repository(&github, &with_comment("when-not-green"));
    let app = App::start(&github);
    let pull = opened(&github);
    run_ci(&github, &pull, 1, 1);
    let first = github.expect_comment(&pull, "Failed: 2 of 3");
    settle(&github);
    delete_comments(&github);
    github.label(&pull, "ready", true);
    expect_no_comment(&github);

    run_ci(&github, &pull, 9, 1);
    let second = github.expect_comment(&pull, "Failed: 1 of 3");
    assert_ne!(second.id, first.id);
    settle(&github);

    // Nobody needs to be told by a new comment that all is well.
    delete_comments(&github);
    run_ci(&github, &pull, 9, 0);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    expect_no_comment(&github);
    drop(app);
    github.finish();
}

#[test]
fn whoever_cannot_comment_publishes_the_check_all_the_same() {
    let github = FakeGitHub::start();
    repository(&github, &with_comment("always"));
    let app = App::start(&github);
    github.fail(CREATE, Fault::Status(403), 100);
    let pull = opened(&github);
    run_ci(&github, &pull, 9, 0);
    github.expect_check(&pull.head, None, "a colleague has approved it");
    settle(&github);
    // What was declined is not tried again before there is something else to say.
    let before = calls(&github, CREATE);
    github.label(&pull, "ready", true);
    settle(&github);
    assert_eq!(calls(&github, CREATE), before);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    expect_no_comment(&github);
    assert!(app.get("/metrics").contains("gate_parked 0"));
    drop(app);
    github.finish();
}

#[test]
fn a_policy_that_wants_none_any_more_says_so_in_the_one_that_is_there() {
    let github = FakeGitHub::start();
    repository(&github, &with_comment("always"));
    let app = App::start(&github);
    let pull = opened(&github);
    let first = github.expect_comment(&pull, "### … Pending");
    github.push("acme/shop", "main", &[(".github/gate.yml", POLICY)]);
    github.label(&pull, "ready", true);
    let last = github.expect_comment(&pull, "The policy wants no comment any more");
    assert_eq!(last.id, first.id);
    github.delivered();
    drop(app);
    github.expect_check(&pull.head, None, "Pending");
    github.finish();
}

#[test]
fn a_very_long_one_is_no_longer_than_github_takes() {
    let github = FakeGitHub::start();
    let mut policy = with_comment("always");
    policy.push_str("when-no-rule-applies: inconclusive\n");
    let rules: String = (0..90)
        .map(|number| {
            let name = format!("{number} {}", "🦀".repeat(95));
            format!("  \"{name}\": {{ findings: {{ report: bandit, at-most: {number} }} }}\n")
        })
        .collect();
    let policy = policy.replace("rules:\n", &format!("rules:\n{rules}"));
    repository(&github, &policy);
    let app = App::start(&github);
    let pull = opened(&github);
    run_ci(&github, &pull, 9, 100);
    let check = github.expect_check(&pull.head, Some("failure"), "Failed: 91 of 93");
    let summary = check.summary.unwrap_or_default();
    assert!((50_000..=65_535).contains(&summary.len()), "{} bytes", summary.len());
    let comment = github.expect_comment(&pull, "Failed: 91 of 93");
    let characters = comment.body.encode_utf16().count();
    assert!((20_000..=65_536).contains(&characters), "{characters}");
    assert!(comment.body.contains("did not fit here"));
    assert!(comment.body.ends_with("kept up to date with it.</sub>"));
    github.delivered();
    drop(app);
    github.finish();
}
