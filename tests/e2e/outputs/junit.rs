//! JUnit XML: read back by our own reader, with the same counts.

use gate_tests::{Repository, Run};
use serde_json::Value;

use super::mixed;
use crate::render::{HOSTILE, with_words};

/// What `gate read` sees in the JUnit XML of this repository's verdict, and the run that wrote it.
#[track_caller]
fn read_back(repository: &Repository) -> (Value, Run) {
    let run = repository.gate_check().arg("--format").arg("junit").run();
    let elsewhere = Repository::empty().file("it.xml", &run.stdout);
    let read = elsewhere.gate(["read", "it.xml", "--format", "junit", "--json"]).run();
    read.expect_success();
    (read.json(), run)
}

#[track_caller]
fn expect_counts(read: &Value, counts: [u64; 4]) {
    let keys = ["tests", "failures", "errors", "skipped"];
    assert_eq!(keys.map(|key| read[key].as_u64().unwrap()), counts, "{read:#}");
}

#[test]
fn each_rule_is_a_test_case_and_what_decides_nothing_is_skipped() {
    let (read, run) = read_back(&mixed());
    // Failed twice; the advisory one, the shadow and the one for others are skipped.
    expect_counts(&read, [6, 2, 0, 3]);
    assert_eq!(read["notes"].as_array().map(Vec::len), Some(0), "{read:#}");
    run.expect_exit(1)
        .expect_line("classname=\"gate.findings\" name=\"no insecure code\"")
        .expect_line(
            "<failure type=\"failed\" message=\"findings, severity medium or above: 1 &gt; 0 ✗",
        )
        .expect_line("<skipped message=\"failed (advisory): ")
        .expect_line("<property name=\"outcome\" value=\"failed\"/>");
}

#[test]
fn what_cannot_be_decided_is_an_error_and_so_is_what_is_awaited() {
    let (read, run) =
        read_back(&Repository::with_rule("coverage: { report: coverage, at-least: 10% }"));
    expect_counts(&read, [1, 0, 1, 0]);
    run.expect_exit(3).expect_line("<error type=\"inconclusive\"");
    let awaited = Repository::with_rule("review: {}")
        .fixture("pull-request.json", "pull-request/no-reviews.json");
    let (read, run) = read_back(&awaited);
    expect_counts(&read, [1, 0, 1, 0]);
    run.expect_exit(3).expect_line("<error type=\"pending\"");
}

#[test]
fn a_gate_to_which_no_rule_applied_is_not_green() {
    let repository = Repository::with_rule("unless: { draft: false }, review: {}")
        .fixture("pull-request.json", "pull-request/approved.json");
    let (read, run) = read_back(&repository);
    expect_counts(&read, [2, 0, 1, 1]);
    run.expect_exit(3).expect_line("classname=\"gate\" name=\"gate\"");
}

#[test]
fn foreign_words_stay_words() {
    for word in HOSTILE {
        let (read, run) = read_back(&with_words(word));
        run.expect_exit(1);
        assert_eq!(read["tests"], 5, "{word:?}\n{run}");
        let bad = |c: &char| c.is_control() && *c != '\n';
        assert_eq!(run.stdout.chars().find(bad), None, "{word:?}\n{run}");
    }
}
