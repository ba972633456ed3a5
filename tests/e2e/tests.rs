//! The rule `tests`: the tests were run, and as many came out as they should.

use gate_tests::{Checked, Junit, Repository};

fn with_report(rule: &str, report: &Junit) -> Repository {
    Repository::with_rule(&format!("tests: {{ report: unit{rule} }}"))
        .file("unit.xml", report.xml())
}

#[track_caller]
fn judged(rule: &str, report: &Junit) -> Checked {
    with_report(rule, report).check()
}

#[track_caller]
fn against(rule: &str, base: &Junit, head: &Junit) -> Checked {
    with_report(rule, head).baseline("unit", "unit.xml", base.xml()).check()
}

#[test]
fn a_run_in_which_all_passed_passes() {
    judged("", &Junit::passed(["a", "b"]))
        .expect_passed()
        .expect_line("tests that were run: 2 ≥ 1 ✓")
        .expect_line("failures: 0 ≤ 0 ✓")
        .expect_line("errors: 0 ≤ 0 ✓")
        .expect_reason("the rule", "tests-at-minimum")
        .expect_reason("the rule", "test-failures-within-maximum")
        .expect_reason("the rule", "test-errors-within-maximum");
}

#[test]
fn a_failure_fails_and_is_named() {
    judged("", &Junit::passed(["a"]).failed("b"))
        .expect_failed()
        .expect_rule("the rule", "failed", "test-failures-above-maximum")
        .expect_line("failures: 1 > 0 ✗")
        .expect_line("test_shop::b: assert 1 == 2")
        .expect_line("→ mend what fails");
    judged(", failures-at-most: 1", &Junit::passed(["a"]).failed("b")).expect_passed();
}

#[test]
fn an_error_fails_and_is_named() {
    judged("", &Junit::passed(["a"]).broken("b"))
        .expect_failed()
        .expect_rule("the rule", "failed", "test-errors-above-maximum")
        .expect_line("errors: 1 > 0 ✗")
        .expect_line("test_shop::b: no database");
    judged(", errors-at-most: 1", &Junit::passed(["a"]).broken("b")).expect_passed();
}

#[test]
fn an_error_that_only_a_total_shows_fails_like_any_other() {
    judged("", &Junit::passed(["a"]).totals("errors=\"1\""))
        .expect_failed()
        .expect_rule("the rule", "failed", "test-errors-above-maximum")
        .expect_line("1 error that no test case shows");
    // What gotestsum writes of a package that does not build.
    Repository::with_rule("tests: { report: unit, failures-at-most: 1 }")
        .fixture("unit.xml", "junit/gotestsum-build-failure.xml")
        .check()
        .expect_failed()
        .expect_rule("the rule", "failed", "test-errors-above-maximum");
}

#[test]
fn a_run_that_selected_no_test_never_passes() {
    let lenient = ", failures-at-most: 9, errors-at-most: 9, skipped-at-most: 9, unread-at-most: 9";
    for report in [Junit::new(), Junit::new().skipped("a").skipped("b")] {
        for rule in ["", lenient] {
            judged(rule, &report)
                .expect_inconclusive()
                .expect_rule("the rule", "inconclusive", "too-little-examined")
                .expect_line("no test was examined in unit");
        }
    }
    Repository::with_rule("tests: { report: unit, at-least: 0 }")
        .file("unit.xml", Junit::new().xml())
        .gate_check()
        .run()
        .expect_refused(&["a run of no test never passes; `at-least` is 1 or more"]);
    Repository::with_rule("tests: { report: unit }")
        .fixture("unit.xml", "junit/pytest-no-test-selected.xml")
        .check()
        .expect_inconclusive();
}

#[test]
fn so_many_tests_must_be_run() {
    judged(", at-least: 2", &Junit::passed(["a", "b"])).expect_passed();
    judged(", at-least: 3", &Junit::passed(["a", "b"]).skipped("c"))
        .expect_failed()
        .expect_rule("the rule", "failed", "tests-below-minimum")
        .expect_line("tests that were run: 2 < 3 ✗")
        .expect_line("→ run 1 more");
    // Two cases of one test are no two tests.
    judged(", at-least: 2", &Junit::passed(["a", "a"])).expect_failed();
}

#[test]
fn so_many_tests_may_be_skipped() {
    let report = Junit::passed(["a"]).skipped("b");
    judged("", &report).expect_passed();
    judged(", skipped-at-most: 1", &report)
        .expect_passed()
        .expect_reason("the rule", "skipped-tests-within-maximum");
    judged(", skipped-at-most: 0", &report)
        .expect_failed()
        .expect_rule("the rule", "failed", "skipped-tests-above-maximum")
        .expect_line("test_shop::b: not yet");
}

