//! Ruff JSON: what `gate read` says about it.

use gate_tests::{Checked, Repository, fixture_bytes, totals};
use serde_json::{Value, json};

use crate::formats::{expect_all_refused, expect_others_refused_by_name, read, read_as};

const RULE: &str = "findings: { report: ruff, at-most: 0 }";

fn judged(rule: &str, name: &str) -> Checked {
    Repository::with_rule(rule).fixture("ruff.json", &format!("ruff/{name}")).check()
}

#[test]
fn the_totals_are_those_of_the_tool_itself() {
    for (file, tool) in totals("ruff/") {
        let report = read(&file);
        assert_eq!(report["kind"], "findings", "{file}");
        assert_eq!(report["format"], "ruff", "{file}");
        assert_eq!(report["total"], tool["total"], "{file}");
    }
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "ruff",
        &[
            ("deeply-nested.invalid.json", "values nest deeper than 64 levels"),
            ("duplicate-key.invalid.json", "the key `cell` stands here twice"),
            ("empty.invalid.json", "the report is empty"),
            ("html-page.invalid.json", "this is an HTML page, not Ruff JSON"),
            ("json-lines.invalid.json", "this is Ruff's JSON lines, not Ruff JSON"),
            ("list-of-numbers.invalid.json", "expected an object"),
            ("no-code.invalid.json", "missing field `code`"),
            ("no-message.invalid.json", "missing field `message`"),
            ("row-is-a-string.invalid.json", "invalid type: string \"1\", expected u32"),
            ("statistics.invalid.json", "missing field `message`"),
            ("truncated.invalid.json", "the report is cut off"),
            ("two-documents.invalid.json", "trailing characters"),
            ("unknown-severity.invalid.json", "unknown variant `critical`"),
            ("utf-16.invalid.json", "a text in UTF-16"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("ruff", "Ruff JSON");
}

#[test]
fn severities_are_what_ruff_says_and_undefined_where_it_says_nothing() {
    let now = &read("ruff/project.json")["by_severity"];
    assert_eq!(now, &json!({"high": 13, "medium": 0, "low": 0, "undefined": 0}));
    let before = &read("ruff/project-0.9.10.json")["by_severity"];
    assert_eq!(before, &json!({"high": 0, "medium": 0, "low": 0, "undefined": 13}));
}

#[test]
fn what_ruff_could_not_parse_or_open_is_unread() {
    for name in ["errors.json", "project-0.0.292.json", "project-0.5.0.json"] {
        let report = read(&format!("ruff/{name}"));
        let unread = report["account"]["unread"].as_array().unwrap();
        assert_eq!(unread.len(), 1, "{name}: {report}");
        assert!(unread[0]["name"].as_str().unwrap().ends_with("/unfinished.py"), "{report}");
    }
    judged("findings: { report: ruff, at-most: 1 }", "missing-path.json")
        .expect_inconclusive()
        .expect_reason("the rule", "left-unread")
        .expect_line("nowhere.py: No such file or directory");
}

#[test]
fn a_syntax_error_has_one_name_in_all_versions() {
    for name in ["errors.json", "project-0.0.292.json", "project-0.9.10.json"] {
        let json = judged(RULE, name).expect_failed().json.to_string();
        assert!(!json.contains("E999"), "{json}");
    }
}

#[test]
fn a_clean_report_shows_no_file_and_the_policy_must_say_that_this_is_enough() {
    let report = read("ruff/clean.named.json");
    let account =
        json!({"unit": "files", "examined": 0, "reach": "at-least", "skipped": [], "unread": []});
    assert_eq!(report["account"], account);
    judged(RULE, "clean.named.json")
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "reach-unknown")
        .expect_line("say so with `examined-at-least: 0`");
    judged("findings: { report: ruff, at-most: 0, examined-at-least: 0 }", "clean.named.json")
        .expect_passed();
    // One byte is like the other: that is why.
    assert_eq!(
        fixture_bytes("ruff/clean.named.json"),
        fixture_bytes("ruff/empty-folder.named.json")
    );
}

#[test]
fn files_with_findings_are_known_to_be_examined() {
    let account = &read("ruff/project.json")["account"];
    assert_eq!((&account["examined"], &account["reach"]), (&json!(2), &json!("at-least")));
    judged("findings: { report: ruff, at-most: 13, examined-at-least: 2 }", "project.json")
        .expect_passed();
    judged("findings: { report: ruff, at-most: 13, examined-at-least: 3 }", "project.json")
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "reach-unknown");
}

#[test]
fn a_report_without_content_needs_its_format() {
    read_as("ruff", "ruff/clean.named.json").expect_success().expect_line("findings  0");
}

#[test]
fn what_moved_is_not_introduced() {
    // Everything stands three lines further down in the head, and one message names a line.
    let rule = "findings: { report: ruff, only: introduced, at-most: 0 }";
    let text = String::from_utf8(fixture_bytes("ruff/project.json")).unwrap();
    assert!(text.contains("from line 5"), "a message that names a line");
    Repository::with_rule(rule)
        .fixture("ruff.json", "ruff/project-head.json")
        .baseline("ruff", "base.json", text)
        .check()
        .expect_passed();
}

#[test]
fn a_second_copy_is_introduced() {
    let rule = "findings: { report: ruff, only: introduced, at-most: 0 }";
    let text = fixture_bytes("ruff/project.json");
    let mut list: Vec<Value> = serde_json::from_slice(&text).unwrap();
    list.push(list[4].clone());
    Repository::with_rule(rule)
        .file("ruff.json", serde_json::to_string(&list).unwrap())
        .baseline("ruff", "base.json", text)
        .check()
        .expect_failed()
        .expect_line("introduced findings, severity low or above: 1 > 0");
}

#[test]
fn the_rows_of_a_notebook_are_no_lines_of_its_file() {
    let rule = "findings: { report: ruff, at-most: 0, paths: { include: [\"**/*.ipynb\"] } }";
    let checked = judged(rule, "project.json");
    checked.expect_failed().expect_line("notes.ipynb").expect_no_line("notes.ipynb:");
}
