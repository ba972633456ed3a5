//! How far a waiver reaches: tests, versions, parts, files, and how long.

use gate_tests::{Bandit, Checked, Junit, PipAudit, Repository, finding};
use serde_json::json;

const TESTS: &str = "tests: { report: unit, skipped-at-most: 0, flaky-at-most: 0 }";

/// A policy with one rule over a report in two parts, and this waiver.
fn matrix(rule: &str, file: &str, waiver: &str) -> Repository {
    Repository::with_policy(&format!(
        "version: 1\nreports:\n  it: {{ file: \"{{part}}/{file}\", parts: [old, new] }}\nrules:\n  \
         the rule: {{ {rule} }}\nwaivers:\n  - {{ {waiver}, reason: r }}\n"
    ))
}

mod of_a_test {
    use super::*;

    #[track_caller]
    fn judged(waiver: &str, report: &Junit) -> Checked {
        let waivers = format!("waivers:\n  - {{ {waiver}, reason: a known fault }}\n");
        Repository::with_rules(&[("the rule", TESTS)], &waivers)
            .file("unit.xml", report.xml())
            .check()
    }

    #[test]
    fn excepts_it_however_it_came_out() {
        let reports = [
            Junit::passed(["a"]).failed("b"),
            Junit::passed(["a"]).broken("b"),
            Junit::passed(["a"]).skipped("b"),
            Junit::passed(["a"]).flaky("b"),
        ];
        for report in &reports {
            let checked = judged("test: 'test_shop::b'", report);
            checked.expect_passed().expect_line("0 ≤ 0 ✓, 1 waived");
            assert_eq!(checked.waiver(0)["state"], "used");
            judged("test: 'test_shop::c'", report).expect_failed();
        }
        judged("test: 'test_shop::b'", &reports[0])
            .expect_line("failures: 0 ≤ 0 ✓, 1 waived")
            .expect_line("test_shop::b: assert 1 == 2  (waived)")
            .expect_line("test_shop::b: excepts 1 entry; reason: a known fault");
    }

    #[test]
    fn excepts_no_other() {
        judged("test: 'test_shop::b'", &Junit::passed(["a"]).failed("b").failed("bb"))
            .expect_failed()
            .expect_line("failures: 1 > 0 ✗, 1 waived");
        judged("test: 'TEST_SHOP::B'", &Junit::passed(["a"]).failed("b")).expect_failed();
    }

    #[test]
    fn that_passes_again_is_shown() {
        let checked = judged("test: 'test_shop::b'", &Junit::passed(["a", "b"]));
        checked.expect_passed().expect_line("test_shop::b: matches only what would not count");
        let gone = judged("test: 'test_shop::c'", &Junit::passed(["a", "b"]));
        gone.expect_passed().expect_line("test_shop::c: UNUSED, it matches nothing; remove it");
    }

    #[test]
    fn excepts_it_where_it_vanished() {
        let rule = "tests: { report: unit, vanished-at-most: 0 }";
        let judged = |waivers: &str| {
            Repository::with_rules(&[("the rule", rule)], waivers)
                .file("unit.xml", Junit::passed(["a"]).xml())
                .baseline("unit", "unit.xml", Junit::passed(["a", "b"]).xml())
                .check()
        };
        judged("").expect_failed();
        judged("waivers:\n  - { test: 'test_shop::b', reason: r }\n")
            .expect_passed()
            .expect_line("tests of the baseline that were not run: 0 ≤ 0 ✓, 1 waived");
    }

    #[test]
    fn excepts_no_failure_that_no_test_shows() {
        let report = Junit::passed(["a"]).failed("b").totals("failures=\"2\"");
        judged("test: 'test_shop::b'", &report)
            .expect_failed()
            .expect_line("failures: 1 > 0 ✗, 1 waived");
    }

    #[test]
    fn reaches_into_its_part_only() {
        let rule = "tests: { report: it }";
        let judged = |waiver: &str, old: &Junit, new: &Junit| {
            matrix(rule, "unit.xml", waiver)
                .file("old/unit.xml", old.xml())
                .file("new/unit.xml", new.xml())
                .check()
        };
        let (sound, broken) = (Junit::passed(["a", "b"]), Junit::passed(["a"]).failed("b"));
        judged("test: 'test_shop::b', part: old", &broken, &sound)
            .expect_passed()
            .expect_line("test_shop::b of the part old: excepts 1 entry");
        judged("test: 'test_shop::b', part: old", &sound, &broken).expect_failed();
        judged("test: 'test_shop::b', part: old", &broken, &broken)
            .expect_failed()
            .expect_line("failures: 1 > 0 ✗, 1 waived");
        judged("test: 'test_shop::b'", &broken, &broken).expect_passed();
    }

