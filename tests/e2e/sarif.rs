//! SARIF 2.1.0: what `gate read` says about it.

use gate_tests::{Checked, Repository, totals};
use serde_json::{Value, json};

use crate::formats::{expect_all_refused, expect_others_refused_by_name, notes, read};

const RULE: &str = "findings: { report: sarif, at-most: 0 }";

fn judged(rule: &str, name: &str) -> Checked {
    Repository::with_rule(rule).fixture("report.sarif", &format!("sarif/{name}")).check()
}

/// A log of one run of `a-tool` with these results.
fn log(results: &Value) -> String {
    let run = json!({"tool": {"driver": {"name": "a-tool"}}, "results": results});
    json!({"version": "2.1.0", "runs": [run]}).to_string()
}

/// A result at this line of `a.py`, with this source and these further keys.
fn result(line: u32, source: &str, more: &Value) -> Value {
    let region = json!({"startLine": line, "snippet": {"text": source}});
    let place = json!({"artifactLocation": {"uri": "a.py"}, "region": region});
    let mut result = json!({
        "ruleId": "R1", "message": {"text": "A flaw."}, "locations": [{"physicalLocation": place}],
    });
    result.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    result
}

/// Judged by `only: introduced`.
fn introduced(base: &[Value], head: &[Value]) -> Checked {
    Repository::with_rule("findings: { report: sarif, only: introduced, at-most: 0 }")
        .file("report.sarif", log(&json!(head)))
        .baseline("sarif", "base.sarif", log(&json!(base)))
        .check()
}

