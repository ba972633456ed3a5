//! MyPy's JSON lines: what `gate read` says about it.

use gate_tests::{Checked, Repository, fixture_bytes, totals};
use serde_json::json;

use crate::formats::{expect_all_refused, expect_others_refused_by_name, read};

fn judged(rule: &str, bytes: impl AsRef<[u8]>) -> Checked {
    Repository::with_rule(rule).file("mypy.json", bytes).check()
}

#[test]
fn the_errors_are_those_that_the_tool_counts() {
    for (file, tool) in totals("mypy/") {
        let report = read(&file);
        assert_eq!(report["kind"], "findings", "{file}");
        assert_eq!(report["format"], "mypy", "{file}");
        assert_eq!(report["by_severity"]["high"], tool["errors"], "{file}");
    }
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "mypy",
        &[
            (
                "crash-after-json.invalid.jsonl",
                "line 7, column 1: `shop.py:3: error: INTERNAL ERROR",
            ),
            ("deeply-nested.invalid.jsonl", "values nest deeper than 64 levels"),
            ("duplicate-key.invalid.jsonl", "the key `hint` stands here twice"),
            ("empty-folder.invalid.jsonl", "the report is empty"),
            ("empty.invalid.jsonl", "the report is empty"),
            ("html-page.invalid.jsonl", "this is an HTML page, not MyPy JSON lines"),
            ("line-is-a-string.invalid.jsonl", "invalid type: string \"1\", expected i64"),
            ("list.invalid.jsonl", "is no JSON object"),
            ("missing-path.invalid.jsonl", "the summary that a tool prints for people"),
            ("no-message.invalid.jsonl", "missing field `message`"),
            ("text-after-json.invalid.jsonl", "line 7, column 1: `Found 1 error in 1 file"),
            ("text.invalid.jsonl", "this is plain text, not MyPy JSON lines"),
            ("truncated.invalid.jsonl", "line 3, column 219: the report is cut off"),
            ("two-on-a-line.invalid.jsonl", "trailing characters"),
            ("unknown-severity.invalid.jsonl", "unknown variant `warning`"),
            ("utf-16.invalid.jsonl", "a text in UTF-16"),
            ("white-space.invalid.jsonl", "the report is empty"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("mypy", "MyPy JSON lines");
}

#[test]
fn errors_are_high_and_notes_are_low() {
    let report = read("mypy/project.jsonl");
    assert_eq!(report["by_severity"], json!({"high": 5, "medium": 0, "low": 1, "undefined": 0}));
    let bytes = fixture_bytes("mypy/project.jsonl");
    judged("findings: { report: mypy, at-most: 5 }", &bytes).expect_failed();
    judged("findings: { report: mypy, severity: high, at-most: 5 }", &bytes).expect_passed();
}

#[test]
fn a_clean_run_writes_an_empty_line_and_has_checked_something() {
    let account = &read("mypy/clean.named.jsonl")["account"];
    assert_eq!((&account["examined"], &account["reach"]), (&json!(1), &json!("at-least")));
    judged("findings: { report: mypy, at-most: 0 }", "\n").expect_passed();
    judged("findings: { report: mypy, at-most: 0 }", "\r\n").expect_passed();
    judged("findings: { report: mypy, at-most: 0, examined-at-least: 2 }", "\n")
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "reach-unknown");
}

#[test]
fn a_run_that_wrote_nothing_or_text_is_no_clean_run() {
    let rule = "findings: { report: mypy, at-most: 0 }";
    for name in ["empty-folder.invalid.jsonl", "missing-path.invalid.jsonl", "text.invalid.jsonl"] {
        judged(rule, fixture_bytes(&format!("mypy/{name}"))).expect_inconclusive().expect_rule(
            "the rule",
            "inconclusive",
            "report-broken",
        );
    }
}

#[test]
fn a_file_that_cannot_be_parsed_is_unread_and_nothing_else_was_checked() {
    let report = read("mypy/syntax-error.jsonl");
    assert_eq!(report["account"]["examined"], 0);
    assert_eq!(report["account"]["unread"][0]["name"], "unfinished.py");
    judged("findings: { report: mypy, at-most: 9 }", fixture_bytes("mypy/syntax-error.jsonl"))
        .expect_inconclusive()
        .expect_reason("the rule", "left-unread")
        .expect_reason("the rule", "reach-unknown");
}

#[test]
fn old_versions_write_no_end_and_are_read() {
    assert_eq!(read("mypy/project-1.11.0.jsonl")["total"], 7);
}

#[test]
fn only_what_is_new_is_introduced_although_all_of_it_moved() {
    // One message says on which line the name was defined before.
    Repository::with_rule("findings: { report: mypy, only: introduced, at-most: 0 }")
        .fixture("mypy.json", "mypy/project-head.jsonl")
        .baseline("mypy", "base.json", fixture_bytes("mypy/project.jsonl"))
        .check()
        .expect_failed()
        .expect_line("introduced findings, severity low or above: 1 > 0");
}
