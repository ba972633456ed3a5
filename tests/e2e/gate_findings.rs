//! `gate/findings/v1`, our own JSON for scripts: what `gate read` says about it.

use gate_tests::{Checked, Repository, totals};
use serde_json::{Value, json};

use crate::formats::{expect_all_refused, expect_others_refused_by_name, read};

const RULE: &str = "findings: { report: own, at-most: 0 }";

fn judged(rule: &str, name: &str) -> Checked {
    Repository::with_rule(rule).fixture("own.json", &format!("gate-findings/{name}")).check()
}

fn document(findings: &[Value]) -> String {
    json!({"schema": "gate/findings/v1", "tool": "a-script", "examined": 1, "findings": findings})
        .to_string()
}

fn introduced(base: &[Value], head: &[Value]) -> Checked {
    Repository::with_rule("findings: { report: own, only: introduced, at-most: 0 }")
        .file("own.json", document(head))
        .baseline("own", "base.json", document(base))
        .check()
}

#[test]
fn the_totals_are_those_counted_by_hand() {
    for (file, known) in totals("gate-findings/") {
        let report = read(&file);
        assert_eq!(report["kind"], "findings", "{file}");
        assert_eq!(report["format"], "gate-findings", "{file}");
        assert_eq!(report["total"], known["total"], "{file}");
        assert_eq!(report["by_severity"], known["by_severity"], "{file}");
    }
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "gate-findings",
        &[
            ("deeply-nested.invalid.json", "values nest deeper than 64 levels"),
            ("duplicate-key.invalid.json", "the key `tool` stands here twice"),
            ("empty-rule.invalid.json", "the `rule` of a finding is empty"),
            ("empty-tool.invalid.json", "`tool` is empty"),
            ("empty.invalid.json", "the report is empty"),
            ("end-without-a-line.invalid.json", "there is an `end_line` and no `line`"),
            ("examined-is-null.invalid.json", "invalid type: null"),
            ("html-page.invalid.json", "this is an HTML page, not gate/findings/v1"),
            ("line-0.invalid.json", "lines count from 1"),
            ("line-after-the-end.invalid.json", "the `line` 5 comes after the `end_line` 4"),
            ("line-without-a-path.invalid.json", "there is a `line` and no `path`"),
            ("list-of-numbers.invalid.json", "expected an object"),
            ("no-findings.invalid.json", "missing field `findings`"),
            ("no-tool.invalid.json", "missing field `tool`"),
            ("truncated.invalid.json", "the report is cut off"),
            ("two-documents.invalid.json", "trailing characters"),
            ("unknown-key.invalid.json", "unknown field `level`"),
            ("unknown-severity.invalid.json", "unknown variant `critical`"),
            ("upper-case-severity.invalid.json", "unknown variant `HIGH`"),
            ("utf-16.invalid.json", "a text in UTF-16"),
            ("version-2.invalid.json", "its schema is \"gate/findings/v2\""),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("gate-findings", "gate/findings/v1");
}

#[test]
fn the_example_of_the_documentation_reads() {
    let chapters = include_str!("../../docs/reports.md");
    let (_, chapter) = chapters.split_once("\n## gate-findings\n").expect("the chapter");
    let (_, example) = chapter.split_once("```json\n").expect("an example");
    let (example, _) = example.split_once("```").expect("its end");
    let report = Repository::empty()
        .file("own.json", example)
        .gate(["read", "own.json", "--json"])
        .run()
        .json();
    assert_eq!((&report["total"], &report["account"]["examined"]), (&json!(1), &json!(212)));
}

#[test]
fn what_the_script_examined_and_could_not_read_is_its_to_say() {
    judged("findings: { report: own, at-most: 3 }", "project.json").expect_passed();
    judged("findings: { report: own, at-most: 3 }", "unread.json")
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "left-unread");
    judged(RULE, "empty-folder.json").expect_inconclusive().expect_rule(
        "the rule",
        "inconclusive",
        "too-little-examined",
    );
    let silent = r#"{"schema": "gate/findings/v1", "tool": "a-script", "findings": []}"#;
    Repository::with_rule(RULE).file("own.json", silent).check().expect_inconclusive().expect_rule(
        "the rule",
        "inconclusive",
        "reach-unknown",
    );
}

#[test]
fn a_finding_is_known_by_its_context_or_else_by_its_message() {
    let finding = |line: u32, message: &str, context: Option<&str>| {
        let mut finding = json!({"rule": "R1", "path": "a.py", "line": line, "message": message});
        if let Some(context) = context {
            finding["context"] = json!(context);
        }
        finding
    };
    let known = [finding(3, "bad", Some("f(x)"))];
    introduced(&known, &[finding(9, "worse", Some("  f(x)"))]).expect_passed();
    introduced(&known, &[finding(3, "bad", Some("f(y)"))]).expect_failed();
    introduced(&known, &[known[0].clone(), known[0].clone()]).expect_failed();
    let known = [finding(3, "used on line 3", None)];
    introduced(&known, &[finding(9, "used on line 9", None)]).expect_passed();
    introduced(&known, &[finding(3, "defined on line 3", None)]).expect_failed();
}
