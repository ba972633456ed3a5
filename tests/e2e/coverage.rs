//! The rule `coverage`: so much of the code must have run in the tests.

use gate_tests::{Checked, Cobertura, Repository};
use serde_json::json;

/// One file of which so many lines ran, judged by a rule with these keys.
#[track_caller]
fn judged(rule: &str, covered: u64, total: u64) -> Checked {
    with_report(rule, &Cobertura::new().file("src/a.py", covered, total)).check()
}

fn with_report(rule: &str, report: &Cobertura) -> Repository {
    Repository::with_rule(&format!("coverage: {{ report: coverage, {rule} }}"))
        .file("coverage.xml", report.xml())
}

/// The same, compared with a base of which so many lines ran.
#[track_caller]
fn compared(rule: &str, head: (u64, u64), base: (u64, u64)) -> Checked {
    with_report(rule, &Cobertura::new().file("src/a.py", head.0, head.1))
        .baseline(
            "coverage",
            "coverage.xml",
            Cobertura::new().file("src/a.py", base.0, base.1).xml(),
        )
        .check()
}

mod at_least {
    use super::*;

    #[test]
    fn is_met_exactly_at_the_bar() {
        judged("at-least: 80%", 8, 10)
            .expect_passed()
            .expect_rule("the rule", "passed", "coverage-at-minimum")
            .expect_line("lines 8/10 = 80.00 % ≥ 80 % ✓");
    }

    #[test]
    fn is_missed_by_one_line_of_thousands() {
        judged("at-least: 99.99%", 9_998, 10_000)
            .expect_failed()
            .expect_rule("the rule", "failed", "coverage-below-minimum")
            .expect_line("lines 9998/10000 = 99.98 % < 99.99 % ✗")
            .expect_line("→ cover 1 more line");
    }

    #[test]
    fn is_never_met_by_rounding() {
        // 159 of 200 is 79.5 %, which coverage.py itself rounds to 80.
        judged("at-least: 80%", 159, 200).expect_failed().expect_line("79.50 % < 80 %");
        judged("at-least: 79.5%", 159, 200).expect_passed();
        judged("at-least: 100%", 9_999, 10_000).expect_failed().expect_line("99.99 % < 100 %");
    }

    #[test]
    fn of_nothing_is_met_by_nothing_but_lines_that_were_measured() {
        judged("at-least: 0%", 0, 3).expect_passed();
        judged("at-least: 0%", 0, 0).expect_inconclusive().expect_rule(
            "the rule",
            "inconclusive",
            "nothing-measured",
        );
    }

    #[test]
    fn says_the_numbers_to_programs() {
        let checked = judged("at-least: 82.5%", 8, 10);
        assert_eq!(
            checked.reason("the rule", "coverage-below-minimum")["comparison"],
            json!({"kind": "at-least", "metric": "lines", "covered": 8, "total": 10, "bar": "82.5%"})
        );
    }
}

mod ramp {
    use super::*;

    /// 60 of 100 lines, on this day.
    #[track_caller]
    fn on(day: &str, ramp: &str) -> Checked {
        let rule = format!("at-least: 40%, ramp: {{ {ramp} }}");
        with_report(&rule, &Cobertura::new().file("src/a.py", 60, 100))
            .at(&format!("{day}T00:00:00Z"))
            .check()
    }

    const CLIMB: &str = "from: 2026-06-30, to: 80%, by: 2027-06-30";

    #[test]
    fn has_not_begun_before_its_first_day() {
        on("2026-06-30", CLIMB)
            .expect_passed()
            .expect_line("≥ 40 % ✓ (climbs to 80 % by 2027-06-30)");
    }

    #[test]
    fn climbs_day_by_day() {
        on("2026-12-29", CLIMB).expect_passed().expect_line("60.00 % ≥ 59.94 % ✓");
        on("2026-12-30", CLIMB).expect_failed().expect_line("60.00 % < 60.05 % ✗");
    }

    #[test]
    fn has_reached_its_end_on_its_last_day_and_for_ever() {
        on("2027-06-29", CLIMB).expect_failed().expect_line("< 79.89 % ✗ (climbs to 80 %");
        for day in ["2027-06-30", "2030-01-01"] {
            on(day, CLIMB).expect_failed().expect_line("< 80 % ✗").expect_no_line("climbs");
        }
    }