#[test]
fn the_totals_are_those_of_the_tool_itself() {
    for (file, tool) in totals("sarif/") {
        let report = read(&file);
        assert_eq!(report["kind"], "findings", "{file}");
        assert_eq!(report["format"], "sarif", "{file}");
        assert_eq!(report["total"], tool["total"], "{file}");
        if let Some(by_severity) = tool.get("by_severity") {
            assert_eq!(report["by_severity"], *by_severity, "{file}");
        }
    }
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "sarif",
        &[
            ("deeply-nested.invalid.json", "values nest deeper than 64 levels"),
            ("duplicate-key.invalid.sarif", "the key `level` stands here twice"),
            ("empty.invalid.json", "the report is empty"),
            ("html-page.invalid.json", "this is an HTML page, not SARIF"),
            ("list-of-numbers.invalid.json", "expected an object"),
            ("no-driver.invalid.sarif", "missing field `driver`"),
            ("no-message.invalid.sarif", "missing field `message`"),
            ("no-such-artifact.invalid.sarif", "there is no artifact of index 99"),
            ("no-such-rule.invalid.sarif", "there is no rule of index 99"),
            ("results-in-another-file.invalid.sarif", "results are in other files"),
            ("runs-is-null.invalid.sarif", "`runs` is null"),
            ("success-not-stated.invalid.sarif", "missing field `executionSuccessful`"),
            ("truncated.invalid.json", "the report is cut off"),
            ("two-documents.invalid.json", "trailing characters"),
            ("unknown-baseline-state.invalid.sarif", "unknown variant `old`"),
            ("unknown-kind.invalid.sarif", "unknown variant `passed`"),
            ("unknown-level.invalid.sarif", "unknown variant `critical`"),
            ("unknown-status.invalid.sarif", "unknown variant `refused`"),
            ("utf-16.invalid.json", "a text in UTF-16"),
            ("version-2.0.0.invalid.sarif", "it is SARIF \"2.0.0\"; only 2.1.0 is read"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("sarif", "SARIF");
}

#[test]
fn a_level_is_the_results_own_or_the_rules_default_or_warning() {
    let checked = judged(RULE, "any-shape.sarif");
    checked.expect_failed();
    let json = checked.json.to_string();
    for (text, severity) in [
        ("The level is the rule's: error.", "high"),
        ("The level is its own.", "medium"),
        ("The rule is R2, of which this is a part.", "low"),
        ("The level is none.", "undefined"),
        ("Perhaps a problem.", "undefined"),
    ] {
        let words = format!("{severity} ");
        assert!(json.contains(text) && json.contains(&words), "{severity} {text}: {json}");
    }
    let levels = [json!({"level": "error"}), json!({"level": "note"}), json!({})];
    let results: Vec<Value> = levels.iter().map(|level| result(1, "x", level)).collect();
    let repository = Repository::empty().file("a.sarif", log(&json!(results)));
    let report = repository.gate(["read", "a.sarif", "--json"]).run().json();
    assert_eq!(report["by_severity"], json!({"high": 1, "medium": 1, "low": 1, "undefined": 0}));
}

#[test]
fn suppressed_results_do_not_count_unless_that_was_rejected_or_is_under_review() {
    let report = read("sarif/any-shape.sarif");
    let suppressed = report["notes"].as_array().unwrap().iter().find(|n| n["code"] == "suppressed");
    assert_eq!(suppressed.unwrap()["count"], 2);
    let with = |status: &str| {
        result(1, "x", &json!({"suppressions": [{"kind": "inSource", "status": status}]}))
    };
    for (status, passes) in [("accepted", true), ("rejected", false), ("underReview", false)] {
        let rule = "findings: { report: sarif, at-most: 0, examined-at-least: 0 }";
        let repository =
            Repository::with_rule(rule).file("report.sarif", log(&json!([with(status)])));
        let outcome = &repository.check().json["outcome"];
        assert_eq!(outcome == "passed", passes, "{status}");
    }
}

#[test]
fn what_is_gone_or_no_problem_does_not_count() {
    let report = read("sarif/any-shape.sarif");
    assert!(notes(&report).contains(&"no-problem"), "{report}");
    assert!(notes(&report).contains(&"own-baseline"), "{report}");
    let results = json!([
        result(1, "x", &json!({"baselineState": "absent"})),
        result(2, "x", &json!({"kind": "pass"})),
    ]);
    Repository::with_rule("findings: { report: sarif, at-most: 0, examined-at-least: 0 }")
        .file("report.sarif", log(&results))
        .check()
        .expect_passed()
        .expect_remark("no-problem")
        .expect_remark("own-baseline");
}

#[test]
fn a_baseline_of_the_tools_own_makes_nothing_old() {
    let unchanged = result(1, "x", &json!({"baselineState": "unchanged"}));
    introduced(&[], &[unchanged]).expect_failed();
}

#[test]
fn a_result_that_moved_is_known_and_a_second_copy_is_new() {
    let known = || result(3, "call(x)", &json!({}));
    introduced(&[known()], &[result(30, "  call(x)", &json!({}))]).expect_passed();
    introduced(&[known()], &[known(), known()]).expect_failed().expect_line("1 > 0");
    introduced(&[known()], &[result(3, "call(y)", &json!({}))]).expect_failed();
}

#[test]
fn partial_fingerprints_identify_a_result_before_its_source_does() {
    let with = |hash: &str, source: &str| {
        result(3, source, &json!({"partialFingerprints": {"primaryLocationLineHash": hash}}))
    };
    introduced(&[with("a1:1", "x = 1")], &[with("a1:1", "x  =  2")]).expect_passed();
    introduced(&[with("a1:1", "x = 1")], &[with("b2:1", "x = 1")]).expect_failed();
}

#[test]
fn paths_are_those_of_the_repository() {
    let checked = judged(RULE, "any-shape.sarif");
    let items = checked.json.to_string();
    for path in ["\"lib/größe.py\"", "src/c.py"] {
        assert!(items.contains(path), "{path}: {items}");
    }
}

#[test]
fn a_run_that_failed_or_was_not_carried_out_is_unread() {
    let report = read("sarif/failed-run-shape.sarif");
    assert_eq!(
        report["account"]["unread"],
        json!([
            {"name": "Failed", "reason": "out of memory"},
            {"name": "src/bad.py", "reason": "cannot parse"},
            {"name": "Nothing", "reason": "the run has no results: it was not carried out"},
        ])
    );
    assert_eq!(notes(&report), ["tool-remark"]);
    judged(
        "findings: { report: sarif, at-most: 0, examined-at-least: 0 }",
        "failed-run-shape.sarif",
    )
    .expect_inconclusive()
    .expect_rule("the rule", "inconclusive", "left-unread");
}

#[test]
fn files_that_a_run_was_told_to_look_at_are_examined() {
    let account = &read("sarif/any-shape.sarif")["account"];
    assert_eq!((&account["examined"], &account["reach"]), (&json!(5), &json!("at-least")));
}

#[test]
fn a_clean_log_shows_no_file_and_the_policy_must_say_that_this_is_enough() {
    judged(RULE, "ruff-clean.sarif").expect_inconclusive().expect_rule(
        "the rule",
        "inconclusive",
        "reach-unknown",
    );
    judged("findings: { report: sarif, at-most: 0, examined-at-least: 0 }", "ruff-clean.sarif")
        .expect_passed();
}

#[test]
fn a_log_without_runs_examined_nothing() {
    Repository::with_rule(RULE)
        .file("report.sarif", r#"{"version": "2.1.0", "runs": []}"#)
        .check()
        .expect_inconclusive();
}

#[test]
fn a_result_without_a_file_is_shown_without_one() {
    let results = json!([{"ruleId": "R1", "message": {"text": "No file."}}]);
    let checked = Repository::with_rule(RULE).file("report.sarif", log(&results)).check();
    checked.expect_failed().expect_line("medium R1 No file.");
}