    #[test]
    fn reaches_into_its_files_only() {
        let report = "<testsuites><testsuite name=\"s\"><testcase classname=\"c\" name=\"t\" \
                      file=\"tests/test_a.py\"><failure/></testcase></testsuite></testsuites>";
        let judged = |paths: &str, report: &str| {
            let waivers =
                format!("waivers:\n  - {{ test: 's::c::t', paths: ['{paths}'], reason: r }}\n");
            Repository::with_rules(&[("the rule", TESTS)], &waivers)
                .file("tests/test_a.py", "")
                .file("unit.xml", report)
                .check()
        };
        judged("tests/**", report).expect_passed();
        judged("other/**", report).expect_failed();
        // Where the report names no file, nobody knows.
        judged("tests/**", &report.replace("file=\"tests/test_a.py\"", "")).expect_failed();
    }
}

mod of_versions {
    use super::*;

    #[track_caller]
    fn judged(version: &str, versions: &str) -> Checked {
        let flaw = PipAudit::flaw("CVE-2024-1", &[], &["2.0"]);
        let report = PipAudit::clean().dependency("py", version, [flaw]);
        let rule = ("the rule", "vulnerabilities: { report: pip-audit, at-most: 0 }");
        let waivers = format!(
            "waivers:\n  - {{ vulnerability: CVE-2024-1, package: py, versions: '{versions}', reason: r }}\n"
        );
        Repository::with_rules(&[rule], &waivers).file("pip-audit.json", report.json()).check()
    }

    #[test]
    fn excepts_those_only() {
        judged("1.11.0", "<2").expect_passed().expect_line("CVE-2024-1 in py <2: excepts 1 entry");
        judged("2.0", "<2").expect_failed();
        judged("1.11.0", ">=1.3, <1.11").expect_failed();
        judged("1.11.post1", "==1.11.*").expect_passed();
        judged("1.9.0", "^1.2").expect_passed();
    }

    #[test]
    fn excepts_none_that_cannot_be_read() {
        let checked = judged("nightly", "<2");
        checked.expect_failed();
        assert_eq!(checked.waiver(0)["state"], "unused");
    }
}

#[test]
fn a_package_of_another_ecosystem_is_known_by_its_own_name() {
    let bom = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "components": [{
            "type": "library", "bom-ref": "r", "name": "b", "version": "v1.2.3",
            "purl": "pkg:golang/github.com/Acme/b@v1.2.3",
        }],
        "vulnerabilities": [{ "id": "CVE-2024-1", "affects": [{ "ref": "r" }] }],
    });
    let rule = "vulnerabilities: { report: cyclonedx, at-most: 0, examined-at-least: 0 }";
    let judged = |scope: &str| {
        let waivers =
            format!("waivers:\n  - {{ vulnerability: CVE-2024-1, {scope}, reason: r }}\n");
        Repository::with_rules(&[("the rule", rule)], &waivers)
            .file("bom.json", bom.to_string())
            .check()
    };
    judged("package: github.com/Acme/b").expect_passed();
    judged("package: github.com/Acme/b, versions: '<1.3.0'").expect_passed();
    judged("package: github.com/Acme/b, versions: '<1.2.3'").expect_failed();
    judged("package: github.com/acme/c").expect_failed();
}

mod of_a_part {
    use super::*;

    #[test]
    fn excepts_a_finding_that_no_other_part_has() {
        let report = |lines: &[u64]| {
            Bandit::with(lines.iter().map(|&line| finding("B101", "a.py", line))).json()
        };
        let judged = |old: &[u64], new: &[u64]| {
            matrix(
                "findings: { report: it, at-most: 0 }",
                "bandit.json",
                "finding: B101, part: old",
            )
            .file("old/bandit.json", report(old))
            .file("new/bandit.json", report(new))
            .check()
        };
        judged(&[1], &[]).expect_passed().expect_line("B101 of the part old: excepts 1 entry");
        judged(&[], &[1]).expect_failed();
        judged(&[1], &[1]).expect_failed();
    }

    #[test]
    fn excepts_a_vulnerability_that_no_other_part_has() {
        let report = |ids: &[&str]| match ids {
            [] => PipAudit::clean().json(),
            ids => {
                PipAudit::clean().dependency("py", "1", [PipAudit::flaw(ids[0], &[], &[])]).json()
            }
        };
        let judged = |old: &[&str], new: &[&str]| {
            let rule = "vulnerabilities: { report: it, at-most: 0 }";
            matrix(rule, "audit.json", "vulnerability: CVE-1, part: old")
                .file("old/audit.json", report(old))
                .file("new/audit.json", report(new))
                .check()
        };
        judged(&["CVE-1"], &[]).expect_passed();
        judged(&[], &["CVE-1"]).expect_failed();
        judged(&["CVE-1"], &["CVE-1"]).expect_failed();
    }
}

