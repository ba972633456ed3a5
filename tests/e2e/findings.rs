//! The rule `findings`: at most so many flaws of such a severity.

use gate_tests::{Bandit, Checked, Finding, Repository, finding};
use serde_json::json;

fn with_report(rule: &str, report: &Bandit) -> Repository {
    Repository::with_rule(&format!("findings: {{ report: bandit, {rule} }}"))
        .file("bandit.json", report.json())
}

#[track_caller]
fn judged<const N: usize>(rule: &str, findings: [Finding; N]) -> Checked {
    with_report(rule, &Bandit::with(findings)).check()
}

/// Judged by `only: introduced` and these keys, against a base with findings.
#[track_caller]
fn introduced<const N: usize, const M: usize>(
    rule: &str,
    head: [Finding; N],
    base: [Finding; M],
) -> Checked {
    with_report(&format!("only: introduced, at-most: 0{rule}"), &Bandit::with(head))
        .baseline("bandit", "bandit.json", Bandit::with(base).json())
        .check()
}

#[test]
fn at_most_is_met_exactly_at_the_maximum() {
    let two = || [finding("B1", "a.py", 1), finding("B2", "a.py", 2)];
    judged("at-most: 2", two())
        .expect_passed()
        .expect_rule("the rule", "passed", "findings-within-maximum")
        .expect_line("findings, severity low or above: 2 ≤ 2 ✓");
    judged("at-most: 1", two())
        .expect_failed()
        .expect_rule("the rule", "failed", "findings-above-maximum")
        .expect_line("findings, severity low or above: 2 > 1 ✗")
        .expect_line("→ mend 1 finding, or waive what is no flaw")
        .expect_line("a.py:1  medium B1 Use of B1");
}

#[test]
fn a_clean_report_passes() {
    with_report("at-most: 0", &Bandit::clean()).check().expect_passed().expect_line("0 ≤ 0 ✓");
}

#[test]
fn severity_counts_from_its_level_on() {
    let all = || ["LOW", "MEDIUM", "HIGH"].map(|level| finding("B1", "a.py", 1).severity(level));
    judged("at-most: 0, severity: low", all()).expect_line("3 > 0");
    judged("at-most: 0, severity: medium", all()).expect_line("severity medium or above: 2 > 0");
    judged("at-most: 0, severity: high", all()).expect_line("severity high or above: 1 > 0");
    judged("at-most: 0, severity: undefined", all()).expect_line("findings: 3 > 0");
}

#[test]
fn confidence_counts_from_its_level_on() {
    let all = || ["LOW", "MEDIUM", "HIGH"].map(|level| finding("B1", "a.py", 1).confidence(level));
    judged("at-most: 0, confidence: low", all()).expect_line("3 > 0");
    judged("at-most: 0, confidence: medium", all())
        .expect_line("confidence medium or above: 2 > 0");
    judged("at-most: 0, confidence: high", all()).expect_line("confidence high or above: 1 > 0");
}

#[test]
fn what_states_no_severity_counts_at_every_level_and_is_shown_first() {
    let undefined = || finding("B9", "z.py", 1).severity("UNDEFINED").confidence("UNDEFINED");
    for level in ["low", "medium", "high"] {
        judged(&format!("at-most: 0, severity: {level}, confidence: {level}"), [undefined()])
            .expect_failed()
            .expect_line("undefined B9");
    }
    let checked = judged("at-most: 0", [finding("B1", "a.py", 1).severity("HIGH"), undefined()]);
    let items = &checked.reason("the rule", "findings-above-maximum")["items"];
    assert_eq!(items[0]["severity"], "undefined");
    assert_eq!(items[1]["severity"], "high");
}

