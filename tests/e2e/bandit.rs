//! Bandit JSON: what `gate read` says about it.

use gate_tests::{Bandit, Repository, finding, totals};
use serde_json::json;

use crate::formats::{expect_all_refused, expect_others_refused_by_name, notes, read, read_as};

#[test]
fn the_totals_are_those_of_the_tool_itself() {
    for (file, tool) in totals("bandit/") {
        let report = read(&file);
        assert_eq!(report["kind"], "findings", "{file}");
        assert_eq!(report["format"], "bandit", "{file}");
        // Filtered runs list less than they count.
        let listed = tool.get("results").unwrap_or(&tool);
        for counted in ["total", "by_severity", "by_confidence"] {
            assert_eq!(report[counted], listed[counted], "{counted} of {file}");
        }
        let errors = report["errors"].as_array().unwrap().len();
        assert_eq!(json!(errors), tool["errors"], "errors of {file}");
        let filtered = notes(&report).contains(&"results-filtered");
        assert_eq!(filtered, tool.get("results").is_some(), "{file}: {report}");
    }
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "bandit",
        &[
            ("deeply-nested.invalid.json", "expected the object of a result"),
            ("duplicate-key.invalid.json", "the key `errors` stands here twice"),
            ("empty.invalid.json", "the report is empty"),
            ("html-page.invalid.json", "this is an HTML page, not Bandit JSON"),
            ("line-number-is-a-string.invalid.json", "invalid type: string \"7\""),
            ("list-of-numbers.invalid.json", "expected the object of a Bandit report"),
            ("lower-case-severity.invalid.json", "issue_severity is `low`"),
            ("nan.invalid.json", "not well-formed"),
            ("negative-line-number.invalid.json", "integer `-7`"),
            ("no-filename.invalid.json", "missing field `filename`"),
            ("no-results.invalid.json", "missing field `results`"),
            ("pip-audit.invalid.json", "this is pip-audit JSON, not Bandit JSON"),
            ("sarif.invalid.json", "this is SARIF, not Bandit JSON"),
            ("truncated.invalid.json", "the report is cut off"),
            ("two-documents.invalid.json", "missing field `results`"),
            ("unknown-severity.invalid.json", "issue_severity is `CRITICAL`"),
            ("utf-16.invalid.json", "a text in UTF-16"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("bandit", "Bandit JSON");
}

#[test]
fn what_bandit_could_not_read_is_listed_with_its_reason() {
    let report = read("bandit/errors-only.json");
    assert_eq!(report["account"]["examined"], 0);
    let errors = report["errors"].as_array().unwrap();
    assert!(errors.contains(&json!({
        "filename": "unfinished.py", "reason": "syntax error while parsing AST from file"
    })));
}

#[test]
fn a_baseline_of_bandits_own_is_noted() {
    let report = read("bandit/small-project-candidates.json");
    assert!(notes(&report).contains(&"own-baseline"), "{report}");
}

#[test]
fn the_counts_of_old_versions_are_floats_and_are_read() {
    let report = read("bandit/small-project-1.7.0.json");
    assert_eq!(report["total"], 15);
    assert_eq!(report["account"]["examined"], 5);
}

#[test]
fn the_format_may_be_named() {
    let named = read_as("bandit", "bandit/one-copy.json");
    named.expect_success().expect_line("findings  1").expect_line("medium    1");
}

#[test]
fn every_severity_is_counted_apart() {
    let levels = ["LOW", "MEDIUM", "MEDIUM", "HIGH", "HIGH", "HIGH", "UNDEFINED"];
    let findings = levels.map(|level| finding("B1", "a.py", 1).severity(level));
    let repository = Repository::empty().file("bandit.json", Bandit::with(findings).json());
    let report = repository.gate(["read", "bandit.json", "--json"]).run().json();
    assert_eq!(report["by_severity"], json!({"high": 3, "medium": 2, "low": 1, "undefined": 1}));
    assert_eq!(report["by_confidence"], json!({"high": 7, "medium": 0, "low": 0, "undefined": 0}));
}

#[test]
fn a_report_without_totals_is_read_and_noted() {
    let report = r#"{"errors": [], "metrics": {"a.py": {"loc": 1}}, "results": []}"#;
    Repository::with_rule("findings: { report: bandit, at-most: 0 }")
        .file("bandit.json", report)
        .check()
        .expect_passed()
        .expect_remark("totals-not-stated");
}