    #[test]
    fn without_a_beginning_is_one_step() {
        on("2027-06-29", "to: 80%, by: 2027-06-30").expect_passed().expect_line("≥ 40 % ✓");
        on("2027-06-30", "to: 80%, by: 2027-06-30").expect_failed().expect_line("< 80 % ✗");
    }

    #[test]
    fn climbs_by_the_day_in_utc() {
        // Still the 29th in UTC, whatever the day is where somebody looks at it.
        let still = with_report(
            "at-least: 40%, ramp: { to: 80%, by: 2027-06-30 }",
            &Cobertura::new().file("src/a.py", 60, 100),
        );
        still.at("2027-06-30T01:59:59+02:00").check().expect_passed();
    }
}

mod at_most_below_baseline {
    use super::*;

    const TWO_TENTHS: &str = "at-most-below-baseline: 0.2%";

    #[test]
    fn allows_a_drop_of_exactly_the_tolerance() {
        compared(TWO_TENTHS, (798, 1000), (800, 1000))
            .expect_passed()
            .expect_rule("the rule", "passed", "coverage-not-dropped")
            .expect_line("drop of 0.20 points ≤ 0.20 points ✓");
    }

    #[test]
    fn does_not_allow_a_line_more() {
        compared(TWO_TENTHS, (7_979, 10_000), (8_000, 10_000))
            .expect_failed()
            .expect_rule("the rule", "failed", "coverage-dropped")
            .expect_line("drop of 0.21 points > 0.20 points ✗")
            .expect_line("→ cover 1 more line");
    }

    #[test]
    fn of_nothing_allows_no_drop_at_all() {
        compared("at-most-below-baseline: 0%", (1, 2), (1, 2)).expect_passed();
        compared("at-most-below-baseline: 0%", (4_999, 10_000), (1, 2))
            .expect_failed()
            .expect_line("drop of 0.01 points > 0.00 points ✗");
    }

    #[test]
    fn is_always_met_by_a_rise() {
        compared(TWO_TENTHS, (9, 10), (5, 10)).expect_passed().expect_line("drop of 0.00 points");
    }

    #[test]
    fn is_one_bar_beside_another() {
        compared("at-least: 80%, at-most-below-baseline: 5%", (78, 100), (80, 100))
            .expect_failed()
            .expect_rule("the rule", "failed", "coverage-below-minimum")
            .expect_reason("the rule", "coverage-not-dropped");
    }

    #[test]
    fn says_when_the_reports_writer_is_another_version() {
        let report = |version: &str| Cobertura::new().file("a.py", 5, 10).by_version(version);
        with_report(TWO_TENTHS, &report("7.17.3"))
            .baseline("coverage", "coverage.xml", report("6.5.0").xml())
            .check()
            .expect_passed()
            .expect_line("the report's writer changed from 6.5.0 to 7.17.3");
    }

    #[test]
    fn cannot_be_decided_by_a_baseline_that_measured_nothing() {
        compared(TWO_TENTHS, (5, 10), (0, 0))
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "baseline-missing")
            .expect_line("the baseline measured nothing for coverage");
    }
}

mod without_baseline {
    use super::*;

    #[track_caller]
    fn answered(answer: &str) -> Checked {
        judged(&format!("at-most-below-baseline: 0.2%{answer}"), 5, 10)
    }

    #[test]
    fn is_inconclusive_unless_the_policy_says_more() {
        for answer in ["", ", without-baseline: inconclusive"] {
            answered(answer)
                .expect_inconclusive()
                .expect_rule("the rule", "inconclusive", "baseline-missing")
                .expect_line("there is no baseline for coverage, so nothing can be compared");
        }
    }

    #[test]
    fn fails_if_the_policy_says_so() {
        answered(", without-baseline: fail")
            .expect_failed()
            .expect_rule("the rule", "failed", "baseline-missing")
            .expect_line("and the policy says to fail then");
    }

    #[test]
    fn passes_if_the_policy_says_so() {
        answered(", without-baseline: pass")
            .expect_passed()
            .expect_rule("the rule", "passed", "baseline-missing")
            .expect_line("and the policy says to pass then");
    }

    #[test]
    fn is_judged_by_the_bar_alone_if_the_policy_says_so() {
        let absolute = ", at-least: 60%, without-baseline: absolute";
        answered(absolute)
            .expect_failed()
            .expect_rule("the rule", "failed", "coverage-below-minimum")
            .expect_reason("the rule", "baseline-missing")
            .expect_line("so what is present is judged by itself");
    }

