//! What is not there, or cannot be read, is no pass and no failure: nobody knows.

use gate_tests::{Bandit, Checked, Cobertura, Repository, fixture_bytes};

const COVERAGE: &str = "coverage: { report: coverage, at-least: 0% }";

#[track_caller]
fn undecided(repository: &Repository, code: &str) -> Checked {
    let checked = repository.check();
    checked.expect_inconclusive().expect_rule("the rule", "inconclusive", code);
    assert_eq!(checked.text.code, 3);
    checked
}

#[test]
fn a_missing_report() {
    for (rule, file) in [
        (COVERAGE, "coverage.xml"),
        ("findings: { report: bandit, at-most: 9 }", "bandit.json"),
        ("vulnerabilities: { report: pip-audit, at-most: 9 }", "pip-audit.json"),
    ] {
        undecided(&Repository::with_rule(rule), "report-missing")
            .expect_line(&format!("is missing: there is no file {file}"))
            .expect_line("→ run the job that writes it");
    }
}

#[test]
fn a_missing_report_says_in_which_artifact_it_should_be() {
    let policy = "version: 1
reports:
  coverage: { file: coverage.xml, artifact: coverage-3.12 }
rules:
  the rule: { coverage: { report: coverage, at-least: 0% } }
";
    undecided(&Repository::with_policy(policy), "report-missing")
        .expect_line("→ upload it in the artifact coverage-3.12");
}

#[test]
fn a_report_that_is_not_where_the_command_line_says() {
    let repository = Repository::with_rule(COVERAGE)
        .file("coverage.xml", Cobertura::new().file("a.py", 1, 1).xml())
        .arg("--report")
        .arg("coverage=elsewhere.xml");
    undecided(&repository, "report-missing").expect_line("there is no file elsewhere.xml");
}

#[test]
fn two_files_for_one_glob() {
    let policy = "version: 1
reports:
  coverage: { file: 'out/**/coverage.xml' }
rules:
  the rule: { coverage: { report: coverage, at-least: 0% } }
";
    let xml = Cobertura::new().file("a.py", 1, 1).xml();
    let repository = Repository::with_policy(policy).file("out/a/coverage.xml", &xml);
    repository.check().expect_passed();
    let repository = repository.file("out/b/coverage.xml", &xml);
    undecided(&repository, "report-broken").expect_line(
        "2 files fit out/**/coverage.xml, and one is needed: out/a/coverage.xml, out/b",
    );
}

#[test]
fn a_glob_that_fits_nothing() {
    let policy = "version: 1
reports:
  coverage: { file: 'out/*.xml' }
rules:
  the rule: { coverage: { report: coverage, at-least: 0% } }
";
    undecided(&Repository::with_policy(policy), "report-missing")
        .expect_line("there is no file out/*.xml");
}

#[test]
fn a_broken_report() {
    let cut = fixture_bytes("cobertura/truncated-between-tags.invalid.xml");
    undecided(&Repository::with_rule(COVERAGE).file("coverage.xml", cut), "report-broken")
        .expect_line("coverage.xml: line 28, column 13: the report is cut off");
}

#[test]
fn an_empty_report() {
    undecided(&Repository::with_rule(COVERAGE).file("coverage.xml", ""), "report-broken")
        .expect_line("the report is empty: the tool wrote nothing into it");
}

#[test]
fn a_folder_in_place_of_a_report() {
    undecided(&Repository::with_rule(COVERAGE).file("coverage.xml/x", ""), "report-broken")
        .expect_line("it is a folder");
}

#[test]
fn a_report_in_another_format_than_the_policy_fixes() {
    let repository = Repository::with_rule(COVERAGE).file("coverage.xml", Bandit::clean().json());
    undecided(&repository, "report-broken").expect_line("this is Bandit JSON, not Cobertura XML");
}

#[test]
fn a_report_of_another_kind_than_the_rule_judges() {
    let policy = "version: 1
reports:
  scan: { file: scan.json }
rules:
  the rule: { coverage: { report: scan, at-least: 0% } }
";
    let repository = Repository::with_policy(policy).file("scan.json", Bandit::clean().json());
    undecided(&repository, "report-of-another-kind")
        .expect_line("the report scan is bandit, which has findings, not coverage");
}

#[test]
fn a_missing_pull_request() {
    undecided(&Repository::with_rule("review: {}"), "pull-request-missing");
}