#[test]
fn the_worst_is_listed_first() {
    let checked = judged(
        "at-most: 0",
        [
            finding("B1", "a.py", 1).severity("LOW"),
            finding("B2", "a.py", 2).severity("HIGH"),
            finding("B3", "a.py", 3).severity("MEDIUM"),
        ],
    );
    let items = checked.reason("the rule", "findings-above-maximum")["items"].clone();
    let levels: Vec<_> = items.as_array().unwrap().iter().map(|item| &item["severity"]).collect();
    assert_eq!(levels, ["high", "medium", "low"]);
    assert_eq!(items[0]["path"], "a.py");
    assert_eq!(items[0]["line"], 2);
}

#[test]
fn paths_say_which_files_count() {
    let both = || [finding("B1", "src/a.py", 1), finding("B1", "tests/b.py", 1)];
    judged("at-most: 0, paths: { include: ['src/**'] }", both())
        .expect_line(", in src/**: 1 > 0")
        .expect_line("src/a.py:1")
        .expect_no_line("tests/b.py");
    judged("at-most: 0, paths: { exclude: ['src/**'] }", both()).expect_line("tests/b.py:1");
    judged("at-most: 0, paths: { include: ['lib/**'] }", both()).expect_passed();
}

#[test]
fn a_long_list_is_counted_in_full_and_shown_in_part() {
    let many = (1..=600).map(|line| finding("B1", "a.py", line));
    let checked = with_report("at-most: 0", &Bandit::with(many)).check();
    checked.expect_failed().expect_line("600 > 0").expect_line("and 590 more");
    let reason = checked.reason("the rule", "findings-above-maximum");
    assert_eq!(reason["items"].as_array().unwrap().len(), 500);
    assert_eq!(reason["unlisted"], 100);
    assert_eq!(reason["comparison"], json!({"kind": "at-most", "value": 600, "maximum": 0}));
}

mod only_introduced {
    use super::*;

    #[test]
    fn does_not_count_what_the_base_has() {
        let known = || finding("B1", "a.py", 3);
        introduced("", [known()], [known()])
            .expect_passed()
            .expect_line("introduced findings, severity low or above: 0 ≤ 0 ✓");
    }

    #[test]
    fn counts_what_the_base_does_not_have() {
        introduced(
            "",
            [finding("B1", "a.py", 3), finding("B2", "a.py", 9)],
            [finding("B1", "a.py", 3)],
        )
        .expect_failed()
        .expect_line("introduced findings, severity low or above: 1 > 0 ✗")
        .expect_line("a.py:9  medium B2");
    }

    #[test]
    fn counts_a_second_copy_of_what_is_known() {
        let copy = |line| finding("B1", "a.py", line).code("eval(text)");
        introduced("", [copy(3), copy(9)], [copy(3)]).expect_failed().expect_line("a.py:9");
        introduced("", [copy(3), copy(9)], [copy(9)]).expect_failed().expect_line("a.py:3");
        introduced("", [copy(3), copy(9)], [copy(1), copy(2)]).expect_passed();
    }

    #[test]
    fn does_not_count_a_line_that_moved() {
        let at = |line| finding("B1", "a.py", line).code("eval(text)");
        introduced("", [at(300)], [at(3)]).expect_passed();
    }

    #[test]
    fn does_not_count_a_line_that_was_only_indented() {
        let written = |code: &str| finding("B1", "a.py", 3).code(code);
        introduced("", [written("    eval( text )")], [written("eval( text )")]).expect_passed();
    }

    #[test]
    fn counts_the_same_flaw_in_another_file() {
        let within = |file: &str| finding("B1", file, 3).code("eval(text)");
        introduced("", [within("b.py")], [within("a.py")]).expect_failed().expect_line("b.py:3");
    }

    #[test]
    fn counts_another_flaw_in_the_same_line() {
        introduced("", [finding("B2", "a.py", 3).code("x")], [finding("B1", "a.py", 3).code("x")])
            .expect_failed();
    }

    #[test]
    fn counts_a_known_flaw_whose_code_is_another() {
        let written = |code: &str| finding("B1", "a.py", 3).code(code);
        introduced("", [written("eval(b)")], [written("eval(a)")]).expect_failed();
    }