    #[test]
    fn a_baseline_that_cannot_be_read_is_not_none() {
        with_report(
            "at-most-below-baseline: 0.2%, without-baseline: pass",
            &Cobertura::new().file("a.py", 5, 10),
        )
        .baseline("coverage", "coverage.xml", "<coverage")
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "baseline-broken");
    }
}

mod paths {
    use super::*;

    #[track_caller]
    fn within(paths: &str) -> Checked {
        let report = Cobertura::new().file("src/a.py", 9, 10).file("src/made/b.py", 0, 10).file(
            "tests/c.py",
            0,
            20,
        );
        with_report(&format!("at-least: 50%, paths: {{ {paths} }}"), &report).check()
    }

    #[test]
    fn include_is_all_that_counts() {
        within("include: ['src/**']").expect_failed().expect_line("lines 9/20 = 45.00 % < 50 % ✗");
        within("include: ['src/*']").expect_passed().expect_line("lines 9/10 = 90.00 %");
    }

    #[test]
    fn exclude_does_not_count() {
        within("exclude: ['tests/**']").expect_failed().expect_line("lines 9/20");
        within("exclude: ['tests/**', '**/made/**']").expect_passed().expect_line("lines 9/10");
    }

    #[test]
    fn exclude_takes_from_include() {
        within("include: ['src/**'], exclude: ['src/made/*']")
            .expect_passed()
            .expect_line("lines 9/10 = 90.00 % ≥ 50 % ✓, in src/**, not in src/made/*");
    }

    #[test]
    fn that_fit_no_file_are_no_pass() {
        within("include: ['lib/**']")
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "nothing-measured")
            .expect_line("0/0, nothing was measured in coverage, in lib/**");
    }

    #[test]
    fn count_in_the_baseline_too() {
        let report =
            |a: u64, c: u64| Cobertura::new().file("src/a.py", a, 10).file("tests/c.py", c, 10);
        let rule = "at-most-below-baseline: 0%, paths: { include: ['src/**'] }";
        with_report(rule, &report(9, 0))
            .baseline("coverage", "coverage.xml", report(9, 10).xml())
            .check()
            .expect_passed()
            .expect_line("lines 9/10 = 90.00 %, baseline 9/10 = 90.00 %");
    }
}

mod metric {
    use super::*;

    /// 8 of 10 lines and 1 of 4 branches, so 9 of 14 of both; one line is partial.
    #[track_caller]
    fn counted(rule: &str) -> Checked {
        let report = Cobertura::new().file_with_branches("a.py", 8, 10, (1, 4));
        with_report(rule, &report).check()
    }

    #[test]
    fn is_lines_unless_the_policy_says_more() {
        counted("at-least: 80%").expect_passed().expect_line("lines 8/10");
        counted("at-least: 80%, metric: lines").expect_passed().expect_line("lines 8/10");
    }

    #[test]
    fn may_be_branches() {
        counted("at-least: 80%, metric: branches")
            .expect_failed()
            .expect_line("branches 1/4 = 25.00 % < 80 % ✗")
            .expect_line("→ cover 3 more branches");
    }

    #[test]
    fn may_be_both_as_coverage_py_counts() {
        counted("at-least: 64.28%, metric: combined").expect_passed().expect_line("combined 9/14");
        counted("at-least: 64.29%, metric: combined").expect_failed();
    }

    #[test]
    fn of_branches_cannot_be_decided_where_none_were_measured() {
        judged("at-least: 80%, metric: branches", 10, 10)
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "nothing-measured")
            .expect_line("→ measure branches too");
    }

    #[test]
    fn of_lines_counts_partial_ones_as_the_policy_says() {
        counted("at-least: 80%, partial: covered").expect_passed().expect_line("lines 8/10");
        counted("at-least: 80%, partial: missed").expect_failed().expect_line("lines 7/10");
        counted("at-least: 60%, metric: combined, partial: missed")
            .expect_failed()
            .expect_line("combined 8/14");
    }

    #[test]
    fn of_the_project_may_be_said() {
        counted("of: project, at-least: 80%").expect_passed().expect_line("lines 8/10");
    }
}

mod examined_at_least {
    use super::*;

    #[test]
    fn is_one_file_unless_the_policy_says_more() {
        with_report("at-least: 0%", &Cobertura::new())
            .check()
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "too-little-examined")
            .expect_line("no file was examined in coverage");
    }

    #[test]
    fn may_be_more() {
        judged("at-least: 80%, examined-at-least: 2", 10, 10)
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "too-little-examined")
            .expect_line("only 1 file examined in coverage, of at least 2");
    }
}