#[test]
fn is_outweighed_by_a_failure_and_outweighs_a_pass() {
    let passes = ("passes", "findings: { report: bandit, at-most: 9 }");
    let fails = ("fails", "findings: { report: bandit, at-most: 0, severity: low }");
    let absent = ("absent", COVERAGE);
    let finding = gate_tests::finding("B1", "a.py", 1);
    let with = |rules: &[(&str, &str)]| {
        Repository::with_rules(rules, "")
            .file("bandit.json", Bandit::with([finding.clone()]).json())
            .check()
    };
    with(&[passes]).expect_passed();
    with(&[passes, absent]).expect_inconclusive();
    with(&[passes, absent, fails])
        .expect_failed()
        .expect_line("✗ Failed: 1 of 3 required rules not met: fails");
}

#[test]
fn outweighs_what_is_only_waited_for() {
    Repository::with_rules(&[("absent", COVERAGE), ("approved", "review: {}")], "")
        .fixture("pull-request.json", "pull-request/no-reviews.json")
        .check()
        .expect_inconclusive()
        .expect_rule("approved", "pending", "approval-missing");
}

mod modes {
    use super::*;

    fn moded(mode: &str) -> Repository {
        let rules = [
            ("decides", "findings: { report: bandit, at-most: 9 }"),
            ("old", &format!("mode: {mode}, findings: {{ report: bandit, at-most: 0 }}")),
            ("absent", &format!("mode: {mode}, {COVERAGE}")),
        ];
        Repository::with_rules(&rules, "")
            .file("bandit.json", Bandit::with([gate_tests::finding("B1", "a.py", 1)]).json())
    }

    #[test]
    fn required_decides() {
        moded("required").check().expect_failed();
    }

    #[test]
    fn advisory_is_shown_and_never_decides() {
        moded("advisory")
            .check()
            .expect_passed()
            .expect_line("✓ Passed: the required rule holds (1 of 1)")
            .expect_line("advisory (shown, never decides)")
            .expect_rule("old", "failed", "findings-above-maximum")
            .expect_rule("absent", "inconclusive", "report-missing")
            .expect_line("a.py:1");
    }

    #[test]
    fn shadow_is_reported_and_never_decides() {
        moded("shadow")
            .check()
            .expect_passed()
            .expect_line("old: would have stopped it: findings, severity low or above: 1 > 0 ✗")
            .expect_line("absent: could not have decided: the report coverage is missing")
            .expect_no_line("mend 1 finding");
    }
}

mod when_no_rule_applies {
    use super::*;

    fn without_required_rules(rest: &str) -> Checked {
        let rule = [("old", "mode: advisory, findings: { report: bandit, at-most: 0 }")];
        Repository::with_rules(&rule, rest).file("bandit.json", Bandit::clean().json()).check()
    }

    #[test]
    fn the_gate_is_inconclusive() {
        for rest in ["", "when-no-rule-applies: inconclusive\n"] {
            without_required_rules(rest)
                .expect_inconclusive()
                .expect_line("? Inconclusive: no rule applied");
        }
    }

    #[test]
    fn the_gate_passes_if_the_policy_says_so() {
        without_required_rules("when-no-rule-applies: pass\n")
            .expect_passed()
            .expect_line("no required rule applied, and the policy lets that pass");
    }
}

mod remarks {
    use super::*;

    #[test]
    fn a_report_that_no_rule_uses_is_remarked() {
        let policy = "version: 1
reports:
  bandit: { file: bandit.json }
  spare: { file: spare.json }
rules:
  the rule: { findings: { report: bandit, at-most: 0 } }
";
        Repository::with_policy(policy)
            .file("bandit.json", Bandit::clean().json())
            .check()
            .expect_passed()
            .expect_remark("report-unused")
            .expect_line("no rule uses the report spare");
    }

    #[test]
    fn what_a_reader_had_to_interpret_is_remarked_of_the_base_too() {
        let odd = fixture_bytes("cobertura/any-hits-shape.xml");
        let rule = "coverage: { report: coverage, at-most-below-baseline: 0% }";
        Repository::with_rule(rule)
            .file("coverage.xml", &odd)
            .baseline("coverage", "coverage.xml", &odd)
            .check()
            .expect_passed()
            .expect_remark("negative-hits")
            .expect_line("coverage (baseline): ");
    }
}