    #[test]
    fn is_not_moved_by_another_writing_of_the_path() {
        introduced("", [finding("B1", "src/a.py", 3)], [finding("B1", "./src\\a.py", 3)])
            .expect_passed();
    }

    #[test]
    fn filters_only_after_comparing() {
        // Bandit 1.7 raised B303 from LOW to HIGH: no code changed, nothing was introduced.
        let rated = |severity: &str| finding("B303", "a.py", 3).severity(severity);
        introduced(", severity: high", [rated("HIGH")], [rated("LOW")]).expect_passed();
        introduced(", confidence: high", [rated("HIGH")], [rated("HIGH").confidence("LOW")])
            .expect_passed();
    }

    #[test]
    fn takes_the_answer_of_without_baseline() {
        let alone = |answer: &str| {
            let rule = format!("only: introduced, at-most: 0{answer}");
            with_report(&rule, &Bandit::with([finding("B1", "a.py", 1)])).check()
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
        alone(", without-baseline: absolute")
            .expect_failed()
            .expect_rule("the rule", "failed", "findings-above-maximum")
            .expect_reason("the rule", "baseline-missing")
            .expect_line("so what is present is judged by itself");
    }

    #[test]
    fn cannot_be_decided_by_a_baseline_that_cannot_be_read() {
        with_report("only: introduced, at-most: 0, without-baseline: pass", &Bandit::clean())
            .baseline("bandit", "bandit.json", "{\"errors\": [")
            .check()
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "baseline-broken");
    }

    #[test]
    fn cannot_be_decided_by_a_baseline_that_is_not_where_it_was_said_to_be() {
        with_report("only: introduced, at-most: 0", &Bandit::clean())
            .arg("--baseline")
            .arg("bandit=nowhere.json")
            .check()
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "baseline-missing")
            .expect_line("there is no file nowhere.json");
    }

    #[test]
    fn is_what_two_releases_of_flask_differ_in() {
        Repository::with_rule(
            "findings: { report: bandit, only: introduced, at-most: 0, severity: high }",
        )
        .fixture("bandit.json", "bandit/flask-3.1.2.json")
        .baseline("bandit", "b.json", gate_tests::fixture_bytes("bandit/flask-2.0.0.json"))
        .check()
        .expect_failed()
        .expect_line("introduced findings, severity high or above: 1 > 0 ✗");
    }

    #[test]
    fn sees_the_copies_that_bandits_own_baseline_hides() {
        Repository::with_rule("findings: { report: bandit, only: introduced, at-most: 0 }")
            .fixture("bandit.json", "bandit/three-copies.json")
            .baseline("bandit", "b.json", gate_tests::fixture_bytes("bandit/one-copy.json"))
            .check()
            .expect_failed()
            .expect_line("2 > 0");
    }
}

mod demands {
    use super::*;

    #[test]
    fn something_must_have_been_examined() {
        with_report("at-most: 0", &Bandit::of_nothing())
            .check()
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "too-little-examined")
            .expect_line("no file was examined in bandit");
        with_report("at-most: 0, examined-at-least: 0", &Bandit::of_nothing())
            .check()
            .expect_passed();
    }

    #[test]
    fn more_may_be_asked_for() {
        with_report("at-most: 0, examined-at-least: 3", &Bandit::clean())
            .check()
            .expect_inconclusive()
            .expect_line("only 1 file examined in bandit, of at least 3");
    }

    #[test]
    fn nothing_may_be_left_unread() {
        let report = Bandit::clean().unread("src/b.py", "syntax error");
        with_report("at-most: 0", &report)
            .check()
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "left-unread")
            .expect_line("1 file could not be read in bandit")
            .expect_line("src/b.py: syntax error");
        with_report("at-most: 0, unread-at-most: 1", &report).check().expect_passed();
    }
}
