//! Waivers: stated exceptions, each with its reason, and what became of each.

use gate_tests::{Bandit, Checked, PipAudit, Repository, finding};
use serde_json::json;

const FINDINGS: (&str, &str) = ("clean code", "findings: { report: bandit, at-most: 0 }");
const VULNERABILITIES: (&str, &str) =
    ("safe dependencies", "vulnerabilities: { report: pip-audit, at-most: 0 }");

/// One flaw of py, known under two ids, and this waiver, on this day.
#[track_caller]
fn flaw_of_py(waiver: &str, day: &str) -> Checked {
    let report = PipAudit::clean().dependency(
        "py_Lib.x",
        "1.11.0",
        [PipAudit::flaw("PYSEC-2022-42969", &["CVE-2022-42969"], &[])],
    );
    let waivers = format!("waivers:\n  - {{ {waiver}, reason: only at build time }}\n");
    Repository::with_rules(&[VULNERABILITIES], &waivers)
        .file("pip-audit.json", report.json())
        .at(&format!("{day}T12:00:00Z"))
        .check()
}

/// Two findings of B101, in `src/` and in `tests/`, and this waiver.
#[track_caller]
fn two_of_b101(waiver: &str) -> Checked {
    let report = Bandit::with([finding("B101", "src/a.py", 1), finding("B101", "tests/b.py", 2)]);
    let waivers = format!("waivers:\n  - {{ {waiver}, reason: r }}\n");
    Repository::with_rules(&[FINDINGS], &waivers).file("bandit.json", report.json()).check()
}

const TODAY: &str = "2026-11-24";

#[test]
fn by_its_id_a_vulnerability_is_excepted() {
    let checked = flaw_of_py("vulnerability: PYSEC-2022-42969", TODAY);
    checked
        .expect_passed()
        .expect_line("vulnerabilities: 0 ≤ 0 ✓, 1 waived")
        .expect_line("PYSEC-2022-42969 (CVE-2022-42969), no release is free of it  (waived)")
        .expect_line("PYSEC-2022-42969: excepts 1 entry; reason: only at build time");
    assert_eq!(checked.waiver(0)["state"], "used");
    assert_eq!(checked.waiver(0)["count"], 1);
    assert_eq!(checked.waiver(0)["reason"], "only at build time");
    let items = &checked.reason("safe dependencies", "vulnerabilities-within-maximum")["items"];
    assert_eq!(items[0]["waived"], true);
}

#[test]
fn by_any_alias_in_any_case_a_vulnerability_is_excepted() {
    for id in ["CVE-2022-42969", "cve-2022-42969", "pysec-2022-42969"] {
        flaw_of_py(&format!("vulnerability: {id}"), TODAY).expect_passed();
    }
    flaw_of_py("vulnerability: CVE-2022-4296", TODAY).expect_failed();
}

#[test]
fn only_in_its_package_in_any_writing_a_vulnerability_is_excepted() {
    for package in ["py_Lib.x", "py-lib-x", "PY.LIB__X"] {
        flaw_of_py(&format!("vulnerability: CVE-2022-42969, package: {package}"), TODAY)
            .expect_passed();
    }
    let other = flaw_of_py("vulnerability: CVE-2022-42969, package: pylib", TODAY);
    other.expect_failed();
    assert_eq!(other.waiver(0)["state"], "unused");
}

#[test]
fn by_its_test_a_finding_is_excepted_in_any_case() {
    two_of_b101("finding: B101").expect_passed().expect_line("0 ≤ 0 ✓, 2 waived");
    two_of_b101("finding: b101").expect_passed();
    two_of_b101("finding: B102").expect_failed();
}

#[test]
fn only_in_its_paths_a_finding_is_excepted() {
    two_of_b101("finding: B101, paths: ['tests/**']")
        .expect_failed()
        .expect_line("1 > 0 ✗, 1 waived")
        .expect_line("tests/b.py:2  medium B101 Use of B101  (waived)")
        .expect_line("B101 in tests/**: excepts 1 entry");
}

#[test]
fn only_for_its_rule_a_finding_is_excepted() {
    let rules = [("first", FINDINGS.1), ("second", FINDINGS.1)];
    let waiver = "waivers:\n  - { finding: B101, rule: second, reason: r }\n";
    Repository::with_rules(&rules, waiver)
        .file("bandit.json", Bandit::with([finding("B101", "a.py", 1)]).json())
        .check()
        .expect_failed()
        .expect_rule("first", "failed", "findings-above-maximum")
        .expect_rule("second", "passed", "findings-within-maximum")
        .expect_line("B101 for second: excepts 1 entry");
}

