//! `gate explain`: what a rule demands, from which evidence, and what was found.

use gate_tests::{Cobertura, Repository, fixture, gate};

const POLICY: &str = "version: 1
reports:
  coverage: { format: cobertura, file: reports/coverage.xml, artifact: cov, deadline: 45m }
rules:
  tested:
    mode: advisory
    unless: { author: [dependabot] }
    coverage:
      report: coverage
      metric: combined
      at-least: 40%
      ramp: { to: 80%, by: 2027-06-30 }
      at-most-below-baseline: 0.2%
  reviewed:
    any-of:
      by one: { review: { approvals: 1 } }
      small: { changes: { at-most-lines: 10 } }
";

#[test]
fn says_what_the_rule_demands_in_the_words_of_its_keys() {
    let run = Repository::with_policy(POLICY).gate(["explain", "tested"]).run();
    run.expect_success()
        .expect_line("So much of the code must have run in the tests.")
        .expect_line("coverage, advisory, .github/gate.yml:5")
        .expect_line("at-least: 40%                   The least that must be covered.")
        .expect_line("ramp.to: 80%")
        .expect_line("ramp.by: 2027-06-30")
        .expect_line("`combined`: Lines and branches together")
        .expect_line("unless.author: [dependabot]");
    // What it leaves out, with the default.
    let (_, left_out) = run.stdout.split_once("it leaves out").unwrap();
    assert!(left_out.contains("examined-at-least") && left_out.contains("Default: 1."), "{run}");
    assert!(!left_out.contains("at-most-below-baseline"), "{run}");
}

#[test]
fn shows_where_it_stands_in_the_policy() {
    let run = Repository::with_policy(POLICY).gate(["explain", "tested"]).run();
    run.expect_line("     5 |   tested:")
        .expect_line("    13 |       at-most-below-baseline: 0.2%");
    run.expect_no_line("    14 |");
}

#[test]
fn says_from_which_evidence_it_is_judged() {
    Repository::with_policy(POLICY)
        .gate(["explain", "tested"])
        .run()
        .expect_line("the report coverage: reports/coverage.xml, Cobertura XML, in the artifact cov, waited for 45m")
        .expect_line("--baseline coverage=FILE")
        .expect_line("the state of the pull request");
    let group = Repository::with_policy(POLICY).gate(["explain", "reviewed"]).run();
    let (_, parts) = group.stdout.split_once("it is made of").unwrap();
    assert!(parts.contains("by one") && parts.contains("small"), "{group}");
}

#[test]
fn names_what_else_a_rule_has_to_know() {
    let policy = "version: 1\nrules:\n  signed: { commits: { signed: verified } }\n  guarded: { protection: { approvals: 1 } }\n";
    let repository = Repository::with_policy(policy);
    let run = repository.gate(["explain", "signed"]).run();
    run.expect_success().expect_line("its commits: `--base REV`");
    let run = repository.gate(["explain", "guarded"]).run();
    run.expect_success()
        .expect_line("how the base is protected: `protection` in `pull-request.json`");
}

#[test]
fn explains_the_rules_of_a_group_too() {
    Repository::with_policy(POLICY)
        .gate(["explain", "small"])
        .run()
        .expect_success()
        .expect_line("changes, required, .github/gate.yml:17")
        .expect_line("what the pull request changes: `--base REV` or `--diff FILE`");
}

#[test]
fn says_what_was_found_where_a_record_is_given() {
    let policy = POLICY.replace("mode: advisory", "mode: required");
    let repository = Repository::with_policy(&policy)
        .file("reports/coverage.xml", Cobertura::new().file("a.py", 3, 10).xml())
        .fixture("pull-request.json", "pull-request/approved.json");
    repository.gate_check().arg("--record").arg("it.record").run().expect_exit(1);
    // The record is enough: the policy has gone.
    let record = std::fs::read(repository.path("it.record")).unwrap();
    let elsewhere = Repository::empty().file("it.record", record);
    let run = elsewhere.gate(["explain", "tested", "--record", "it.record"]).run();
    run.expect_success()
        .expect_line("found, as judged at 2026-11-24T12:00:00Z")
        .expect_line("✗ failed        tested  [coverage]")
        .expect_line("combined 3/10 = 30.00 % < 40 % ✗")
        .expect_line("coverage, required, .github/gate.yml:5");
    let part = elsewhere.gate(["explain", "by one", "--record", "it.record"]).run();
    part.expect_success().expect_line("✓ passed        by one  [review]");
}

#[test]
fn says_what_was_found_in_a_verdict() {
    let repository = Repository::with_policy(&POLICY.replace("mode: advisory", "mode: required"))
        .file("reports/coverage.xml", Cobertura::new().file("a.py", 3, 10).xml())
        .fixture("pull-request.json", "pull-request/approved.json");
    repository.gate_check().arg("--write").arg("json=it.json").run().expect_exit(1);
    let run = repository.gate(["explain", "tested", "--verdict", "it.json"]).run();
    run.expect_success()
        .expect_line("found, as judged at 2026-11-24T12:00:00Z")
        .expect_line("failed  tested  [coverage]")
        .expect_line("    combined 3/10 = 30.00 % < 40 % ✗");
    let part = repository.gate(["explain", "by one", "--verdict", "it.json"]).run();
    part.expect_success().expect_line("passed  by one  [review]");
    for (text, words) in [
        ("{}", "not a verdict that gate wrote"),
        (
            "{\"schema\": \"x\", \"now\": \"\", \"rules\": []}",
            "a verdict of the form \"x\" is not known",
        ),
        (
            "{\"schema\": \"gate/verdict/v1\", \"now\": \"\", \"rules\": []}",
            "it is of another policy",
        ),
    ] {
        let elsewhere = Repository::with_policy(POLICY).file("it.json", text);
        elsewhere
            .gate(["explain", "tested", "--verdict", "it.json"])
            .run()
            .expect_refused(&[words]);
    }
}

#[test]
fn an_unknown_rule_is_refused_with_what_was_likely_meant() {
    let repository = Repository::with_policy(POLICY);
    let run = repository.gate(["explain", "testde"]).run();
    run.expect_refused(&["the policy has no rule \"testde\"", "did you mean \"tested\"?"]);
    let run = repository.gate(["explain", "something else"]).run();
    run.expect_refused(&["it has tested, reviewed, by one, small"]);
}

#[test]
fn every_rule_of_the_default_policy_is_explained_whole() {
    let default = gate(["policy", "default"]).run().stdout;
    let repository = Repository::with_policy(&default);
    let policy = gate_core::policy::Policy::parse(&default).unwrap();
    for rule in policy.rules_and_parts() {
        let run = repository.gate(["explain", &rule.name]).run();
        run.expect_success();
        let (_, says) = run.stdout.split_once("it says").unwrap();
        let (says, _) = says.split_once("it is judged by").unwrap();
        let (says, _) = says.split_once("it leaves out").unwrap_or((says, ""));
        for line in says.lines().filter(|line| !line.is_empty()) {
            // Key and value, two spaces, and what it means.
            assert!(line.trim().contains("  "), "{line}\n{run}");
        }
    }
}

#[test]
fn works_in_another_folder() {
    let run = gate(["explain", "a colleague has approved it", "-C"])
        .arg(fixture("peak-trade/green"))
        .run();
    run.expect_success().expect_line("review, required");
}
