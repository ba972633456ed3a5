//! The rule `vulnerabilities`: at most so many known vulnerabilities of dependencies.

use gate_tests::{Checked, PipAudit, Repository};
use serde_json::Value;

fn with_report(rule: &str, report: &PipAudit) -> Repository {
    Repository::with_rule(&format!("vulnerabilities: {{ report: pip-audit, {rule} }}"))
        .file("pip-audit.json", report.json())
}

fn flaw(id: &str) -> Value {
    PipAudit::flaw(id, &[], &["9.9"])
}

fn jinja<const N: usize>(flaws: [Value; N]) -> PipAudit {
    PipAudit::clean().dependency("jinja2", "2.10", flaws)
}

#[track_caller]
fn introduced(rule: &str, head: &PipAudit, base: &PipAudit) -> Checked {
    with_report(&format!("only: introduced, at-most: 0{rule}"), head)
        .baseline("pip-audit", "pip-audit.json", base.json())
        .check()
}

#[test]
fn at_most_is_met_exactly_at_the_maximum() {
    let two = jinja([flaw("CVE-2024-1"), flaw("CVE-2024-2")]);
    with_report("at-most: 2", &two)
        .check()
        .expect_passed()
        .expect_rule("the rule", "passed", "vulnerabilities-within-maximum")
        .expect_line("vulnerabilities: 2 ≤ 2 ✓");
    with_report("at-most: 1", &two)
        .check()
        .expect_failed()
        .expect_rule("the rule", "failed", "vulnerabilities-above-maximum")
        .expect_line("vulnerabilities: 2 > 1 ✗")
        .expect_line("→ upgrade jinja2")
        .expect_line("jinja2 2.10: CVE-2024-1, fixed in 9.9");
}

#[test]
fn ids_of_one_flaw_count_once() {
    let aliased = jinja([
        PipAudit::flaw("PYSEC-2019-217", &["CVE-2019-10906"], &["2.10.1"]),
        PipAudit::flaw("GHSA-462w-v97r-4m45", &["cve-2019-10906"], &["2.10.1"]),
    ]);
    with_report("at-most: 0", &aliased).check().expect_failed().expect_line("1 > 0");
}

#[test]
fn fix_says_which_flaws_count() {
    let report = PipAudit::clean()
        .dependency("fixable", "1", [flaw("CVE-2024-1"), flaw("CVE-2024-2")])
        .dependency("unfixable", "1", [PipAudit::flaw("CVE-2024-3", &[], &[])]);
    let judged = |rule: &str| with_report(&format!("at-most: 0{rule}"), &report).check();
    judged("").expect_line("vulnerabilities: 3 > 0");
    judged(", fix: any").expect_line("vulnerabilities: 3 > 0");
    judged(", fix: available")
        .expect_line("vulnerabilities that a release fixes: 2 > 0")
        .expect_no_line("unfixable");
    judged(", fix: unavailable")
        .expect_line("vulnerabilities that no release fixes: 1 > 0")
        .expect_line("→ no release is free of them")
        .expect_line("unfixable 1: CVE-2024-3, no release is free of it");
}

#[test]
fn only_what_is_unfixable_may_be_let_pass() {
    Repository::with_rule("vulnerabilities: { report: pip-audit, at-most: 0, fix: available }")
        .fixture("pip-audit.json", "pip-audit/only-unfixable.json")
        .check()
        .expect_passed();
}

mod only_introduced {
    use super::*;

    #[test]
    fn does_not_count_what_the_base_has() {
        let known = jinja([flaw("CVE-2024-1")]);
        introduced("", &known, &known).expect_passed().expect_line("introduced vulnerabilities: 0");
    }

    #[test]
    fn counts_what_the_base_does_not_have() {
        introduced(
            "",
            &jinja([flaw("CVE-2024-1"), flaw("CVE-2024-2")]),
            &jinja([flaw("CVE-2024-1")]),
        )
        .expect_failed()
        .expect_line("introduced vulnerabilities: 1 > 0 ✗")
        .expect_line("CVE-2024-2");
    }

    #[test]
    fn matches_by_any_alias_in_any_case() {
        let head = jinja([PipAudit::flaw("GHSA-aaaa-bbbb-cccc", &["CVE-2024-1"], &["9"])]);
        let base = jinja([PipAudit::flaw("PYSEC-2024-9", &["cve-2024-1"], &["9"])]);
        introduced("", &head, &base).expect_passed();
    }

    #[test]
    fn does_not_count_a_known_flaw_in_another_version_of_its_package() {
        let base = PipAudit::clean().dependency("Jinja2", "2.9", [flaw("CVE-2024-1")]);
        introduced("", &jinja([flaw("CVE-2024-1")]), &base).expect_passed();
    }

    #[test]
    fn counts_a_known_flaw_in_another_package() {
        let base = PipAudit::clean().dependency("markupsafe", "1", [flaw("CVE-2024-1")]);
        introduced("", &jinja([flaw("CVE-2024-1")]), &base).expect_failed();
    }

    #[test]
    fn takes_the_answer_of_without_baseline() {
        let alone = |answer: &str| {
            let rule = format!("only: introduced, at-most: 0{answer}");
            with_report(&rule, &jinja([flaw("CVE-2024-1")])).check()
        };
        for answer in ["", ", without-baseline: inconclusive"] {
            alone(answer).expect_inconclusive().expect_rule(
                "the rule",
                "inconclusive",
                "baseline-missing",
            );
        }
        alone(", without-baseline: fail").expect_failed().expect_rule(
            "the rule",
            "failed",
            "baseline-missing",
        );
        alone(", without-baseline: pass").expect_passed().expect_rule(
            "the rule",
            "passed",
            "baseline-missing",
        );
        alone(", without-baseline: absolute").expect_failed().expect_rule(
            "the rule",
            "failed",
            "vulnerabilities-above-maximum",
        );
    }
}

mod demands {
    use super::*;

    #[test]
    fn something_must_have_been_examined() {
        with_report("at-most: 0", &PipAudit::of_nothing())
            .check()
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "too-little-examined")
            .expect_line("no dependency was examined in pip-audit");
        with_report("at-most: 0, examined-at-least: 0", &PipAudit::of_nothing())
            .check()
            .expect_passed();
    }

    #[test]
    fn more_may_be_asked_for() {
        with_report("at-most: 0, examined-at-least: 2", &PipAudit::clean())
            .check()
            .expect_inconclusive()
            .expect_line("only 1 dependency examined in pip-audit, of at least 2");
    }

    #[test]
    fn nothing_may_be_left_unaudited() {
        let report = PipAudit::clean().skipped("internal", "Dependency not found on PyPI");
        with_report("at-most: 0", &report)
            .check()
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "left-unread")
            .expect_line("1 dependency could not be read in pip-audit")
            .expect_line("internal: Dependency not found on PyPI");
        with_report("at-most: 0, unread-at-most: 1", &report).check().expect_passed();
    }

    #[test]
    fn what_is_skipped_on_purpose_is_not_left_unaudited() {
        let report = PipAudit::clean().skipped("shop", "distribution marked as editable");
        with_report("at-most: 0", &report).check().expect_passed();
    }
}
