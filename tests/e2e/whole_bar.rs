//! Every gate of a whole pipeline, each as one rule: fixtures/peak-trade/seed/gate.yml, on a pull
//! request that meets all of it and on one that breaks nearly all.

use gate_tests::{Checked, check_in, fixture, totals};
use serde_json::Value;

/// A gate of the pipeline: what it is there, the rule, whether it decides, and what red says of it.
struct Gate {
    of_the_pipeline: &'static str,
    rule: &'static str,
    mode: &'static str,
    /// Outcome and code.
    red: (&'static str, &'static str),
}

const fn gate(
    of_the_pipeline: &'static str,
    rule: &'static str,
    mode: &'static str,
    outcome: &'static str,
    code: &'static str,
) -> Gate {
    Gate { of_the_pipeline, rule, mode, red: (outcome, code) }
}

const FINDINGS: &str = "findings-above-maximum";
const VULNERABILITIES: &str = "vulnerabilities-above-maximum";

#[rustfmt::skip]
const GATES: [Gate; 26] = [
    gate("lint", "the code passes Ruff", "required", "failed", FINDINGS),
    gate("formatting", "the code is formatted", "required", "failed", FINDINGS),
    gate("import sorting", "imports are sorted", "required", "failed", FINDINGS),
    gate("trailing white space, end of file, YAML", "files are in form", "required", "failed", FINDINGS),
    gate("type check", "types hold", "advisory", "failed", FINDINGS),
    gate("type coverage", "most of the code has types", "advisory", "passed", "metric-within-bar"),
    gate("Bandit", "no insecure code is introduced", "required", "failed", FINDINGS),
    gate("Safety", "Safety knows no new vulnerability", "required", "failed", VULNERABILITIES),
    gate("pip-audit", "pip-audit knows no new vulnerability", "required", "failed", VULNERABILITIES),
    gate("coverage", "enough of the project is tested", "required", "failed", "coverage-below-minimum"),
    gate("tests on the primary version", "the tests pass", "required", "failed", "tests-below-minimum"),
    gate("full matrix", "the tests pass on all versions", "advisory", "passed", "tests-at-minimum"),
    gate("RL v0.1 contract", "the contract for agents holds", "required", "failed", "test-failures-above-maximum"),
    gate("strategy smoke tests", "every strategy runs", "required", "passed", "tests-at-minimum"),
    gate("macOS", "it runs on macOS", "advisory", "failed", "check-failed"),
    gate("structure and links of the documentation", "the documentation is sound", "required", "failed", FINDINGS),
    gate("documentation updated, if needed", "the documentation follows the code", "required", "failed", "change-missing"),
    gate("outdated packages", "dependencies are up to date", "advisory", "passed", "metric-within-bar"),
    gate("all quality checks", "all checks succeed", "required", "failed", "check-failed"),
    gate("reviewer approval", "a colleague has approved it", "required", "failed", "changes-requested"),
    gate("conversation resolution", "every conversation is resolved", "required", "failed", "conversation-unresolved"),
    gate("protected: approval", "the branch demands an approval", "required", "failed", "protection-missing"),
    gate("protected: status checks", "the branch demands this gate", "required", "failed", "protection-missing"),
    gate("protected: conversations", "the branch demands resolved conversations", "required", "failed", "protection-missing"),
    gate("protected: force pushes", "the branch refuses forced pushes", "required", "failed", "protection-missing"),
    gate("protected: deletion", "the branch refuses to be deleted", "required", "failed", "protection-missing"),
];

const POLICY: [&str; 4] = ["--policy", "../seed/gate.yml", "--diff", "changes.diff"];

#[track_caller]
fn green() -> Checked {
    check_in(fixture("peak-trade/green"), &POLICY)
}

#[track_caller]
fn red() -> Checked {
    let baselines =
        ["bandit", "safety", "pip-audit"].map(|name| format!("{name}=baseline/{name}.json"));
    let baselines = baselines.iter().flat_map(|baseline| ["--baseline", baseline]);
    let arguments: Vec<&str> = POLICY.into_iter().chain(baselines).collect();
    check_in(fixture("peak-trade/red"), &arguments)
}

