//! Semgrep JSON: what `gate read` says about it.

use gate_tests::{Checked, Repository, fixture_bytes, totals};
use serde_json::{Value, json};

use crate::formats::{expect_all_refused, expect_others_refused_by_name, notes, read};

const RULE: &str = "findings: { report: semgrep, at-most: 0 }";

fn judged(rule: &str, name: &str) -> Checked {
    Repository::with_rule(rule).fixture("semgrep.json", &format!("semgrep/{name}")).check()
}

/// The clean report with this in place of a key's value.
fn with(key: &str, value: &Value) -> String {
    let mut report: Value = serde_json::from_slice(&fixture_bytes("semgrep/clean.json")).unwrap();
    report[key] = value.clone();
    report.to_string()
}

/// What `gate read --json` says of this report.
fn read_text(report: &str) -> Value {
    let repository = Repository::empty().file("semgrep.json", report);
    repository.gate(["read", "semgrep.json", "--json"]).run().json()
}

/// A finding of a rule at a line, with this source and these further keys of `extra`.
fn finding(line: u32, source: &str, more: &Value) -> Value {
    let mut extra =
        json!({"message": "A flaw.", "metadata": {}, "severity": "ERROR", "lines": source});
    extra.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let place = json!({"line": line, "col": 1, "offset": 0});
    json!({"check_id": "a-rule", "path": "ok.py", "start": place, "end": place, "extra": extra})
}

#[test]
fn the_totals_are_those_of_the_tool_itself() {
    for (file, tool) in totals("semgrep/") {
        let report = read(&file);
        assert_eq!(report["kind"], "findings", "{file}");
        assert_eq!(report["format"], "semgrep", "{file}");
        assert_eq!(report["total"], tool["total"], "{file}");
        assert_eq!(report["account"]["examined"], tool["examined"], "{file}");
        assert_eq!(report["account"]["reach"], "stated", "{file}");
    }
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "semgrep",
        &[
            ("deeply-nested.invalid.json", "values nest deeper than 64 levels"),
            ("duplicate-key.invalid.json", "the key `errors` stands here twice"),
            ("empty.invalid.json", "the report is empty"),
            ("html-page.invalid.json", "this is an HTML page, not Semgrep JSON"),
            ("line-is-a-string.invalid.json", "invalid type: string \"1\", expected u32"),
            ("list-of-numbers.invalid.json", "expected an object"),
            ("lower-case-severity.invalid.json", "unknown variant `error`"),
            ("no-errors.invalid.json", "missing field `errors`"),
            ("no-paths.invalid.json", "missing field `paths`"),
            ("truncated.invalid.json", "the report is cut off"),
            ("two-documents.invalid.json", "trailing characters"),
            ("unknown-level-of-an-error.invalid.json", "unknown variant `fatal`"),
            ("unknown-severity.invalid.json", "unknown variant `FATAL`"),
            ("utf-16.invalid.json", "a text in UTF-16"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("semgrep", "Semgrep JSON");
}

#[test]
fn every_severity_has_its_level() {
    let words = [
        ("CRITICAL", "high"),
        ("HIGH", "high"),
        ("ERROR", "high"),
        ("MEDIUM", "medium"),
        ("WARNING", "medium"),
        ("LOW", "low"),
        ("INFO", "low"),
        ("EXPERIMENT", "undefined"),
        ("INVENTORY", "undefined"),
    ];
    for (word, level) in words {
        let results = json!([finding(1, "x", &json!({"severity": word}))]);
        assert_eq!(read_text(&with("results", &results))["by_severity"][level], 1, "{word}");
    }
}

#[test]
fn confidence_and_cwe_are_those_of_the_rule() {
    let report = read("semgrep/project.json");
    assert_eq!(report["by_confidence"], json!({"high": 1, "medium": 0, "low": 0, "undefined": 3}));
}

#[test]
fn a_run_over_nothing_or_a_path_that_is_not_there_is_no_pass() {
    judged(RULE, "clean.json").expect_passed();
    judged(RULE, "empty-folder.json").expect_inconclusive().expect_rule(
        "the rule",
        "inconclusive",
        "too-little-examined",
    );
    judged(RULE, "missing-path.json")
        .expect_inconclusive()
        .expect_reason("the rule", "left-unread")
        .expect_line("Invalid scanning root: nowhere.py");
}

#[test]
fn files_and_rules_that_went_wrong_are_unread() {
    let errors = json!([
        {"code": 3, "level": "warn", "type": ["PartialParsing", []], "message": "cannot parse", "path": "ok.py"},
        {"code": 2, "level": "error", "type": "Timeout", "message": "too slow", "rule_id": "a-rule"},
        {"code": 2, "level": "info", "type": "SemgrepWarning", "message": "by the way"},
    ]);
    let report = read_text(&with("errors", &errors));
    let account = &report["account"];
    assert_eq!(account["examined"], 0, "{report}");
    assert_eq!(
        account["unread"],
        json!([
            {"name": "rule a-rule", "reason": "too slow"},
            {"name": "ok.py", "reason": "cannot parse"},
        ])
    );
    assert_eq!(notes(&report), ["tool-remark"]);
    let skipped = json!([{"rule_id": "other", "details": "needs a login", "position": {}}]);
    let report = read_text(&with("skipped_rules", &skipped));
    assert_eq!(report["account"]["unread"][0]["name"], "rule other");
}

#[test]
fn what_was_passed_over_on_purpose_is_skipped_and_all_else_is_unread() {
    assert_eq!(read("semgrep/skipped.json")["account"]["skipped"][0]["name"], "large.py");
    let paths = json!({"scanned": ["ok.py"], "skipped": [
        {"path": "a.py", "reason": "analysis_failed_parser_or_internal_error"},
        {"path": "b.py", "reason": "a new reason"},
        {"path": "c.py", "reason": "semgrepignore_patterns_match"},
    ]});
    let account = &read_text(&with("paths", &paths))["account"];
    assert_eq!(account["unread"].as_array().unwrap().len(), 2, "{account}");
    assert_eq!(account["skipped"].as_array().unwrap().len(), 1, "{account}");
}

#[test]
fn a_finding_with_nosemgrep_does_not_count_and_is_noted() {
    let report =
        read_text(&with("results", &json!([finding(1, "x", &json!({"is_ignored": true}))])));
    assert_eq!((&report["total"], notes(&report)), (&json!(0), vec!["suppressed"]));
}

#[test]
fn what_moved_is_known_by_its_source_or_where_that_is_hidden_by_its_message() {
    let introduced = |base: Value, head: Value| {
        Repository::with_rule("findings: { report: semgrep, only: introduced, at-most: 0 }")
            .file("semgrep.json", with("results", &head))
            .baseline("semgrep", "base.json", with("results", &base))
            .check()
    };
    let none = json!({});
    introduced(json!([finding(3, "f(x)", &none)]), json!([finding(9, "  f(x)", &none)]))
        .expect_passed();
    introduced(json!([finding(3, "f(x)", &none)]), json!([finding(3, "f(y)", &none)]))
        .expect_failed();
    let hidden = |line| finding(line, "requires login", &none);
    introduced(json!([hidden(3)]), json!([hidden(9)])).expect_passed();
    introduced(json!([hidden(3)]), json!([hidden(3), hidden(9)])).expect_failed();
    Repository::with_rule("findings: { report: semgrep, only: introduced, at-most: 0 }")
        .fixture("semgrep.json", "semgrep/project-head.json")
        .baseline("semgrep", "base.json", fixture_bytes("semgrep/project.json"))
        .check()
        .expect_passed();
}
