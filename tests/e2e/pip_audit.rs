//! pip-audit JSON: what `gate read` says about it.

use gate_tests::{PipAudit, Repository, totals};
use serde_json::json;

use crate::formats::{expect_all_refused, expect_others_refused_by_name, notes, read, read_as};

#[test]
fn the_totals_are_those_of_the_tool_itself() {
    for (file, tool) in totals("pip-audit/") {
        let report = read(&file);
        assert_eq!(report["kind"], "vulnerabilities", "{file}");
        assert_eq!(report["format"], "pip-audit", "{file}");
        for counted in ["dependencies", "advisories", "vulnerabilities", "vulnerable"] {
            assert_eq!(report[counted], tool[counted], "{counted} of {file}");
        }
        let skipped = report["skipped"].as_array().unwrap().len();
        assert_eq!(json!(skipped), tool["skipped"], "skipped of {file}");
    }
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "pip-audit",
        &[
            ("bandit.invalid.json", "this is Bandit JSON, not pip-audit JSON"),
            ("deeply-nested.invalid.json", "values nest deeper than 64 levels"),
            ("duplicate-key.invalid.json", "the key `dependencies` stands here twice"),
            ("empty.invalid.json", "the report is empty"),
            ("html-page.invalid.json", "this is an HTML page, not pip-audit JSON"),
            ("list-of-numbers.invalid.json", "expected an object"),
            ("nan.invalid.json", "not well-formed"),
            (
                "neither-version-nor-skip-reason.invalid.json",
                "`jinja2` has `vulns` and no `version`",
            ),
            ("no-id.invalid.json", "missing field `id`"),
            ("truncated.invalid.json", "the report is cut off"),
            ("two-documents.invalid.json", "trailing characters"),
            ("utf-16.invalid.json", "a text in UTF-16"),
            ("version-is-a-number.invalid.json", "floating point `2.1`, expected a string"),
            ("vulns-is-null.invalid.json", "invalid type: null"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("pip-audit", "pip-audit JSON");
}

#[test]
fn ids_that_only_a_third_entry_joins_are_one_flaw() {
    let report = read("pip-audit/aliases-shape.json");
    assert_eq!((&report["advisories"], &report["vulnerabilities"]), (&json!(4), &json!(2)));
    assert!(notes(&report).contains(&"aliases-merged"), "{report}");
}

#[test]
fn what_the_tool_upgraded_in_its_own_run_does_not_count_and_is_noted() {
    let report = read("pip-audit/all-fixed.json");
    assert_eq!((&report["advisories"], &report["vulnerabilities"]), (&json!(7), &json!(0)));
    assert_eq!(report["fixed"].as_array().unwrap().len(), 2);
    assert!(notes(&report).contains(&"fixed-by-tool"), "{report}");
}

#[test]
fn only_what_was_left_out_on_purpose_is_skipped_and_all_else_is_unread() {
    let account = &read("pip-audit/some-skipped.json")["account"];
    assert_eq!(account["examined"], 2);
    assert_eq!(account["skipped"][0]["name"], "shop");
    assert_eq!(account["unread"], json!([]));
    let account = &read("pip-audit/all-skipped.json")["account"];
    assert_eq!(account["examined"], 0);
    assert_eq!(account["unread"].as_array().unwrap().len(), 2);
}

#[test]
fn the_list_of_old_versions_is_read() {
    let run = read_as("pip-audit", "pip-audit/list-1.1.2.json");
    run.expect_success().expect_line("advisories       6");
}

#[test]
fn a_dependency_listed_twice_counts_once_and_is_noted() {
    let flaw = || PipAudit::flaw("CVE-2020-1", &[], &["2"]);
    let twice =
        PipAudit::of_nothing().dependency("a", "1", [flaw()]).dependency("A", "1", [flaw()]);
    let repository = Repository::empty().file("pip-audit.json", twice.json());
    let report = repository.gate(["read", "pip-audit.json", "--json"]).run().json();
    assert_eq!(report["vulnerabilities"], 1);
    assert!(notes(&report).contains(&"dependency-listed-twice"), "{report}");
}
