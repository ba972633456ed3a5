//! What a base branch has reached, as the App keeps it: its best is not given away.

use gate_tests::github::{FakeGitHub, Opening, Pull};

use crate::app::{App, assert_says, coverage, repository, settle};

fn policy(keys: &str) -> String {
    format!(
        "version: 1
reports: {{ coverage: {{ format: cobertura, file: coverage.xml, artifact: coverage }} }}
rules: {{ the best is kept: {{ coverage: {{ report: coverage, {keys} }} }} }}
"
    )
}

const RATCHET: &str = "never-below: best-of-base";

/// The next commit of a branch, of which so many of ten lines ran.
fn measured(github: &FakeGitHub, branch: &str, covered: usize) -> String {
    let commit = github.push("acme/shop", branch, &[("src/b.py", &format!("{covered}\n"))]);
    ran(github, &commit, covered);
    commit
}

fn ran(github: &FakeGitHub, commit: &str, covered: usize) {
    let run = github.start_workflow("acme/shop", commit, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(covered))]);
    github.finish_workflow(&run, "success");
}

/// A pull request of which so many of ten lines ran.
fn pull(github: &FakeGitHub, (base, branch): (&str, &str), covered: usize) -> Pull {
    let files = [("src/a.py", "a = 2\n")];
    let opening = Opening::from_branch(branch).by("ada").onto(base).with(&files);
    let pull = github.open_pull_request("acme/shop", &opening);
    ran(github, &pull.head, covered);
    pull
}

/// The repository, with a pull request that goes to `main`, so that the App listens to it.
fn started(policy: &str) -> (FakeGitHub, App, Pull) {
    let github = FakeGitHub::start();
    repository(&github, policy);
    let app = App::start(&github);
    let opening = Opening::from_branch("waits").by("ada").with(&[("docs.md", "x\n")]);
    let waits = github.open_pull_request("acme/shop", &opening);
    settle(&github);
    (github, app, waits)
}

fn end(github: FakeGitHub, app: App, waits: &Pull) {
    settle(&github);
    github.expect_check(&waits.head, None, "Pending");
    drop(app);
    github.finish();
}

#[test]
fn the_best_that_the_base_ever_reached_is_held_though_it_fell() {
    let (github, app, waits) = started(&policy(RATCHET));
    let mut commits = Vec::new();
    for covered in [8, 9, 7] {
        commits.push(measured(&github, "main", covered));
        settle(&github);
    }
    let worse = pull(&github, ("main", "worse"), 8);
    let check = github.expect_check(&worse.head, Some("failure"), "Failed");
    assert_says(&check.summary, "lines 8/10 = 80.00 %, best of the base 9/10 = 90.00 %");
    assert_says(&check.summary, &format!("reached by `{}`", &commits[1][..12]));
    assert_says(&check.summary, "of 3 measured commits");
    let good = pull(&github, ("main", "good"), 9);
    github.expect_check(&good.head, Some("success"), "Passed");
    settle(&github);

    // It is in the store: another App on the same database knows it, and asks GitHub nothing about it.
    let app = app.restart(&github);
    github.forget_calls();
    github.label(&good, "ready", true);
    settle(&github);
    let calls = github.calls();
    assert_eq!(calls.get("POST /graphql"), Some(&1), "{calls:?}");
    github.expect_check(&good.head, Some("success"), "Passed");
    end(github, app, &waits);
}

#[test]
fn what_came_to_the_base_after_the_pull_request_parted_from_it_is_not_held_against_it() {
    let (github, app, waits) = started(&policy(RATCHET));
    measured(&github, "main", 7);
    settle(&github);
    let files = [("src/a.py", "a = 2\n")];
    let opening = Opening::from_branch("early").by("ada").with(&files);
    let early = github.open_pull_request("acme/shop", &opening);
    measured(&github, "main", 9);
    settle(&github);
    ran(&github, &early.head, 8);
    github.expect_check(&early.head, Some("success"), "Passed");
    // Nor is what another branch has reached.
    measured(&github, "release", 10);
    let late = pull(&github, ("main", "late"), 9);
    github.expect_check(&late.head, Some("success"), "Passed");
    end(github, app, &waits);
}

#[test]
fn another_rule_measures_the_evidence_anew_that_is_kept() {
    let (github, app, waits) = started(&policy(RATCHET));
    measured(&github, "main", 9);
    settle(&github);
    measured(&github, "main", 7);
    settle(&github);
    // From now on only some files count; what they came to is in the evidence of before.
    let narrow = policy("never-below: best-of-base, paths: { include: [\"src/**\"] }");
    let base = github.push("acme/shop", "main", &[(".github/gate.yml", &narrow)]);
    ran(&github, &base, 7);
    settle(&github);
    let worse = pull(&github, ("main", "worse"), 8);
    let check = github.expect_check(&worse.head, Some("failure"), "Failed");
    assert_says(&check.summary, "best of the base 9/10 = 90.00 %");
    assert_says(&check.summary, "in src/**");
    end(github, app, &waits);
}

#[test]
fn a_best_that_is_a_hundred_and_twenty_commits_old_is_still_known() {
    let (github, app, waits) = started(&policy(RATCHET));
    let best = measured(&github, "main", 9);
    settle(&github);
    let first = pull(&github, ("main", "first"), 9);
    github.expect_check(&first.head, Some("success"), "Passed");
    settle(&github);
    // GitHub tells of fifty at a time; nothing in between is measured, nor announced.
    for number in 0..120 {
        github.push("acme/shop", "main", &[("docs.md", &number.to_string())]);
    }
    github.data().mail.outbox.clear();
    measured(&github, "main", 7);
    settle(&github);
    let worse = pull(&github, ("main", "worse"), 8);
    let check = github.expect_check(&worse.head, Some("failure"), "Failed");
    assert_says(&check.summary, &format!("reached by `{}`", &best[..12]));
    end(github, app, &waits);
}

#[test]
fn small_drops_do_not_add_up_over_many_pull_requests() {
    let budget = "at-most-below-baseline: 10%, drift-budget: 20%";
    let (github, app, waits) = started(&policy(budget));
    for covered in [10, 9, 8] {
        measured(&github, "main", covered);
        settle(&github);
    }
    let worse = pull(&github, ("main", "worse"), 7);
    let check = github.expect_check(&worse.head, Some("failure"), "Failed");
    assert_says(&check.summary, "drift budget 20.00: 20.00 spent and 0.00 refilled by 3 commits");
    assert_says(&check.summary, "10.00 spent and 0.00 refilled here, 0.00 left");
    let same = pull(&github, ("main", "same"), 8);
    github.expect_check(&same.head, Some("success"), "Passed");
    end(github, app, &waits);
}

#[test]
fn without_a_past_the_policy_says_what_holds() {
    for (answer, conclusion, title) in
        [("inconclusive", "failure", "Inconclusive"), ("pass", "success", "Passed")]
    {
        let policy = policy(&format!("{RATCHET}, without-baseline: {answer}"));
        let (github, app, waits) = started(&policy);
        let first = pull(&github, ("main", "first"), 5);
        let check = github.expect_check(&first.head, Some(conclusion), title);
        assert_says(&check.summary, "no commit of it measured");
        end(github, app, &waits);
    }
}
