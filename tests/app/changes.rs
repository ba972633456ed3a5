//! What a pull request changes, as GitHub tells it: the list with its patches, and the files
//! themselves where GitHub's limits cut these.

use gate_tests::github::{FakeGitHub, Opening};

use crate::app::{App, assert_says, coverage, open, repository, settle};

const COMPARE: &str = "GET /repos/{owner}/{repo}/compare/{basehead}";
const TREE: &str = "GET /repos/{owner}/{repo}/git/trees/{tree_sha}";
const FILES: &str = "GET /repos/{owner}/{repo}/pulls/{pull_number}/files";

const FOLLOW: &str = "version: 1
rules:
  documentation follows the code:
    unless: { labels: [no-docs-needed] }
    changes: { if-changed: ['src/**'], then-changed: ['docs/**'] }
  a colleague has approved it: { review: { approvals: 0 } }
";

const CHANGED_LINES: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml, artifact: coverage }
rules:
  new code is tested: { coverage: { report: coverage, of: changed-lines, at-least: 80% } }
";

#[test]
fn documentation_follows_the_code() {
    let github = FakeGitHub::start();
    repository(&github, FOLLOW);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    let check = github.expect_check(&pull.head, Some("failure"), "documentation follows the code");
    assert_says(&check.summary, "change what fits `docs/**` too");
    github.label(&pull, "no-docs-needed", true);
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.label(&pull, "no-docs-needed", false);
    github.expect_check(&pull.head, Some("failure"), "documentation follows the code");
    let pull = github.push_to(&pull, &[("docs/a.md", "a is 2\n")]);
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    // One comparison for each head; the labels cost none.
    assert_eq!(github.calls().get(COMPARE), Some(&2));
    github.delivered();
    drop(app);
    github.finish();
}

/// A workflow run on the head that left this coverage report.
fn report(github: &FakeGitHub, head: &str, xml: &[u8]) {
    let run = github.start_workflow("acme/shop", head, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", xml)]);
    github.finish_workflow(&run, "success");
}

#[test]
fn the_lines_that_a_pull_request_brings_are_judged_by_its_reports() {
    let github = FakeGitHub::start();
    repository(&github, CHANGED_LINES);
    let app = App::start(&github);
    // Lines 2 to 10 are new, and five of them are covered.
    let lines: String = (1..=10).map(|line| format!("a = {line}\n")).collect();
    let files = [("src/a.py", lines.as_str())];
    let opening = Opening::from_branch("feature").by("ada").with(&files);
    let pull = github.open_pull_request("acme/shop", &opening);
    report(&github, &pull.head, &coverage(6));
    let check = github.expect_check(&pull.head, Some("failure"), "new code is tested");
    assert_says(&check.summary, "of the changed lines, lines 5/9 = 55.55 % &lt; 80 % ✗");
    assert_says(&check.summary, "`src/a.py:7` new, not covered");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_file_whose_patch_github_does_not_give_is_compared_here() {
    let github = FakeGitHub::start();
    repository(&github, CHANGED_LINES);
    let app = App::start(&github);
    let lines: String = (1..=20_002).map(|line| format!("a = {line}\n")).collect();
    let files = [("src/a.py", lines.as_str())];
    let opening = Opening::from_branch("feature").by("ada").with(&files);
    let pull = github.open_pull_request("acme/shop", &opening);
    report(&github, &pull.head, &coverage(6));
    let check = github.expect_check(&pull.head, Some("failure"), "new code is tested");
    assert_says(&check.summary, "of the changed lines, lines 5/9");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn of_more_files_than_github_compares_none_is_lost() {
    let github = FakeGitHub::start();
    let policy = "version: 1
rules:
  it is not too large: { changes: { at-most-files: 310 } }
  the last file stays: { changes: { forbid: ['many/310.txt'] } }
";
    repository(&github, policy);
    let app = App::start(&github);
    let names: Vec<String> = (1..=310).map(|number| format!("many/{number}.txt")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x\n")).collect();
    let opening = Opening::from_branch("feature").by("ada").with(&files);
    let pull = github.open_pull_request("acme/shop", &opening);
    let check = github.expect_check(&pull.head, Some("failure"), "the last file stays");
    assert_says(&check.summary, "1 file is changed that must not be: `many/310.txt`");
    settle(&github);
    let calls = github.calls();
    let count = |route| calls.get(route).copied().unwrap_or_default();
    assert_eq!((count(COMPARE), count(TREE), count(FILES)), (1, 2, 4));
    github.delivered();
    drop(app);
    github.finish();
}
