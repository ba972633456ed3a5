//! What loosens the bar itself needs somebody's approval of the head.

use gate_tests::github::{FakeGitHub, Opening};

use crate::app::{App, assert_says, repository, settle};

const COMPARE: &str = "GET /repos/{owner}/{repo}/compare/{basehead}";

const POLICY: &str = "version: 1
rules:
  the bar is not loosened: { weakening: { from: { users: [grace] } } }
";

/// The same with a waiver more.
const LOOSENED: &str = "version: 1
rules:
  the bar is not loosened: { weakening: { from: { users: [grace] } } }
waivers:
  - { finding: B602, reason: it is always so }
";

#[test]
fn what_loosens_the_bar_waits_for_somebody_named() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let files = [(".github/gate.yml", LOOSENED), ("src/a.py", "a = 1\nb = call(a)  # nosec\n")];
    let opening = Opening::from_branch("feature").by("ada").with(&files);
    let pull = github.open_pull_request("acme/shop", &opening);
    let check = github.expect_check(&pull.head, None, "the bar is not loosened");
    assert_says(&check.summary, "1 edit of the policy, 1 suppression loosen the bar");
    assert_says(&check.summary, "`.github/gate.yml:4` is edited: +2 −0");
    assert_says(&check.summary, "`src/a.py:2` new: `# nosec`");
    assert_says(&check.summary, "1 approval of the head from `grace`");
    github.review(&pull, "ken", "APPROVED");
    github.review(&pull, "grace", "APPROVED");
    let check = github.expect_check(&pull.head, Some("success"), "Passed");
    assert_says(&check.summary, "approvals of the head: 1 ≥ 1 ✓, by `grace`");
    settle(&github);
    // The reviews cost no further comparison.
    assert_eq!(github.calls().get(COMPARE), Some(&1));

    // A push after the approval asks for another one.
    let pull = github.push_to(&pull, &[("src/b.py", "b = 1\n")]);
    let check = github.expect_check(&pull.head, None, "the bar is not loosened");
    assert_says(&check.summary, "the approval of `grace` does not count: was given on");
    // What is taken back needs nobody.
    let pull = github.push_to(&pull, &[(".github/gate.yml", POLICY), ("src/a.py", "a = 1\n")]);
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_suppression_that_moved_with_its_file_waits_for_nobody() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    github.push("acme/shop", "main", &[("src/old.py", "a = 1\nb = call(a)  # nosec\n")]);
    let app = App::start(&github);
    github.push_changes(
        "acme/shop",
        "feature",
        &[("src/old.py", None), ("src/new.py", Some(b"a = 1\nc = 3\nb = call(a)  # nosec\n"))],
    );
    let opening = Opening::from_branch("feature").by("ada").with(&[]);
    let pull = github.open_pull_request("acme/shop", &opening);
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}
