//! A report in parts: a matrix whose jobs leave an artifact each.

use gate_tests::github::FakeGitHub;

use crate::app::{App, assert_says, coverage, open, repository};

const POLICY: &str = "version: 1
reports:
  coverage: { file: coverage.xml, artifact: \"coverage-{part}\", parts: [py3.10, py3.12] }
rules:
  enough is tested: { coverage: { report: coverage, at-least: 80% } }
";

/// Waits until the newest check at this commit says so.
#[track_caller]
fn says(github: &FakeGitHub, head: &str, words: &str) {
    github.wait(&format!("a check that says {words:?}"), |data| {
        let runs = data.repositories.iter().flat_map(|it| &it.check_runs);
        let newest = runs.filter(|it| it.head == head).max_by_key(|it| it.id);
        let summary = newest.and_then(|it| it.summary.clone()).unwrap_or_default();
        if summary.contains(words) { Ok(()) } else { Err(summary) }
    });
}

#[test]
fn all_parts_of_a_matrix_are_waited_for_and_merged() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    // One workflow has brought its part, another is still at work.
    let old = github.start_workflow("acme/shop", &pull.head, "Old", &["tests (3.10)"]);
    let new = github.start_workflow("acme/shop", &pull.head, "New", &["tests (3.12)"]);
    github.upload_artifact(&old, "coverage-py3.10", &[("coverage.xml", &coverage(3))]);
    github.finish_workflow(&old, "success");
    github.expect_check(&pull.head, None, "Pending");
    says(&github, &pull.head, "from the part `py3.12`: the workflow `New`");
    // The second part covers the rest.
    github.upload_artifact(&new, "coverage-py3.12", &[("coverage.xml", &coverage(9))]);
    github.finish_workflow(&new, "success");
    let check = github.expect_check(&pull.head, Some("success"), "Passed");
    assert_says(&check.summary, "lines 9/10 = 90.00 % ≥ 80 % ✓");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_part_that_nobody_brings_is_missing_and_named_and_a_broken_one_breaks_the_report() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage-py3.10", &[("coverage.xml", &coverage(9))]);
    github.finish_workflow(&run, "success");
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "the part `py3.12`: every workflow run has ended");
    assert_says(&check.summary, "`coverage-py3.12`");

    let pull = github.push_to(&pull, &[("src/a.py", "a = 3\n")]);
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage-py3.10", &[("coverage.xml", &coverage(9))]);
    github.upload_artifact(&run, "coverage-py3.12", &[("coverage.xml", b"<coverage>")]);
    github.finish_workflow(&run, "success");
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "the part `py3.12`: `coverage.xml`");
    assert_says(&check.summary, "the report is cut off");
    github.delivered();
    drop(app);
    github.finish();
}
