//! Reports from artifacts: which are taken, which are not, and what is said of it.

use std::io::{Cursor, Write as _};

use gate_tests::github::{CheckRun, FakeGitHub, Run, zip_of};
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::app::{App, assert_says, coverage, open, repository, settle};

const POLICY: &str = "version: 1
reports: { coverage: { format: cobertura, file: coverage.xml, artifact: coverage } }
rules: { enough is tested: { coverage: { report: coverage, at-least: 80% } } }
";

/// The check of a pull request whose only run left what `leave` leaves.
fn judged(conclusion: &str, title: &str, leave: impl FnOnce(&FakeGitHub, &Run)) -> CheckRun {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests", "lint"]);
    leave(&github, &run);
    github.finish_job(&run, "lint", "success");
    github.finish_workflow(&run, "failure");
    let check = github.expect_check(&pull.head, Some(conclusion), title);
    settle(&github);
    drop(app);
    github.finish();
    check
}

fn broken(why: &str, leave: impl FnOnce(&FakeGitHub, &Run)) {
    let check = judged("failure", "Inconclusive", leave);
    assert_says(&check.summary, why);
}

#[test]
fn one_file_as_it_is_is_read_like_one_in_a_zip() {
    judged("success", "Passed", |github, run| {
        github.upload_bytes(run, "coverage", "text/xml", coverage(9));
        // Its name is the artifact's, and that is what the policy asks for.
        github.data().repository("acme/shop").artifacts[0].name = "coverage.xml".to_owned();
        let policy = POLICY.replace("artifact: coverage ", "artifact: coverage.xml ");
        github.push("acme/shop", "main", &[(".github/gate.yml", &policy)]);
    });
}

#[test]
fn what_has_not_come_is_missing_with_the_jobs_and_how_they_ended() {
    broken("in the artifact `coverage`: `CI / tests (failure)`, `CI / lint (success)`", |_, _| {});
    broken("the artifact `coverage` has expired", |github, run| {
        github.upload_artifact(run, "coverage", &[("coverage.xml", &coverage(9))]);
        github.data().repository("acme/shop").artifacts[0].expired = true;
    });
}

#[test]
fn an_artifact_that_is_not_what_its_digest_says_is_no_evidence() {
    broken("should be sha256:0000", |github, run| {
        github.upload_artifact(run, "coverage", &[("coverage.xml", &coverage(9))]);
        let zeros = Some("0".repeat(64));
        github.data().repository("acme/shop").artifacts[0].claimed_digest = zeros;
    });
}

#[test]
fn an_artifact_of_another_commit_or_repository_is_no_evidence() {
    let claimed = |claim: fn(&Run, u64) -> Value| {
        move |github: &FakeGitHub, run: &Run| {
            github.upload_artifact(run, "coverage", &[("coverage.xml", &coverage(9))]);
            let mut data = github.data();
            let repository = data.repository("acme/shop");
            let id = repository.id;
            repository.artifacts[0].claimed_run = Some(claim(run, id));
        }
    };
    broken(
        "the artifact `coverage` is of `the commit ffff",
        claimed(|run, id| of(run, id, &"f".repeat(40))),
    );
    broken(
        "the artifact `coverage` is of `another repository`",
        claimed(|run, id| of(run, id + 1, &run.head)),
    );
    // One that does not say is its run's, and the run is asked.
    judged("success", "Passed", claimed(|_, _| Value::Null));
}

#[test]
fn what_a_stranger_could_pack_is_not_unpacked() {
    let uploaded = |bytes: Vec<u8>| {
        move |github: &FakeGitHub, run: &Run| {
            github.upload_bytes(run, "coverage", "application/zip", bytes);
        }
    };
    broken("expands more than 200 times", uploaded(zeros(8 << 20)));
    broken("a name that leaves its place", uploaded(zip_of(&[("../coverage.xml", &coverage(9))])));
    broken("an absolute name", uploaded(zip_of(&[("/coverage.xml", &coverage(9))])));
    broken("is a symbolic link", uploaded(link()));
    let many: Vec<String> = (0..5_001).map(|number| format!("{number}.txt")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    broken("has 5001 entries; at most 5000 are read", uploaded(zip_of(&many)));
}

#[test]
fn an_artifact_of_two_gigabytes_is_not_fetched() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(9))]);
    github.data().repository("acme/shop").artifacts[0].claimed_size = Some(2 << 30);
    github.finish_workflow(&run, "success");
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "more than 67108864 bytes");
    settle(&github);
    let calls = github.calls();
    assert!(!calls.keys().any(|route| route.contains("archive_format")), "{calls:?}");
    drop(app);
    github.finish();
}

#[test]
fn of_two_attempts_the_newer_artifact_counts() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(10))]);
    github.finish_workflow(&run, "success");
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.rerun_workflow(&run, &["tests"]);
    github.expect_check(&pull.head, None, "Pending");
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(1))]);
    github.finish_workflow(&run, "success");
    let check = github.expect_check(&pull.head, Some("failure"), "Failed");
    assert_says(&check.summary, "lines 1/10");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn two_runs_of_one_workflow_on_one_commit_are_both_looked_at() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let first = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.upload_artifact(&first, "coverage", &[("coverage.xml", &coverage(9))]);
    github.finish_workflow(&first, "success");
    github.expect_check(&pull.head, Some("success"), "Passed");

    // A label starts the same workflow once more: while it runs, its report is the one to come.
    let second = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    let check = github.expect_check(&pull.head, None, "Pending");
    assert_says(&check.summary, "the workflow `CI`, which runs again");
    // It has nothing to do, and leaves nothing: what the first run measured still holds.
    github.finish_workflow(&second, "skipped");
    github.expect_check(&pull.head, Some("success"), "Passed");

    // And where it leaves a report, that one counts.
    let third = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.expect_check(&pull.head, None, "Pending");
    github.upload_artifact(&third, "coverage", &[("coverage.xml", &coverage(2))]);
    github.finish_workflow(&third, "success");
    let check = github.expect_check(&pull.head, Some("failure"), "Failed");
    assert_says(&check.summary, "lines 2/10");
    github.delivered();
    drop(app);
    github.finish();
}

/// What a listing says of the run that left an artifact.
fn of(run: &Run, repository: u64, head: &str) -> Value {
    json!({ "id": run.id, "repository_id": repository, "head_repository_id": repository,
            "head_branch": "feature", "head_sha": head })
}

/// A zip of so many zeros.
fn zeros(many: usize) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    zip.start_file("coverage.xml", packed).expect("memory takes everything");
    zip.write_all(&vec![0; many]).expect("memory takes everything");
    zip.finish().expect("memory takes everything").into_inner()
}

/// A zip whose report is a link to somewhere else.
fn link() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("coverage.xml", "/etc/passwd", SimpleFileOptions::default())
        .expect("memory takes everything");
    zip.finish().expect("memory takes everything").into_inner()
}
