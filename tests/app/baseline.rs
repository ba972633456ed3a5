//! What a pull request is compared with.

use gate_tests::github::{FakeGitHub, Opening};

use crate::app::{App, assert_says, bandit, coverage, repository, run_ci};

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

    let pull = github.open_pull_request(
        "acme/shop",
        &Opening::from_branch("feature").by("ada").with(&[("src/a.py", "a = 2\n")]),
    );
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
    let pull = github.open_pull_request(
        "acme/shop",
        &Opening::from_branch("feature").by("ada").with(&[("src/a.py", "a = 2\n")]),
    );
    github.expect_check(&pull.head, None, "Pending");
    run_ci(&github, &pull, 7, 0);
    github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    github.delivered();
    drop(app);
    github.finish();
}
