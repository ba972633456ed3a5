//! CycloneDX JSON: what `gate read` says about it.

use gate_tests::{Checked, Repository, fixture_bytes, totals};

use crate::formats::{expect_all_refused, expect_others_refused_by_name, notes, read};

const RULE: &str = "vulnerabilities: { report: cyclonedx, at-most: 0 }";

fn judged(rule: &str, name: &str) -> Checked {
    Repository::with_rule(rule).fixture("bom.json", &format!("cyclonedx/{name}")).check()
}

#[test]
fn the_totals_are_those_of_the_tool_or_counted_by_hand() {
    for (file, known) in totals("cyclonedx/") {
        let report = read(&file);
        assert_eq!(report["kind"], "vulnerabilities", "{file}");
        assert_eq!(report["format"], "cyclonedx", "{file}");
        for counted in ["dependencies", "advisories", "vulnerabilities", "vulnerable"] {
            assert_eq!(report[counted], known[counted], "{counted} of {file}");
        }
    }
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "cyclonedx",
        &[
            ("affects-nothing.invalid.json", "a vulnerability affects nothing"),
            ("deeply-nested.invalid.json", "values nest deeper than 64 levels"),
            ("duplicate-key.invalid.json", "the key `specVersion` stands here twice"),
            ("empty.invalid.json", "the report is empty"),
            ("html-page.invalid.json", "this is an HTML page, not CycloneDX JSON"),
            ("list-of-numbers.invalid.json", "expected an object"),
            ("no-id.invalid.json", "missing field `id`"),
            ("no-such-component.invalid.json", "affects a component that is not there"),
            ("not-audited.invalid.json", "a list of components that nobody has audited"),
            ("one-reference-twice.invalid.json", "two components have one `bom-ref`"),
            ("truncated.invalid.json", "the report is cut off"),
            ("two-documents.invalid.json", "trailing characters"),
            ("unknown-state.invalid.json", "unknown variant `ignored`"),
            ("unknown-status.invalid.json", "unknown variant `fine`"),
            ("utf-16.invalid.json", "a text in UTF-16"),
            ("version-1.3.invalid.json", "it is CycloneDX \"1.3\""),
            ("xml.invalid.xml", "this is CycloneDX XML, not CycloneDX JSON"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("cyclonedx", "CycloneDX JSON");
}

#[test]
fn components_are_named_by_their_package_urls() {
    let checked = judged(RULE, "any-shape.json");
    checked
        .expect_failed()
        .expect_line("jinja2 2.10: CVE-2019-10906 (GHSA-462w-v97r-4m45)")
        .expect_line("@babel/core 7.0.0: CVE-2023-45133")
        .expect_line("org.example/log-api 2.0: CVE-2023-45133")
        .expect_line("other 1.0: CVE-2000-1");
}

#[test]
fn what_was_found_to_be_harmless_does_not_count_and_is_noted() {
    let report = read("cyclonedx/any-shape.json");
    assert_eq!(notes(&report), ["suppressed"]);
    assert_eq!(report["notes"][0]["count"], 3);
    let checked = judged(RULE, "any-shape.json");
    for harmless in ["CVE-2000-2,", "CVE-2000-3", "CVE-2000-4"] {
        checked.expect_no_line(&format!(": {harmless}"));
    }
}

#[test]
fn whether_there_is_a_fix_is_unknown_and_counts_either_way() {
    for fix in ["available", "unavailable"] {
        let rule = format!("vulnerabilities: {{ report: cyclonedx, fix: {fix}, at-most: 4 }}");
        judged(&rule, "any-shape.json")
            .expect_failed()
            .expect_line("5 > 4")
            .expect_line("the report does not say which releases are free of these flaws")
            .expect_no_line("no release is free of it");
    }
}

#[test]
fn a_document_of_clean_components_passes_and_one_that_nobody_audited_does_not() {
    judged(RULE, "clean-shape.json").expect_passed();
    judged(RULE, "not-audited.invalid.json").expect_inconclusive().expect_rule(
        "the rule",
        "inconclusive",
        "report-broken",
    );
}

#[test]
fn a_known_flaw_is_not_introduced() {
    Repository::with_rule("vulnerabilities: { report: cyclonedx, only: introduced, at-most: 0 }")
        .fixture("bom.json", "cyclonedx/any-shape.json")
        .baseline("cyclonedx", "base.json", fixture_bytes("cyclonedx/any-shape.json"))
        .check()
        .expect_passed();
}
