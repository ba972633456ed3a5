//! The rule `metric`: a number of a report is as it should be.

use gate_tests::{Checked, Repository};

fn metrics(json: &str) -> String {
    format!("{{\"schema\": \"gate/metrics/v1\", \"metrics\": {json}}}")
}

fn with_report(rule: &str, json: &str) -> Repository {
    Repository::with_rule(&format!("metric: {{ report: perf, {rule} }}"))
        .file("perf.json", metrics(json))
}

#[track_caller]
fn judged(rule: &str, json: &str) -> Checked {
    with_report(rule, json).check()
}

#[track_caller]
fn against(rule: &str, base: &str, head: &str) -> Checked {
    with_report(&format!("pointer: /a, {rule}"), head)
        .baseline("perf", "perf.json", metrics(base))
        .check()
}

#[test]
fn where_lower_is_better_the_bar_is_a_maximum() {
    let rule = "pointer: /startup/p99, better: lower, at-most: 0.9";
    judged(rule, r#"{"startup": {"p99": 0.900}}"#)
        .expect_passed()
        .expect_rule("the rule", "passed", "metric-within-bar")
        .expect_line("/startup/p99: 0.9 ≤ 0.9 ✓");
    judged(rule, r#"{"startup": {"p99": 0.90000000000000000001}}"#)
        .expect_failed()
        .expect_rule("the rule", "failed", "metric-beyond-bar")
        .expect_line("/startup/p99: 0.90000000000000000001 > 0.9 ✗");
}

#[test]
fn where_higher_is_better_the_bar_is_a_minimum() {
    let rule = "pointer: /rate, better: higher, at-least: 1000";
    judged(rule, r#"{"rate": 1e3}"#).expect_passed().expect_line("/rate: 1000 ≥ 1000 ✓");
    judged(rule, r#"{"rate": 999.9}"#).expect_failed().expect_line("/rate: 999.9 < 1000 ✗");
}

#[test]
fn a_number_may_be_worse_than_the_baselines_by_so_much() {
    let rule = "better: lower, worse-by-at-most: 0.2";
    against(rule, r#"{"a": 0.1}"#, r#"{"a": 0.3}"#)
        .expect_passed()
        .expect_rule("the rule", "passed", "metric-not-worse")
        .expect_line("/a: 0.3, baseline 0.1: worse by 0.2 ≤ 0.2 ✓");
    against(rule, r#"{"a": 0.1}"#, r#"{"a": 0.31}"#)
        .expect_failed()
        .expect_rule("the rule", "failed", "metric-worse")
        .expect_line("/a: 0.31, baseline 0.1: worse by 0.21 > 0.2 ✗");
    against(rule, r#"{"a": 0.1}"#, r#"{"a": 0.05}"#)
        .expect_passed()
        .expect_line("better by 0.05 ✓");
    against(rule, r#"{"a": 0.1}"#, r#"{"a": 0.10}"#).expect_passed().expect_line("unchanged ✓");
}

#[test]
fn or_by_so_much_of_the_baselines() {
    let rule = "better: higher, worse-by-at-most: 5%";
    against(rule, r#"{"a": 1250}"#, r#"{"a": 1187.5}"#)
        .expect_passed()
        .expect_line("/a: 1187.5, baseline 1250: worse by 62.5 ≤ 62.5 (5 %) ✓");
    against(rule, r#"{"a": 1250}"#, r#"{"a": 1187.4999}"#).expect_failed();
    against(rule, r#"{"a": 1250}"#, r#"{"a": 9000}"#).expect_passed();
    // Of nothing and below nothing, too.
    against("better: lower, worse-by-at-most: 5%", r#"{"a": 0}"#, r#"{"a": 1e-30}"#)
        .expect_failed();
    against("better: lower, worse-by-at-most: 5%", r#"{"a": -100}"#, r#"{"a": -95}"#)
        .expect_passed();
    against("better: lower, worse-by-at-most: 5%", r#"{"a": -100}"#, r#"{"a": -94}"#)
        .expect_failed();
    // Numbers that lie hundreds of digits apart.
    against("better: lower, worse-by-at-most: 1", r#"{"a": 1e300}"#, r#"{"a": 1e-300}"#)
        .expect_passed();
}

#[test]
fn both_bars_hold_or_the_rule_does_not() {
    let rule = "better: lower, at-most: 10, worse-by-at-most: 1";
    against(rule, r#"{"a": 9}"#, r#"{"a": 10}"#).expect_passed();
    against(rule, r#"{"a": 8}"#, r#"{"a": 10}"#).expect_failed();
    against(rule, r#"{"a": 10}"#, r#"{"a": 11}"#).expect_failed();
}

#[test]
fn a_number_that_is_not_there_is_not_zero() {
    judged("pointer: /b, better: lower, at-most: 1", r#"{"a": 0, "b": "0"}"#)
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "metric-missing")
        .expect_line("there is no number at /b in perf")
        .expect_line("→ there are numbers at /a");
    judged("pointer: /b, better: lower, at-most: 1", "{}")
        .expect_inconclusive()
        .expect_reason("the rule", "too-little-examined")
        .expect_reason("the rule", "metric-missing");
}

#[test]
fn without_a_baseline_the_policy_says_what_holds() {
    let rule = "pointer: /a, better: lower, worse-by-at-most: 1";
    judged(rule, r#"{"a": 1}"#).expect_inconclusive().expect_reason("the rule", "baseline-missing");
    judged(&format!("{rule}, without-baseline: pass"), r#"{"a": 1}"#).expect_passed();
    judged(&format!("{rule}, without-baseline: fail"), r#"{"a": 1}"#).expect_failed();
    judged(&format!("{rule}, at-most: 0, without-baseline: absolute"), r#"{"a": 1}"#)
        .expect_failed()
        .expect_reason("the rule", "metric-beyond-bar");
    // A baseline that does not have this number.
    against("better: lower, worse-by-at-most: 1", r#"{"b": 1}"#, r#"{"a": 1}"#)
        .expect_inconclusive()
        .expect_line("the baseline has no number at /a");
}

#[test]
fn the_numbers_of_a_matrix_stand_below_the_names_of_its_parts() {
    let policy = |pointer: &str| {
        format!(
            "version: 1\nreports:\n  perf: {{ file: \"{{part}}.json\", parts: [linux, mac] }}\nrules:\n  \
             the rule: {{ metric: {{ report: perf, pointer: {pointer}, better: lower, at-most: 1 }} }}\n"
        )
    };
    Repository::with_policy(&policy("/mac/a"))
        .file("linux.json", metrics(r#"{"a": 9}"#))
        .file("mac.json", metrics(r#"{"a": 1}"#))
        .check()
        .expect_passed()
        .expect_line("/mac/a: 1 ≤ 1 ✓");
    Repository::with_policy(&policy("/a")).gate_check().run().expect_refused(&[
        "the numbers of `perf` stand below the names of its parts",
        "for example /linux/a",
    ]);
}

#[test]
fn the_json_of_the_verdict_has_the_numbers_exactly() {
    let checked = against("better: lower, worse-by-at-most: 5%", r#"{"a": 0.1}"#, r#"{"a": 0.3}"#);
    let comparison = &checked.reason("the rule", "metric-worse")["comparison"];
    assert_eq!(comparison["kind"], "number-not-worse");
    assert_eq!((&comparison["value"], &comparison["baseline"]), (&"0.3".into(), &"0.1".into()));
    assert_eq!((&comparison["better"], &comparison["tolerance"]), (&"lower".into(), &"5%".into()));
    let checked = judged("pointer: /a, better: higher, at-least: 2", r#"{"a": 1}"#);
    let comparison = &checked.reason("the rule", "metric-beyond-bar")["comparison"];
    assert_eq!(comparison["kind"], "number-at-least");
}

#[test]
fn a_rule_that_cannot_be_meant_is_refused() {
    for (rule, problem) in [
        ("pointer: /a, better: lower", "this rule has no bar"),
        ("pointer: /a, better: lower, at-least: 1", "where lower is better, the bar is `at-most`"),
        (
            "pointer: /a, better: higher, at-most: 1",
            "where higher is better, the bar is `at-least`",
        ),
        ("pointer: a, better: lower, at-most: 1", "a JSON pointer begins with `/`"),
        ("pointer: /a~2, better: lower, at-most: 1", "a JSON pointer begins with `/`"),
        ("pointer: /a, better: faster, at-most: 1", "no such direction: `faster`"),
        ("pointer: /a, better: lower, at-most: 1s", "a number is written with digits"),
        ("pointer: /a, better: lower, at-most: \"1\"", "a number is written without quotes"),
        ("pointer: /a, better: lower, worse-by-at-most: -1", "give 0 or more"),
        (
            "pointer: /a, better: lower, worse-by-at-most: 5 percent",
            "a number is written with digits",
        ),
        (
            "pointer: /a, better: lower, at-most: 1, without-baseline: pass",
            "this rule does not compare with a baseline",
        ),
        (
            "pointer: /a, better: lower, worse-by-at-most: 1, without-baseline: absolute",
            "`absolute` needs an `at-most` or `at-least`",
        ),
    ] {
        with_report(rule, "{}").gate_check().run().expect_refused(&[problem]);
    }
}