mod in_time {
    use super::*;

    /// A waiver of B101 with these keys, under a policy with these, on this day.
    fn judged(keys: &str, policy: &str, day: &str) -> Repository {
        let rest = format!("{policy}waivers:\n  - {{ finding: B101, {keys}reason: r }}\n");
        Repository::with_rules(&[("the rule", "findings: { report: bandit, at-most: 0 }")], &rest)
            .file("bandit.json", Bandit::with([finding("B101", "a.py", 1)]).json())
            .at(&format!("{day}T12:00:00Z"))
    }

    #[test]
    fn it_holds_from_its_first_day_on() {
        let on = |day: &str| judged("from: 2026-11-24, ", "", day).check();
        on("2026-11-24").expect_passed();
        let before = on("2026-11-23");
        before
            .expect_failed()
            .expect_line("B101: does not hold yet (1 match), from 2026-11-24; reason: r");
        assert_eq!(before.waiver(0)["state"], "not-yet");
        assert_eq!(
            (&before.waiver(0)["from"], &before.waiver(0)["count"]),
            (&json!("2026-11-24"), &json!(1))
        );
    }

    #[test]
    fn it_holds_for_as_long_as_the_policy_lets_it() {
        let most = "waiver-days-at-most: 30\n";
        let day = "2026-11-24";
        judged("from: 2026-11-01, expires: 2026-11-30, ", most, day).check().expect_passed();
        judged("from: 2026-11-01, expires: 2026-12-01, ", most, day)
            .gate_check()
            .run()
            .expect_refused(&["31 days, and the policy lets a waiver hold 30 days at most"]);
        for keys in ["", "from: 2026-11-01, ", "expires: 2026-12-01, "] {
            judged(keys, most, day)
                .gate_check()
                .run()
                .expect_refused(&["how long it holds must be stated here"]);
        }
        judged("from: 2026-12-01, expires: 2026-11-30, ", "", day)
            .gate_check()
            .run()
            .expect_refused(&["it ends before it begins"]);
    }

    #[test]
    fn a_long_time_is_counted_in_days() {
        judged(
            "from: 2026-01-01, expires: 2027-01-01, ",
            "waiver-days-at-most: 366\n",
            "2026-11-24",
        )
        .check()
        .expect_passed();
        judged(
            "from: 2026-01-01, expires: 2027-01-02, ",
            "waiver-days-at-most: 366\n",
            "2026-11-24",
        )
        .gate_check()
        .run()
        .expect_refused(&["367 days"]);
    }
}

#[test]
fn its_owner_is_shown_and_may_be_asked_for() {
    let rule = ("the rule", "findings: { report: bandit, at-most: 0 }");
    let with = |keys: &str, policy: &str| {
        let rest = format!("{policy}waivers:\n  - {{ finding: B101, {keys}reason: r }}\n");
        Repository::with_rules(&[rule], &rest)
            .file("bandit.json", Bandit::with([finding("B101", "a.py", 1)]).json())
    };
    let owned = with("owner: '@acme/security', ", "waiver-owner: required\n").check();
    owned.expect_passed().expect_line("B101: excepts 1 entry; owner: @acme/security; reason: r");
    assert_eq!(owned.waiver(0)["owner"], "@acme/security");
    with("", "").check().expect_passed();
    with("", "waiver-owner: required\n")
        .gate_check()
        .run()
        .expect_refused(&["`owner` is missing here; the policy asks for it"]);
}

#[test]
fn mistakes_are_told() {
    for (keys, problem) in [
        ("finding: B1, test: t", "a waiver excepts one thing"),
        ("finding: B1, versions: '<2'", "`versions` belongs to a `vulnerability`"),
        ("test: t, package: p", "`package` belongs to a `vulnerability`"),
        ("vulnerability: CVE-1, paths: [a]", "`paths` belongs to a `finding` or a `test`"),
        ("vulnerability: CVE-1, versions: soon", "not a range of versions"),
        ("test: ' '", "a waiver names one test in full"),
        ("finding: B1, part: other", "no such part of a report: `other`"),
        ("finding: B1, owner: ' '", "a waiver needs an owner"),
    ] {
        matrix("tests: { report: it }", "unit.xml", keys)
            .gate_check()
            .run()
            .expect_refused(&[problem]);
    }
    Repository::with_rules(&[("the rule", "review: {}")], "waiver-days-at-most: 0\n")
        .gate_check()
        .run()
        .expect_refused(&["a waiver holds at least one day"]);
}
