//! A whole project: what a developer of peak-trade sees before a push.

use gate_tests::{Checked, check_in, fixture, totals};
use serde_json::Value;

#[track_caller]
fn green() -> Checked {
    check_in(fixture("peak-trade/green"), &[])
}

#[track_caller]
fn red() -> Checked {
    check_in(fixture("peak-trade/red"), &[])
}

#[track_caller]
fn red_against_its_base() -> Checked {
    let baseline = [
        "--baseline",
        "coverage=baseline/coverage.xml",
        "--baseline",
        "bandit=baseline/bandit.json",
        "--baseline",
        "pip-audit=baseline/pip-audit.json",
    ];
    check_in(fixture("peak-trade/red"), &baseline)
}

/// Lines and branches of a report together, covered and all, by the tool's own totals.
fn combined(report: &str) -> (u64, u64) {
    let all = totals("peak-trade/");
    let tool = &all[report];
    let count = |key: &str| {
        ["lines", "branches"].iter().map(|what| tool[what][key].as_u64().unwrap()).sum()
    };
    (count("covered"), count("total"))
}

fn value(checked: &Checked, rule: &str, code: &str) -> Value {
    checked.reason(rule, code)["comparison"]["value"].clone()
}

const TESTED: &str = "enough of the project is tested";
const NO_DROP: &str = "coverage does not drop";
const SECURE: &str = "no insecure code is introduced";
const DEPENDENCIES: &str = "no vulnerable dependency is introduced";
const APPROVED: &str = "a colleague has approved it";
const OLD: &str = "old findings go away";

#[test]
fn green_passes() {
    let (covered, total) = combined("peak-trade/green/reports/coverage.xml");
    green()
        .expect_passed()
        .expect_rule(TESTED, "passed", "coverage-at-minimum")
        .expect_line(&format!("combined {covered}/{total} = "))
        .expect_rule(NO_DROP, "passed", "baseline-missing")
        .expect_rule(SECURE, "passed", "findings-within-maximum")
        .expect_rule(DEPENDENCIES, "passed", "vulnerabilities-within-maximum")
        .expect_rule(APPROVED, "passed", "approved")
        .expect_line("approvals: 2 ≥ 1 ✓, by grace, linus");
}

#[test]
fn green_passes_although_what_is_advisory_fails() {
    let checked = green();
    checked.expect_passed().expect_rule(OLD, "failed", "findings-above-maximum");
    assert_eq!(checked.rule(OLD)["mode"], "advisory");
}

#[test]
fn red_fails_for_everything_at_once() {
    let checked = red();
    checked
        .expect_failed()
        .expect_rule(TESTED, "failed", "coverage-below-minimum")
        .expect_line("combined 249/753 = 33.06 % < 40 % ✗")
        .expect_rule(SECURE, "failed", "findings-above-maximum")
        .expect_rule(DEPENDENCIES, "failed", "vulnerabilities-above-maximum")
        .expect_rule(APPROVED, "failed", "changes-requested")
        .expect_rule(APPROVED, "failed", "conversation-unresolved")
        .expect_reason(APPROVED, "approval-missing")
        .expect_rule(OLD, "failed", "findings-above-maximum");
    // Without a baseline all that is present counts: one high, two medium; four flaws.
    assert_eq!(value(&checked, SECURE, "findings-above-maximum"), 3);
    assert_eq!(value(&checked, DEPENDENCIES, "vulnerabilities-above-maximum"), 4);
}

#[test]
fn red_against_its_base_fails_for_five_rules_and_only_for_what_it_introduces() {
    let checked = red_against_its_base();
    checked
        .expect_failed()
        .expect_line("✗ Failed: 5 of 5 required rules not met")
        .expect_rule(NO_DROP, "failed", "coverage-dropped")
        .expect_line("combined 249/753 = 33.06 %, baseline 248/596 = 41.61 %: drop of 8.55 points");
    // snapshots.py and urllib3 were there before.
    assert_eq!(value(&checked, SECURE, "findings-above-maximum"), 2);
    checked.expect_line("src/peak_trade/broker.py:22  high B602");
    let introduced = checked.reason(SECURE, "findings-above-maximum")["items"].to_string();
    assert!(!introduced.contains("snapshots.py"), "{introduced}");
    assert_eq!(value(&checked, DEPENDENCIES, "vulnerabilities-above-maximum"), 3);
    let introduced =
        checked.reason(DEPENDENCIES, "vulnerabilities-above-maximum")["items"].to_string();
    assert!(!introduced.contains("urllib3"), "{introduced}");
}

#[test]
fn red_says_what_to_do_next() {
    red_against_its_base()
        .expect_line("→ cover 53 more lines or branches")
        .expect_line("→ upgrade jinja2, requests")
        .expect_line("→ mend it and ask for another review by grace")
        .expect_line("→ resolve 2 conversations")
        .expect_line("was given on 7e5d3c1b0a9f, and the head is c0ffee12d34e");
}

#[test]
fn the_base_compared_with_itself_drops_and_introduces_nothing() {
    let base = |name: &str, file: &str| format!("{name}=baseline/{file}");
    let mut arguments = Vec::new();
    for (name, file) in
        [("coverage", "coverage.xml"), ("bandit", "bandit.json"), ("pip-audit", "pip-audit.json")]
    {
        arguments.extend(["--report".to_owned(), base(name, file)]);
        arguments.extend(["--baseline".to_owned(), base(name, file)]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    check_in(fixture("peak-trade/red"), &arguments)
        .expect_rule(NO_DROP, "passed", "coverage-not-dropped")
        .expect_rule(SECURE, "passed", "findings-within-maximum")
        .expect_rule(DEPENDENCIES, "passed", "vulnerabilities-within-maximum");
}

#[test]
fn every_report_is_read_with_the_totals_of_its_tool() {
    for (file, tool) in totals("peak-trade/") {
        let report = crate::formats::read(&file);
        let compared: &[&str] = match report["kind"].as_str().unwrap() {
            "coverage" => &["lines", "branches"],
            "findings" => &["total", "by_severity", "by_confidence"],
            "tests" => &["tests", "failures", "errors", "skipped"],
            "metrics" => &["numbers"],
            _ => &["dependencies", "advisories", "vulnerabilities", "vulnerable"],
        };
        if file.ends_with("/mypy.jsonl") {
            // Of what MyPy lists, it counts the errors.
            assert_eq!(report["by_severity"]["high"], tool["errors"], "{file}");
            continue;
        }
        let stated: Vec<&&str> = compared.iter().filter(|key| !tool[**key].is_null()).collect();
        assert!(!stated.is_empty(), "{file}");
        for key in stated {
            assert_eq!(report[key], tool[key], "{key} of {file}");
        }
    }
}