#[test]
fn so_many_tests_may_be_flaky() {
    let report = Junit::passed(["a"]).flaky("b");
    judged("", &report).expect_passed().expect_remark("flaky-tests");
    judged(", flaky-at-most: 1", &report)
        .expect_passed()
        .expect_reason("the rule", "flaky-tests-within-maximum");
    judged(", flaky-at-most: 0", &report)
        .expect_failed()
        .expect_rule("the rule", "failed", "flaky-tests-above-maximum")
        .expect_line("test_shop::b");
}

#[test]
fn none_may_vanish_that_the_baseline_ran() {
    let base = Junit::passed(["a", "b", "c"]).skipped("d");
    let rule = ", vanished-at-most: 0";
    against(rule, &base, &Junit::passed(["a", "b", "c", "new"]))
        .expect_passed()
        .expect_reason("the rule", "vanished-tests-within-maximum");
    against(rule, &base, &Junit::passed(["a"]).skipped("b"))
        .expect_failed()
        .expect_rule("the rule", "failed", "vanished-tests-above-maximum")
        .expect_line("tests of the baseline that were not run: 2 > 0 ✗")
        .expect_line("test_shop::b: not yet")
        .expect_line("test_shop::c: it is gone");
    against(", vanished-at-most: 2", &base, &Junit::passed(["a"])).expect_passed();
    // A test that fails has not vanished.
    against(rule, &base, &Junit::passed(["a", "b"]).failed("c"))
        .expect_no_reason("the rule", "vanished-tests-above-maximum");
}

#[test]
fn only_failures_that_the_baseline_does_not_have_count_as_introduced() {
    let base = Junit::passed(["a"]).failed("old").broken("broken");
    let rule = ", only: introduced";
    against(rule, &base, &base).expect_passed().expect_line("introduced failures: 0 ≤ 0 ✓");
    against(rule, &base, &base.clone().failed("new"))
        .expect_failed()
        .expect_line("introduced failures: 1 > 0 ✗")
        .expect_line("test_shop::new: assert 1 == 2")
        .expect_no_line("test_shop::old");
    // A test that failed and cannot be carried out any more ends in another way.
    against(rule, &Junit::passed(["a"]).failed("b"), &Junit::passed(["a"]).broken("b"))
        .expect_failed()
        .expect_rule("the rule", "failed", "test-errors-above-maximum");
    let build = Junit::passed(["a"]).totals("errors=\"1\"");
    against(rule, &build, &build).expect_passed();
    against(rule, &build, &Junit::passed(["a"]).totals("errors=\"2\"")).expect_failed();
}

#[test]
fn without_a_baseline_the_policy_says_what_holds() {
    let report = Junit::passed(["a"]).failed("b");
    for key in [", only: introduced", ", vanished-at-most: 0, failures-at-most: 1"] {
        judged(key, &report).expect_inconclusive().expect_rule(
            "the rule",
            "inconclusive",
            "baseline-missing",
        );
        judged(&format!("{key}, without-baseline: pass"), &report).expect_passed();
        judged(&format!("{key}, without-baseline: fail"), &report).expect_failed();
    }
    judged(", only: introduced, without-baseline: absolute", &report)
        .expect_failed()
        .expect_line("introduced failures: 1 > 0 ✗");
    judged(", vanished-at-most: 0, without-baseline: absolute", &Junit::passed(["a"]))
        .expect_passed();
    // What needs no baseline is judged without one.
    judged(", vanished-at-most: 0", &report)
        .expect_failed()
        .expect_reason("the rule", "baseline-missing");
}

#[test]
fn an_outcome_that_nobody_knows_decides_nothing() {
    let report = Junit::passed(["a"]).case("b", "<broken/>");
    judged("", &report)
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "left-unread")
        .expect_line("test_shop::b: it has an element <broken>, of which nothing is known");
    judged(", unread-at-most: 1", &report).expect_passed();
}

#[test]
fn a_rule_that_says_nothing_about_a_baseline_needs_no_answer_for_one() {
    Repository::with_rule("tests: { report: unit, without-baseline: pass }")
        .gate_check()
        .run()
        .expect_refused(&["this rule does not compare with a baseline", "vanished-at-most: 0"]);
    Repository::with_rule("tests: { report: bandit }")
        .gate_check()
        .run()
        .expect_refused(&["`bandit` is Bandit JSON, which has findings, not tests"]);
}

#[test]
fn what_pytest_itself_wrote_is_judged() {
    Repository::with_rule(
        "tests: { report: unit, at-least: 12, failures-at-most: 3, errors-at-most: 4 }",
    )
    .fixture("unit.xml", "junit/pytest.xml")
    .check()
    .expect_passed()
    .expect_line("failures: 3 ≤ 3 ✓")
    .expect_line("errors: 4 ≤ 4 ✓")
    .expect_line("test_collect: collection failure");
}
