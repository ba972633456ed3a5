//! What a pull request is compared with.

use gate_tests::github::{FakeGitHub, Opening, Pull, Run};

use crate::app::{App, Time, assert_says, bandit, coverage, open, repository, run_ci, settle};

const POLICY: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml, artifact: coverage }
  bandit: { format: bandit, file: bandit.json, artifact: security }
rules:
  no drop: { coverage: { report: coverage, at-most-below-baseline: 0% } }
  nothing new: { findings: { report: bandit, only: introduced, at-most: 0 } }
";

#[test]
fn the_evidence_of_the_base_is_the_baseline() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);

    // The base has one old finding, and seven of ten lines covered.
    let base = github.push("acme/shop", "main", &[("src/b.py", "b\n")]);
    let run = github.start_workflow("acme/shop", &base, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(7))]);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit(1))]);
    github.finish_workflow(&run, "success");
    github.delivered();

    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 7, 1);
    let check = github.expect_check(&pull.head, Some("success"), "Passed");
    assert_says(&check.summary, "introduced findings");
    assert_says(&check.summary, &base[..12]);

    let pull = github.push_to(&pull, &[("src/a.py", "a = 3\n")]);
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 6, 2);
    let check = github.expect_check(&pull.head, Some("failure"), "Failed: 2 of 2");
    assert_says(&check.summary, "drop of 10.00 points");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn without_one_nothing_can_be_compared() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 7, 0);
    github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    github.delivered();
    drop(app);
    github.finish();
}

const LISTING: &str = "GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts";

/// The reports of a commit of a base branch, with one old finding.
fn measured(github: &FakeGitHub, base: &str) -> Run {
    let run = github.start_workflow("acme/shop", base, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(7))]);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit(1))]);
    run
}

fn open_onto(github: &FakeGitHub, base: &str, branch: &str) -> Pull {
    let files = [("src/a.py", "a = 2\n")];
    let opening = Opening::from_branch(branch).by("ada").onto(base).with(&files);
    github.open_pull_request("acme/shop", &opening)
}

#[test]
fn what_was_pushed_before_the_app_was_there_is_gathered_when_it_is_asked_for() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let base = github.push("acme/shop", "main", &[("src/b.py", "b\n")]);
    github.finish_workflow(&measured(&github, &base), "success");
    github.data().mail.outbox.clear();

    let app = App::start(&github);
    let pull = open_onto(&github, "main", "feature");
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 7, 1);
    let check = github.expect_check(&pull.head, Some("success"), "Passed");
    assert_says(&check.summary, &base[..12]);
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn a_base_that_is_still_being_tested_is_waited_for() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let base = github.push("acme/shop", "main", &[("src/b.py", "b\n")]);
    let run = measured(&github, &base);
    let pull = open_onto(&github, "main", "feature");
    run_ci(&github, &pull, 7, 1);
    let check = github.expect_check(&pull.head, None, "Pending: 2 of 2");
    assert_says(&check.summary, &format!("is awaited from the runs of `{base}`"));
    settle(&github);
    github.finish_workflow(&run, "success");
    let check = github.expect_check(&pull.head, Some("success"), "Passed");
    assert_says(&check.summary, &base[..12]);
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn a_base_that_never_ends_is_waited_for_until_the_deadline() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    let base = github.push("acme/shop", "main", &[("src/b.py", "b\n")]);
    measured(&github, &base);
    let pull = open_onto(&github, "main", "feature");
    run_ci(&github, &pull, 7, 1);
    github.expect_check(&pull.head, None, "Pending: 2 of 2");
    settle(&github);
    // Nobody tells of it: the App looks by itself. An hour is what a report has by default.
    time.pass(61);
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive: 2 of 2");
    assert_says(&check.summary, "have not brought it in time");
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn the_nearest_commit_before_it_that_has_evidence_is_named() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let old = github.push("acme/shop", "main", &[("src/b.py", "b\n")]);
    github.finish_workflow(&measured(&github, &old), "success");
    settle(&github);
    // Three commits later, of which none was tested.
    for text in ["1", "2", "3"] {
        github.push("acme/shop", "main", &[("docs.md", text)]);
    }
    let pull = open_onto(&github, "main", "feature");
    run_ci(&github, &pull, 7, 1);
    let check = github.expect_check(&pull.head, Some("success"), "Passed");
    assert_says(&check.summary, &old[..12]);
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn a_push_to_any_branch_that_a_pull_request_goes_to_is_kept_and_to_others_is_not() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    github.push("acme/shop", "release", &[("src/b.py", "b\n")]);
    let pull = open_onto(&github, "release", "feature");
    github.expect_check(&pull.head, None, "Pending");
    settle(&github);

    github.forget_calls();
    let next = github.push("acme/shop", "release", &[("src/b.py", "c\n")]);
    github.finish_workflow(&measured(&github, &next), "success");
    settle(&github);
    assert_eq!(github.calls()[LISTING], 1, "its evidence is kept before anybody asks for it");

    github.forget_calls();
    let other = github.push("acme/shop", "somewhere", &[("src/c.py", "c\n")]);
    github.finish_workflow(&measured(&github, &other), "success");
    settle(&github);
    assert_eq!(github.calls().get(LISTING), None);
    drop(app);
    github.finish();
}

#[test]
fn the_policy_says_what_holds_without_a_baseline() {
    for (answer, conclusion, title, says) in [
        ("inconclusive", "failure", "Inconclusive", "so nothing can be compared"),
        ("fail", "failure", "Failed", "the policy says to fail then"),
        ("pass", "success", "Passed", "the policy says to pass then"),
        ("absolute", "failure", "Failed", "so what is present is judged by itself"),
    ] {
        let github = FakeGitHub::start();
        let policy = format!(
            "version: 1
reports: {{ bandit: {{ format: bandit, file: bandit.json, artifact: security }} }}
rules:
  nothing new:
    findings: {{ report: bandit, only: introduced, at-most: 0, without-baseline: {answer} }}
"
        );
        repository(&github, &policy);
        let app = App::start(&github);
        let pull = open_onto(&github, "main", "feature");
        run_ci(&github, &pull, 7, 1);
        let check = github.expect_check(&pull.head, Some(conclusion), title);
        assert_says(&check.summary, says);
        settle(&github);
        drop(app);
        github.finish();
    }
}
