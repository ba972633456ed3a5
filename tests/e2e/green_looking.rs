//! Inputs that look green and are not: their tools exit with 0, or print 100 %. None is a pass under
//! the default demands, and each says why.

use gate_tests::{Checked, Repository, gate};

#[track_caller]
fn judged(rule: &str, file: &str, fixture: &str) -> Checked {
    let checked = Repository::with_rule(rule).fixture(file, fixture).check();
    assert_ne!(checked.json["outcome"], "passed", "{fixture} looks green\n{}", checked.text);
    checked
}

#[track_caller]
fn audited(fixture: &str) -> Checked {
    let rule = "vulnerabilities: { report: pip-audit, at-most: 0 }";
    judged(rule, "pip-audit.json", &format!("pip-audit/{fixture}"))
}

#[track_caller]
fn scanned(fixture: &str) -> Checked {
    judged("findings: { report: bandit, at-most: 0 }", "bandit.json", &format!("bandit/{fixture}"))
}

#[track_caller]
fn covered(bar: &str, fixture: &str) -> Checked {
    let rule = format!("coverage: {{ report: coverage, at-least: {bar} }}");
    judged(&rule, "coverage.xml", &format!("cobertura/{fixture}"))
}

#[test]
fn pip_audit_that_could_audit_nothing() {
    audited("all-skipped.json")
        .expect_inconclusive()
        .expect_reason("the rule", "too-little-examined")
        .expect_reason("the rule", "left-unread")
        .expect_line("no dependency was examined in pip-audit")
        .expect_line("peak-trade-internal-core: Dependency not found on PyPI");
}

#[test]
fn pip_audit_that_only_pretended() {
    audited("dry-run.json").expect_inconclusive().expect_rule(
        "the rule",
        "inconclusive",
        "too-little-examined",
    );
}

#[test]
fn bandit_that_could_parse_no_file() {
    scanned("errors-only.json")
        .expect_inconclusive()
        .expect_reason("the rule", "left-unread")
        .expect_reason("the rule", "too-little-examined")
        .expect_line("unfinished.py: syntax error while parsing AST from file");
}

#[test]
fn bandit_that_was_given_a_path_that_is_not_there() {
    scanned("missing-path.json")
        .expect_inconclusive()
        .expect_line("missing.py: No such file or directory");
}

#[test]
fn bandit_that_was_given_an_empty_folder() {
    scanned("empty-folder.json")
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "too-little-examined")
        .expect_line("check what the tool was run on");
}

#[test]
fn bandit_with_a_baseline_of_its_own() {
    // Three copies, one of them known to Bandit: it lists none.
    scanned("three-copies-hidden-by-baseline.json")
        .expect_inconclusive()
        .expect_remark("results-filtered")
        .expect_rule("the rule", "inconclusive", "findings-hidden")
        .expect_line("3 findings that would count may be hidden in bandit");
    scanned("small-project-baseline-same.json").expect_inconclusive();
}

#[test]
fn bandit_with_a_filter_of_its_own() {
    let file = "bandit/small-project-level-medium.json";
    judged("findings: { report: bandit, at-most: 6 }", "bandit.json", file)
        .expect_inconclusive()
        .expect_remark("results-filtered")
        .expect_rule("the rule", "inconclusive", "findings-hidden")
        .expect_line("6 findings that would count may be hidden in bandit");
}

#[test]
fn a_filter_below_the_rule_hides_nothing_from_it() {
    Repository::with_rule("findings: { report: bandit, severity: medium, at-most: 6 }")
        .fixture("bandit.json", "bandit/small-project-level-medium.json")
        .check()
        .expect_passed()
        .expect_remark("results-filtered");
}

#[test]
fn coverage_of_nothing_that_says_it_is_all() {
    for fixture in ["coverage-py-empty.xml", "coverage-py-empty-no-branch.xml"] {
        covered("0%", fixture)
            .expect_inconclusive()
            .expect_reason("the rule", "nothing-measured")
            .expect_line("0/0, nothing was measured in coverage");
    }
}

#[test]
fn coverage_whose_rate_is_rounded_to_all() {
    covered("100%", "coverage-py-near-100-7.16.2.xml")
        .expect_failed()
        .expect_line("lines 20001/20002 = 99.99 % < 100 % ✗");
}

#[test]
fn coverage_that_lost_a_file_is_judged_by_what_is_there_and_remarked() {
    covered("50%", "coverage-py-collide.xml")
        .expect_failed()
        .expect_line("lines 1/5")
        .expect_remark("declared-totals-differ");
}

#[test]
fn coverage_that_was_cut_off_between_two_tags() {
    covered("0%", "truncated-between-tags.invalid.xml")
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "report-broken")
        .expect_line("the report is cut off: <classes> is not closed");
}

#[test]
fn every_prefix_of_a_report_is_refused() {
    // By tens, and each of the last.
    let xml = gate_tests::fixture_bytes("cobertura/nyc-js.xml");
    let whole = xml.trim_ascii_end().len();
    let repository = Repository::empty();
    for end in (0..whole).step_by(whole / 40).chain(whole - 12..whole) {
        let repository = &repository;
        std::fs::write(repository.path("cut.xml"), &xml[..end]).unwrap();
        let run = repository.gate(["read", "--format", "cobertura", "cut.xml"]).run();
        run.expect_refused(&[if end == 0 { "the report is empty" } else { "cut off" }]);
    }
    let read = gate(["read"]).arg(gate_tests::fixture("cobertura/nyc-js.xml")).run();
    read.expect_success();
}
