//! Whether a report of coverage is about the files of the head, as GitHub lists them.

use gate_tests::{
    Cobertura,
    github::{FakeGitHub, Pull},
};

use crate::app::{App, assert_says, open, settle};

const TREE: &str = "GET /repos/{owner}/{repo}/git/trees/{tree_sha}";

fn policy(more: &str) -> String {
    format!(
        "version: 1
reports:
  coverage: {{ file: coverage.xml, artifact: coverage{more} }}
rules:
  enough is tested: {{ coverage: {{ report: coverage, at-least: 80% }} }}
"
    )
}

/// A repository with this policy, a library in a folder, and a pull request.
fn opened(github: &FakeGitHub, policy: &str) -> Pull {
    let files = ["src/a.py", "lib/py/shop/cart.py", "lib/py/shop/price.py"];
    let mut all = vec![(".github/gate.yml", policy)];
    all.extend(files.map(|file| (file, "a = 1\n")));
    github.repository("acme/shop", &all);
    github.collaborator("acme/shop", "ada", "write");
    open(github, "acme/shop")
}

/// A workflow run on the head that measured these files.
fn measured(github: &FakeGitHub, pull: &Pull, files: &[&str]) {
    let report = files.iter().fold(Cobertura::new(), |report, file| report.file(file, 9, 10));
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", report.xml().as_bytes())]);
    github.finish_workflow(&run, "success");
}

fn trees(github: &FakeGitHub) -> usize {
    github.calls().get(TREE).copied().unwrap_or_default()
}

const BUILT: [&str; 2] = ["/build/shop/cart.py", "/build/shop/price.py"];

#[test]
fn a_report_of_files_that_are_not_there_is_broken_and_says_how_it_is_mended() {
    let github = FakeGitHub::start();
    let pull = opened(&github, &policy(""));
    let app = App::start(&github);
    measured(&github, &pull, &["other/one.py", "other/two.py"]);
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "0 of the 2 files that it measures are files of the repository");
    assert_says(&check.summary, "is it the report of another repository");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn paths_are_brought_to_the_files_of_the_head() {
    // As the longest end that fits one file, without a word in the policy.
    let github = FakeGitHub::start();
    let pull = opened(&github, &policy(""));
    let app = App::start(&github);
    measured(&github, &pull, &["shop/cart.py", "shop/price.py"]);
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn the_prefixes_of_the_policy_bring_paths_to_the_files_of_the_head() {
    let github = FakeGitHub::start();
    let more = ", strip-prefix: /build, add-prefix: lib/py";
    let pull = opened(&github, &policy(more));
    let app = App::start(&github);
    measured(&github, &pull, &BUILT);
    let check = github.expect_check(&pull.head, Some("success"), "Passed");
    assert!(!check.summary.is_some_and(|it| it.contains("prefix-not-there")), "every path has it");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn the_files_of_a_head_are_asked_for_once() {
    let github = FakeGitHub::start();
    let pull = opened(&github, &policy(""));
    let app = App::start(&github);
    settle(&github);
    assert_eq!(trees(&github), 0, "nothing has come that is about files");
    measured(&github, &pull, &["src/a.py"]);
    github.expect_check(&pull.head, Some("success"), "Passed");
    measured(&github, &pull, &["src/a.py"]);
    settle(&github);
    github.label(&pull, "ready", true);
    settle(&github);
    assert_eq!(trees(&github), 1);
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn what_github_does_not_list_at_once_is_listed_folder_by_folder() {
    let github = FakeGitHub::start();
    let pull = opened(&github, &policy(""));
    // All at once there are ten entries; in no folder are more than three.
    github.data().most_entries = 5;
    let app = App::start(&github);
    measured(&github, &pull, &["src/a.py", "lib/py/shop/cart.py", "lib/py/shop/price.py"]);
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    // The root twice, and each of its three folders.
    assert_eq!(trees(&github), 5);
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn where_github_does_not_list_all_files_nothing_is_taken_for_missing() {
    let github = FakeGitHub::start();
    let pull = opened(&github, &policy(""));
    github.data().most_entries = 1;
    let app = App::start(&github);
    measured(&github, &pull, &["src/a.py"]);
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "GitHub does not list all files of");
    settle(&github);
    let asked = trees(&github);
    github.label(&pull, "ready", true);
    settle(&github);
    assert_eq!(trees(&github), asked, "that it cannot be known is known");
    github.delivered();
    drop(app);
    github.finish();
}
