//! What a rule would have said that does not decide: in mode `shadow`, and outside of its `rollout`.

use gate_tests::{Checked, Repository, Run, approved};
use serde_json::Value;

/// One rule that passes, and this one.
fn with(rule: &str) -> Repository {
    let rules = [("the title is short", "title: { at-most: 200 }"), ("the trial", rule)];
    Repository::with_rules(&rules, "").pull_request(&approved())
}

#[track_caller]
fn judged(rule: &str) -> (Checked, Run) {
    let repository = with(rule);
    (repository.check(), repository.gate_check().arg("--format").arg("markdown").run())
}

fn rule(checked: &Checked) -> &Value {
    checked.rule("the trial")
}

#[test]
fn of_a_shadow_rule_every_output_says_what_it_would_have_done() {
    for (kind, outcome, words) in [
        ("title: { at-most: 200 }", "passed", "the trial: would have let it pass"),
        (
            "title: { at-most: 1 }",
            "failed",
            "the trial: would have stopped it: the title's characters: 39 > 1 ✗",
        ),
        ("review: { approvals: 9 }", "pending", "the trial: would have waited: approvals: 1 < 9 ✗"),
        (
            "changes: { at-most-files: 1 }",
            "inconclusive",
            "the trial: could not have decided: what the pull request changes",
        ),
    ] {
        let (checked, markdown) = judged(&format!("mode: shadow, {kind}"));
        checked.expect_passed().expect_line("shadow (only reported)").expect_line(words);
        assert_eq!(
            (&rule(&checked)["mode"], &rule(&checked)["outcome"]),
            (&"shadow".into(), &outcome.into())
        );
        let in_markdown = words.replace('<', "&lt;");
        markdown.expect_line("#### Shadow rules, only reported").expect_line(&in_markdown);
    }
}

#[test]
fn outside_of_its_rollout_every_output_says_how_a_rule_came_out() {
    // #42 is among those of 100 % only.
    for (kind, outcome, sign) in [
        ("title: { at-most: 200 }", "passed", "✓"),
        ("title: { at-most: 1 }", "failed", "✗"),
        ("review: { approvals: 9 }", "pending", "…"),
        ("changes: { at-most-files: 1 }", "inconclusive", "?"),
    ] {
        let (checked, markdown) = judged(&format!("rollout: 0%, {kind}"));
        checked
            .expect_passed()
            .expect_line("advisory (shown, never decides)")
            .expect_line("rolled out to 0 % of the pull requests, and #42 is not among them");
        let line = checked.text.stdout.lines().find(|line| line.contains("the trial")).unwrap();
        assert!(line.contains(outcome), "{line}");
        assert_eq!(
            (&rule(&checked)["mode"], &rule(&checked)["outcome"]),
            (&"advisory".into(), &outcome.into())
        );
        let row =
            markdown.stdout.lines().find(|line| line.contains("the trial (advisory)")).unwrap();
        assert!(row.contains(outcome) && !sign.is_empty(), "{row}");
        markdown.expect_line("rolled out to 0 % of the pull requests, and #42 is not among them");
    }
}

#[test]
fn the_outputs_for_other_programs_say_it_too() {
    let of = |rule: &str, format: &str| {
        let run = with(rule).gate_check().arg("--format").arg(format).run();
        run.expect_exit(0);
        run
    };
    let shadow = "mode: shadow, title: { at-most: 1 }";
    of(shadow, "junit").expect_line("would have stopped it (shadow): the title");
    of(shadow, "github").expect_line("the trial: would have stopped it: the title");
    let rolled = "rollout: 0%, title: { at-most: 1 }";
    of(rolled, "junit").expect_line("failed (advisory): the title");
    of(rolled, "github").expect_line("::warning title=failed%3A the trial::the title");
    for (rule, mode) in [(shadow, "shadow"), (rolled, "advisory")] {
        let sarif = of(rule, "sarif").json();
        let properties = &sarif["runs"][0]["tool"]["driver"]["rules"][1]["properties"];
        assert_eq!((&properties["mode"], &properties["outcome"]), (&mode.into(), &"failed".into()));
    }
}

#[test]
fn within_its_rollout_a_rule_decides() {
    let (checked, _) = judged("rollout: 100%, title: { at-most: 1 }");
    checked.expect_failed().expect_rule("the trial", "failed", "title-misfits");
    assert_eq!(rule(&checked)["mode"], "required");
}

#[test]
fn in_a_record_both_are_replayed() {
    let repository = with("mode: shadow, title: { at-most: 1 }");
    repository.gate_check().arg("--record").arg("record.json").run().expect_exit(0);
    repository
        .gate(["replay", "record.json"])
        .run()
        .expect_exit(0)
        .expect_line("the trial: would have stopped it");
}