#[test]
fn a_waiver_holds_on_its_last_day() {
    let checked = flaw_of_py("vulnerability: CVE-2022-42969, expires: 2026-11-24", TODAY);
    checked.expect_passed().expect_line("until 2026-11-24 (ENDS SOON, within 14 days)");
    assert_eq!(checked.waiver(0)["expires"], "2026-11-24");
    assert_eq!(checked.waiver(0)["expires_soon"], true);
}

#[test]
fn a_waiver_that_ended_yesterday_excepts_nothing_and_says_so() {
    let checked = flaw_of_py("vulnerability: CVE-2022-42969, expires: 2026-11-23", TODAY);
    checked
        .expect_failed()
        .expect_line("1 > 0")
        .expect_line("EXPIRED, what it excepted counts again (1 match), ended 2026-11-23");
    assert_eq!(
        (&checked.waiver(0)["state"], &checked.waiver(0)["count"]),
        (&json!("expired"), &json!(1))
    );
    assert_eq!(checked.waiver(0)["expires_soon"], false);
}

#[test]
fn a_waiver_that_ended_and_matches_nothing_is_shown() {
    flaw_of_py("vulnerability: CVE-1, expires: 2026-11-23", TODAY)
        .expect_failed()
        .expect_line("CVE-1: EXPIRED, and it matches nothing; remove it");
}

#[test]
fn a_waiver_ends_soon_within_fourteen_days() {
    let ends = |day: &str| {
        let checked = flaw_of_py(&format!("vulnerability: CVE-2022-42969, expires: {day}"), TODAY);
        checked.expect_passed();
        checked.waiver(0)["expires_soon"].clone()
    };
    assert_eq!(ends("2026-12-08"), true);
    assert_eq!(ends("2026-12-09"), false);
}

#[test]
fn a_waiver_without_an_end_does_not_end() {
    let checked = flaw_of_py("vulnerability: CVE-2022-42969", "2099-12-31");
    checked.expect_passed();
    assert_eq!(checked.waiver(0)["expires"], json!(null));
}

#[test]
fn an_unused_waiver_is_shown() {
    let checked = two_of_b101("finding: B999");
    checked.expect_failed().expect_line("B999: UNUSED, it matches nothing; remove it; reason: r");
    assert_eq!(checked.waiver(0)["state"], "unused");
}

#[test]
fn a_waiver_of_what_would_not_count_anyway_is_shown() {
    let rule = [("clean code", "findings: { report: bandit, at-most: 0, severity: high }")];
    let checked = Repository::with_rules(&rule, "waivers:\n  - { finding: B101, reason: r }\n")
        .file("bandit.json", Bandit::with([finding("B101", "a.py", 1)]).json())
        .check();
    checked.expect_passed().expect_line("B101: matches only what would not count");
    assert_eq!(checked.waiver(0)["state"], "not-needed");
}

#[test]
fn a_waiver_without_its_report_is_neither_used_nor_unused() {
    let checked =
        Repository::with_rules(&[FINDINGS], "waivers:\n  - { finding: B101, reason: r }\n").check();
    checked
        .expect_inconclusive()
        .expect_line("B101: not checked, no report of its kind could be read");
    assert_eq!(checked.waiver(0)["state"], "unchecked");
}

#[test]
fn of_two_waivers_that_match_the_first_that_holds_excepts() {
    let waivers = "waivers:
  - { finding: B101, reason: old, expires: 2026-01-01 }
  - { finding: B101, reason: new }
  - { finding: B101, reason: doubled }
";
    let checked = Repository::with_rules(&[FINDINGS], waivers)
        .file("bandit.json", Bandit::with([finding("B101", "a.py", 1)]).json())
        .check();
    checked.expect_passed();
    let states: Vec<_> = (0..3).map(|index| checked.waiver(index)["state"].clone()).collect();
    assert_eq!(states, ["expired", "used", "not-needed"]);
    let lines: Vec<_> = (0..3).map(|index| checked.waiver(index)["line"].clone()).collect();
    assert_eq!(lines, [7, 8, 9], "each waiver's line in the policy");
}

#[test]
fn a_waiver_is_no_match_for_the_other_kind() {
    // An id that both kinds of reports have, as a finding's test and as a vulnerability's id.
    let report = PipAudit::clean().dependency("a", "1", [PipAudit::flaw("B101", &[], &[])]);
    Repository::with_rules(&[VULNERABILITIES], "waivers:\n  - { finding: B101, reason: r }\n")
        .file("pip-audit.json", report.json())
        .check()
        .expect_failed();
}