fn names(checked: &Checked) -> Vec<String> {
    let rules = checked.json["rules"].as_array().expect("rules");
    rules.iter().map(|rule| rule["name"].as_str().expect("a name").to_owned()).collect()
}

fn value(checked: &Checked, rule: &str, code: &str) -> Value {
    checked.reason(rule, code)["comparison"]["value"].clone()
}

#[test]
fn each_gate_of_the_pipeline_is_one_rule() {
    let checked = green();
    assert_eq!(names(&checked), GATES.map(|gate| gate.rule.to_owned()));
    for Gate { rule, mode, of_the_pipeline, .. } in GATES {
        assert_eq!(checked.rule(rule)["mode"], mode, "{of_the_pipeline}");
    }
}

#[test]
fn what_meets_the_whole_bar_passes_and_what_is_advisory_may_fail() {
    let checked = green();
    checked.expect_passed().expect_line("✓ Passed: all required rules hold (21 of 21)");
    for Gate { rule, of_the_pipeline, .. } in GATES {
        // Types are adopted step by step.
        let expected = if rule == "types hold" { "failed" } else { "passed" };
        assert_eq!(checked.rule(rule)["outcome"], expected, "{of_the_pipeline}");
    }
}

#[test]
fn what_breaks_it_is_told_gate_by_gate() {
    let checked = red();
    checked.expect_failed().expect_line("✗ Failed: 20 of 21 required rules not met");
    for Gate { rule, red: (outcome, code), .. } in GATES {
        checked.expect_rule(rule, outcome, code);
    }
}

#[test]
fn every_number_is_the_one_of_the_tool() {
    let (checked, totals) = (red(), totals("peak-trade/red/reports/"));
    let total =
        |report: &str, key: &str| totals[&format!("peak-trade/red/reports/{report}")][key].clone();
    for (rule, report, key) in [
        ("the code passes Ruff", "ruff.json", "total"),
        ("the code is formatted", "ruff-format.json", "total"),
        ("imports are sorted", "ruff-imports.json", "total"),
        ("files are in form", "files.json", "total"),
        ("types hold", "mypy.jsonl", "errors"),
        ("the documentation is sound", "docs.json", "total"),
    ] {
        assert_eq!(value(&checked, rule, FINDINGS), total(report, key), "{rule}");
    }
    let contract = value(&checked, "the contract for agents holds", "test-failures-above-maximum");
    assert_eq!(contract, total("contract.xml", "failures"));
    let run = value(&checked, "the tests pass", "tests-below-minimum");
    assert_eq!(run, total("py3.11/junit.xml", "tests"));
    // The two versions of the matrix that are not the primary one, together.
    let on_all = value(&checked, "the tests pass on all versions", "tests-at-minimum").as_u64();
    let of = |part: &str| total(&format!("{part}/junit.xml"), "tests").as_u64();
    assert_eq!(on_all, Some(of("py3.10").unwrap() + of("py3.12").unwrap()));
    // Safety and pip-audit tell of the same flaws; the one of the baseline is not introduced.
    for rule in ["Safety", "pip-audit"] {
        let rule = format!("{rule} knows no new vulnerability");
        assert_eq!(value(&checked, &rule, VULNERABILITIES), 3, "{rule}");
    }
    assert_eq!(total("safety.json", "advisories"), 4);
}

#[test]
fn what_is_missing_ends_with_the_way_to_green() {
    red()
        .expect_line("→ mend I001 at src/peak_trade/notify.py:3")
        .expect_line("→ change a file that fits docs/**")
        // Safety does not say which release is free of it; pip-audit knows the flaw by the same id.
        .expect_line("→ upgrade jinja2 to 3.1.4")
        .expect_line("→ upgrade requests to 2.31.0")
        .expect_line(
            "→ cover, with all branches, any 18 of these 68 lines: src/peak_trade/broker.py:21, ",
        )
        .expect_line("and 63 more")
        .expect_line("require the status check gate with this App as its source (App 4711)")
        .expect_line("→ waiting for: CI / strategy smoke");
}
