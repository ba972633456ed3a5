//! OSV-Scanner JSON: what `gate read` says about it.

use gate_tests::{Checked, Repository, fixture_bytes, totals};
use serde_json::json;

use crate::formats::{expect_all_refused, expect_others_refused_by_name, notes, read};

fn judged(rule: &str, name: &str) -> Checked {
    Repository::with_rule(rule).fixture("osv-scanner.json", &format!("osv-scanner/{name}")).check()
}

#[test]
fn the_totals_are_those_counted_by_hand() {
    for (file, known) in totals("osv-scanner/") {
        let report = read(&file);
        assert_eq!(report["kind"], "vulnerabilities", "{file}");
        assert_eq!(report["format"], "osv-scanner", "{file}");
        for counted in ["dependencies", "advisories", "vulnerabilities", "vulnerable"] {
            assert_eq!(report[counted], known[counted], "{counted} of {file}");
        }
    }
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "osv-scanner",
        &[
            ("deeply-nested.invalid.json", "values nest deeper than 64 levels"),
            ("duplicate-key.invalid.json", "the key `ecosystem` stands here twice"),
            ("empty-id.invalid.json", "an advisory's id is empty"),
            ("empty.invalid.json", "the report is empty"),
            ("html-page.invalid.json", "this is an HTML page, not OSV-Scanner JSON"),
            ("list-of-numbers.invalid.json", "expected an object"),
            ("no-id.invalid.json", "missing field `id`"),
            ("no-packages.invalid.json", "missing field `packages`"),
            ("no-version.invalid.json", "missing field `version`"),
            ("nothing-of-a-package.invalid.json", "a package has neither a name nor"),
            ("results-is-null.invalid.json", "invalid type: null"),
            ("truncated.invalid.json", "the report is cut off"),
            ("two-documents.invalid.json", "trailing characters"),
            ("utf-16.invalid.json", "a text in UTF-16"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("osv-scanner", "OSV-Scanner JSON");
}

#[test]
fn entries_of_one_group_are_one_flaw() {
    let report = read("osv-scanner/lockfiles-shape.json");
    assert!(notes(&report).contains(&"aliases-merged"), "{report}");
    judged("vulnerabilities: { report: osv-scanner, at-most: 0 }", "lockfiles-shape.json")
        .expect_failed()
        .expect_line(
            "jinja2 2.10: PYSEC-2019-217 (CVE-2019-10906, GHSA-462w-v97r-4m45), fixed in 2.10.1",
        );
}

#[test]
fn only_versions_that_can_be_installed_of_the_package_itself_are_fixes() {
    let checked =
        judged("vulnerabilities: { report: osv-scanner, at-most: 0 }", "lockfiles-shape.json");
    checked
        .expect_no_line("0123abc")
        .expect_no_line("9.9.9")
        .expect_line(
            "@babel/traverse 7.22.0: CVE-2023-45133 (GHSA-67hx-6x53-jw92), fixed in 7.23.2",
        )
        .expect_line("GHSA-unfixed-no-aliases, no release is free of it");
    judged(
        "vulnerabilities: { report: osv-scanner, fix: available, at-most: 3 }",
        "lockfiles-shape.json",
    )
    .expect_passed();
}

#[test]
fn without_all_packages_a_clean_report_does_not_say_what_was_examined() {
    let rule = "vulnerabilities: { report: osv-scanner, at-most: 0 }";
    judged(rule, "clean-shape.json").expect_inconclusive().expect_rule(
        "the rule",
        "inconclusive",
        "reach-unknown",
    );
    judged(rule, "clean-all-packages-shape.json").expect_passed();
    let reach = |name: &str| read(&format!("osv-scanner/{name}"))["account"]["reach"].clone();
    assert_eq!(reach("all-packages-shape.json"), json!("stated"));
    assert_eq!(reach("lockfiles-shape.json"), json!("at-least"));
}

#[test]
fn a_known_flaw_is_not_introduced() {
    Repository::with_rule("vulnerabilities: { report: osv-scanner, only: introduced, at-most: 0 }")
        .fixture("osv-scanner.json", "osv-scanner/lockfiles-shape.json")
        .baseline("osv-scanner", "base.json", fixture_bytes("osv-scanner/lockfiles-shape.json"))
        .check()
        .expect_passed();
}
