//! Safety JSON: what `gate read` says about it.

use gate_tests::{Checked, Repository, fixture_bytes, totals};
use serde_json::{Value, json};

use crate::formats::{expect_all_refused, expect_others_refused_by_name, notes, read};

fn judged(rule: &str, name: &str) -> Checked {
    Repository::with_rule(rule).fixture("safety.json", &format!("safety/{name}")).check()
}

/// How often a note of this code was made.
fn counted(report: &Value, code: &str) -> u64 {
    let notes = report["notes"].as_array().unwrap();
    let note = notes.iter().find(|note| note["code"] == code);
    note.map_or(0, |note| note["count"].as_u64().unwrap())
}

#[test]
fn the_totals_are_those_of_the_tool_itself() {
    for (file, tool) in totals("safety/") {
        let report = read(&file);
        assert_eq!(report["kind"], "vulnerabilities", "{file}");
        assert_eq!(report["format"], "safety", "{file}");
        for said in ["dependencies", "advisories"] {
            assert_eq!(report[said], tool[said], "{said} of {file}");
        }
        // No two advisories of these are of one flaw.
        assert_eq!(report["vulnerabilities"], tool["advisories"], "{file}");
        assert_eq!(json!(counted(&report, "suppressed")), tool["ignored"], "{file}");
    }
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "safety",
        &[
            (
                "counts-more-than-it-lists.invalid.json",
                "Safety counted 24 vulnerabilities and listed 23",
            ),
            ("crash-after-the-report.invalid.json", "line 1205, column 1: there is text after"),
            ("crash-before-the-report.invalid.json", "this is a Python traceback"),
            ("cut-after-the-notice.invalid.json", "line 15, column 1: the report is cut off"),
            ("cut-inside-the-notice.invalid.json", "a notice of Safety begins here"),
            ("deeply-nested.invalid.json", "values nest deeper than 64 levels"),
            ("duplicate-key.invalid.json", "the key `announcements` stands here twice"),
            ("empty-id.invalid.json", "an advisory's id is empty"),
            ("empty.invalid.json", "the report is empty"),
            ("html-page.invalid.json", "this is an HTML page, not Safety JSON"),
            ("list-of-numbers.invalid.json", "expected a list of package, specifier"),
            ("nan.invalid.json", "not well-formed"),
            ("no-meta.invalid.json", "there is neither `report_meta`"),
            ("no-vulnerabilities.invalid.json", "missing field `vulnerabilities`"),
            ("scan-of-another-schema.invalid.json", "its schema_version is \"4.0\""),
            ("text-around.invalid.json", "this is plain text, not Safety JSON"),
            ("truncated.invalid.json", "the report is cut off"),
            ("tuple-too-long.invalid.json", "invalid length 8"),
            ("tuple-too-short.invalid.json", "invalid length 4"),
            ("two-documents.invalid.json", "there is text after the document"),
            ("unknown-reason-to-ignore.invalid.json", "unknown variant `because`"),
            ("utf-16.invalid.json", "a text in UTF-16"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("safety", "Safety JSON");
}

#[test]
fn notices_around_the_json_are_passed_over_and_noted() {
    let around = read("safety/check-3.2.14.json");
    assert_eq!(notes(&around), ["text-around"]);
    let saved = read("safety/check-3.2.14-saved.json");
    assert_eq!(notes(&saved), [""; 0]);
    assert_eq!(around["vulnerabilities"], saved["vulnerabilities"]);
}

#[test]
fn notices_in_colour_are_notices() {
    let frame = "\u{1b}[33m\u{1b}[1m+========================================+\u{1b}[0m";
    let notice = format!("\n{frame}\n\n\u{1b}[31mDEPRECATED:\u{1b}[0m `check`\n\n{frame}\n\n");
    let clean = String::from_utf8(fixture_bytes("safety/check-2.3.5-clean.json")).unwrap();
    Repository::with_rule("vulnerabilities: { report: safety, at-most: 0 }")
        .file("safety.json", format!("{notice}{clean}{notice}"))
        .check()
        .expect_passed()
        .expect_remark("text-around");
}

#[test]
fn every_form_says_the_same_of_the_same_packages() {
    let names = |file: &str| {
        let checked = judged("vulnerabilities: { report: safety, at-most: 22 }", file);
        checked.expect_failed().expect_line("vulnerabilities: 23 > 22");
    };
    for file in ["list-1.10.3.json", "check-2.3.5.json", "check-3.2.14.json"] {
        names(file);
    }
}

#[test]
fn a_known_flaw_is_known_in_the_form_of_another_version() {
    Repository::with_rule("vulnerabilities: { report: safety, only: introduced, at-most: 0 }")
        .fixture("safety.json", "safety/check-3.2.14.json")
        .baseline("safety", "base.json", fixture_bytes("safety/list-1.10.3.json"))
        .check()
        .expect_passed();
}

#[test]
fn flaws_are_known_by_their_cve_ids_too() {
    let waiver = "\nwaivers:\n  - { vulnerability: CVE-2020-28493, package: Jinja2, reason: not reached, expires: 2027-01-31 }\n";
    let rule = "vulnerabilities: { report: safety, at-most: 22 }";
    Repository::with_rules(&[("the rule", rule)], waiver)
        .fixture("safety.json", "safety/check-2.3.5.json")
        .check()
        .expect_passed()
        .expect_line("1 waived");
}

#[test]
fn what_safety_was_told_to_ignore_does_not_count_and_is_noted() {
    judged("vulnerabilities: { report: safety, at-most: 22 }", "check-3.2.14-ignored.json")
        .expect_passed()
        .expect_remark("suppressed");
}

#[test]
fn a_requirement_without_a_version_is_unread() {
    for name in ["check-3.2.14-unpinned.json", "scan-3.8.1-shape.json"] {
        judged("vulnerabilities: { report: safety, at-most: 99 }", name)
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "left-unread");
    }
    let account = &read("safety/check-3.2.14-unpinned.json")["account"];
    assert_eq!(account["unread"][0]["name"], "requests>=2");
}

#[test]
fn the_list_of_old_versions_does_not_say_what_was_audited() {
    let account = &read("safety/list-1.10.3.json")["account"];
    assert_eq!((&account["examined"], &account["reach"]), (&json!(5), &json!("at-least")));
    judged("vulnerabilities: { report: safety, at-most: 0 }", "list-clean.named.json")
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "reach-unknown");
    judged("vulnerabilities: { report: safety, at-most: 0 }", "check-2.3.5-clean.json")
        .expect_passed();
}
