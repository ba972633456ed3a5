//! The shortest way to green: what a verdict that does not pass says is to be done.

mod deeds;
mod kinds;
mod search;
mod world;

use std::collections::BTreeSet;

use gate_core::{
    evaluate,
    evidence::{Evidence, Piece},
    green::ActionKind,
    measure::Message,
    policy::Policy,
    render,
};
use gate_tests::{Bandit, Checked, Cobertura, Junit, PipAudit, Repository, approved, finding};
use serde_json::{Value, json};

/// The sentences of the way, in their order.
#[track_caller]
fn way(checked: &Checked) -> Vec<String> {
    let way = &checked.json["way_to_green"];
    let actions = way["actions"].as_array().unwrap_or_else(|| panic!("no way\n{}", checked.text));
    let messages: Vec<String> =
        actions.iter().map(|action| action["message"].as_str().unwrap().to_owned()).collect();
    for message in &messages {
        // The text ends with the same words.
        checked.expect_line(&format!("  → {message}"));
    }
    messages
}

fn action<'a>(checked: &'a Checked, kind: &str) -> &'a Value {
    let actions = checked.json["way_to_green"]["actions"].as_array().unwrap();
    let action = actions.iter().find(|action| action["kind"] == kind);
    action.unwrap_or_else(|| panic!("no action {kind}\n{}", checked.text))
}

fn nobody_has_looked() -> Value {
    let mut pull_request = approved();
    pull_request["reviews"] = json!([]);
    pull_request
}

#[test]
fn a_verdict_that_passes_needs_no_way() {
    let checked =
        Repository::with_rule("review: { approvals: 1 }").pull_request(&approved()).check();
    checked.expect_passed().expect_no_line("way to green");
    assert_eq!(checked.json["way_to_green"], Value::Null);
}

#[test]
fn so_many_of_the_lines_are_to_be_covered() {
    let checked = Repository::with_rule("coverage: { report: coverage, at-least: 80% }")
        .file(
            "coverage.xml",
            Cobertura::new().file("src/a.py", 10, 16).file("src/b.py", 7, 12).xml(),
        )
        .check();
    // 80 % of 28 lines are 23; 17 are covered.
    assert_eq!(way(&checked), ["cover any 6 of these 11 lines: src/a.py:11-16, src/b.py:8-12"]);
    checked.expect_line("The shortest way to green, 6 steps");
    let cover = action(&checked, "cover");
    assert_eq!(
        (&cover["count"], &cover["of"], &cover["push"]),
        (&json!(6), &json!(11), &json!(true))
    );
    assert_eq!(cover["rules"], json!(["the rule"]));
    assert_eq!(
        cover["choices"][0],
        json!({"path": "src/a.py", "line": 11, "end_line": 16, "message": "src/a.py:11-16"})
    );
    let way = &checked.json["way_to_green"];
    assert_eq!(
        (&way["steps"], &way["shortest"], &way["certain"]),
        (&json!(6), &json!(true), &json!(true))
    );
}

#[test]
fn lines_that_serve_two_rules_are_covered_once() {
    let rules = [
        ("the project", "coverage: { report: coverage, at-least: 80% }"),
        ("the new code", "coverage: { report: coverage, of: changed-lines, at-least: 50% }"),
    ];
    let diff = "diff --git a/src/b.py b/src/b.py\n--- a/src/b.py\n+++ b/src/b.py\n@@ -8,0 +9,4 @@\n+a\n+b\n+c\n+d\n";
    let checked = Repository::with_rules(&rules, "")
        .file(
            "coverage.xml",
            Cobertura::new().file("src/a.py", 10, 16).file("src/b.py", 7, 12).xml(),
        )
        .file("change.diff", diff)
        .arg("--diff")
        .arg("change.diff")
        .check();
    assert_eq!(
        way(&checked),
        [
            "cover any 2 of these 4 lines: src/b.py:9-12",
            "cover any 4 of these 7 lines: src/a.py:11-16, src/b.py:8",
        ]
    );
    let actions = &checked.json["way_to_green"]["actions"];
    assert_eq!(actions[0]["rules"], json!(["the project", "the new code"]));
    checked.expect_line("The shortest way to green, 6 steps");
}

#[test]
fn lines_with_branches_gain_more() {
    let xml = Cobertura::new().file_with_branches("src/a.py", 2, 4, (0, 4)).xml();
    let checked =
        Repository::with_rule("coverage: { report: coverage, metric: combined, at-least: 50% }")
            .file("coverage.xml", xml)
            .check();
    checked.expect_failed();
    let cover = action(&checked, "cover");
    assert!(
        cover["message"].as_str().unwrap().starts_with("cover, with all branches, "),
        "{cover}"
    );
}

#[test]
fn one_upgrade_removes_several_flaws() {
    let flaw = |id: &str, fixed: &[&str]| PipAudit::flaw(id, &[], fixed);
    let report = PipAudit::clean()
        .dependency("jinja2", "3.1.2", [flaw("CVE-1", &["3.1.3"]), flaw("CVE-2", &["3.1.4"])])
        .dependency("black", "22.1.0", [flaw("CVE-3", &["24.3.0"])])
        .json();
    let rule = |most: u64| format!("vulnerabilities: {{ report: pip-audit, at-most: {most} }}");
    let checked = Repository::with_rule(&rule(1)).file("pip-audit.json", &report).check();
    assert_eq!(way(&checked), ["upgrade jinja2 to 3.1.4"]);
    let checked = Repository::with_rule(&rule(2)).file("pip-audit.json", &report).check();
    // Either will do, but the one that takes most is told.
    assert_eq!(checked.json["way_to_green"]["steps"], 1);
    let checked = Repository::with_rule(&rule(0)).file("pip-audit.json", &report).check();
    assert_eq!(way(&checked), ["upgrade black to 24.3.0", "upgrade jinja2 to 3.1.4"]);
}

#[test]
fn what_no_release_mends_is_replaced_or_waived() {
    let flaw = |id: &str, fixed: &[&str]| PipAudit::flaw(id, &[], fixed);
    let report = PipAudit::clean()
        .dependency("ecdsa", "0.19.0", [flaw("CVE-1", &[]), flaw("CVE-2", &["0.19.1"])])
        .json();
    let rule = |most: u64| format!("vulnerabilities: {{ report: pip-audit, at-most: {most} }}");
    let checked = Repository::with_rule(&rule(0)).file("pip-audit.json", &report).check();
    assert_eq!(
        way(&checked),
        ["replace ecdsa 0.19.0, or waive with a reason what no release is free of"]
    );
    // Where one flaw may stay, the upgrade is as short, and better advice.
    let checked = Repository::with_rule(&rule(1)).file("pip-audit.json", &report).check();
    assert_eq!(way(&checked), ["upgrade ecdsa to 0.19.1"]);
}

#[test]
fn so_many_findings_are_to_be_mended() {
    let findings = [
        finding("B602", "src/a.py", 3),
        finding("B301", "src/b.py", 9),
        finding("B101", "src/c.py", 1),
    ];
    let bandit = Bandit::with(findings).json();
    let rule = |most: u64| format!("findings: {{ report: bandit, at-most: {most} }}");
    let checked = Repository::with_rule(&rule(1)).file("bandit.json", &bandit).check();
    let cover = action(&checked, "mend");
    assert_eq!((&cover["count"], &cover["of"]), (&json!(2), &json!(3)));
    assert_eq!(
        way(&checked),
        [
            "mend any 2 of these 3 findings: B602 at src/a.py:3, B301 at src/b.py:9, B101 at src/c.py:1"
        ]
    );
}

#[test]
fn one_approval_satisfies_two_rules() {
    let rules = [
        ("somebody", "review: { approvals: 1 }"),
        ("security", "review: { approvals: 1, from: { users: [grace, linus] } }"),
    ];
    let checked = Repository::with_rules(&rules, "").pull_request(&nobody_has_looked()).check();
    checked.expect_pending();
    assert_eq!(way(&checked), ["one approval from any of grace, linus"]);
    assert_eq!(action(&checked, "approve")["rules"], json!(["somebody", "security"]));
}

#[test]
fn whoever_requested_changes_is_asked_first() {
    let mut pull_request = nobody_has_looked();
    pull_request["reviews"] = json!([{
        "author": {"login": "grace", "id": 7}, "state": "changes_requested", "can_write": true,
        "commit": null, "submitted_at": "2026-11-20T10:00:00Z",
    }]);
    pull_request["threads"] = json!([
        {"path": "src/a.py", "line": 3, "resolved": false},
        {"path": "src/b.py", "line": 4, "resolved": false},
    ]);
    let checked = Repository::with_rule("review: { approvals: 1, conversations: resolved }")
        .pull_request(&pull_request)
        .check();
    assert_eq!(
        way(&checked),
        [
            "resolve 2 conversations: src/a.py:3, src/b.py:4",
            "one approval from grace, who requested changes"
        ]
    );
}

#[test]
fn an_approval_that_a_push_would_make_stale_is_asked_for_again() {
    let rules = [
        ("tested", "coverage: { report: coverage, at-least: 80% }"),
        ("approved", "review: { approvals: 1, stale-approvals: ignore }"),
    ];
    let checked = |stale: &str| {
        let rules = rules.map(|(name, rule)| (name, rule.replace("ignore", stale)));
        let rules: Vec<(&str, &str)> =
            rules.iter().map(|(name, rule)| (*name, rule.as_str())).collect();
        Repository::with_rules(&rules, "")
            .file("coverage.xml", Cobertura::new().file("src/a.py", 7, 10).xml())
            .pull_request(&approved())
            .check()
    };
    let asked = checked("ignore");
    asked.expect_rule("approved", "passed", "approved");
    assert_eq!(way(&asked), ["cover any 1 of these 3 lines: src/a.py:8-10", "one approval"]);
    assert_eq!(way(&checked("count")), ["cover any 1 of these 3 lines: src/a.py:8-10"]);
}

#[test]
fn of_a_group_the_easiest_is_told() {
    let group = "any-of: { tested: { coverage: { report: coverage, at-least: 80% } }, small: { labels: { all-of: [trivial] } } }";
    let checked = Repository::with_rules(&[("either", group)], "")
        .file("coverage.xml", Cobertura::new().file("src/a.py", 1, 10).xml())
        .pull_request(&approved())
        .check();
    assert_eq!(way(&checked), ["add the label trivial"]);
    let all = group.replace("any-of", "all-of");
    let checked = Repository::with_rules(&[("both", &all)], "")
        .file("coverage.xml", Cobertura::new().file("src/a.py", 1, 10).xml())
        .pull_request(&approved())
        .check();
    assert_eq!(
        way(&checked),
        ["cover any 7 of these 9 lines: src/a.py:2-10", "add the label trivial"]
    );
}

#[test]
fn rules_that_do_not_decide_or_apply_are_no_part_of_it() {
    let rules = [
        ("advised", "mode: advisory, labels: { all-of: [a] }"),
        ("in the shadow", "mode: shadow, labels: { all-of: [b] }"),
        ("rolled out elsewhere", "rollout: 0%, labels: { all-of: [c] }"),
        ("not here", "when: { draft: true }, labels: { all-of: [d] }"),
        ("nor here", "unless: { draft: false }, labels: { all-of: [e] }"),
        ("decides", "labels: { all-of: [f] }"),
    ];
    let checked = Repository::with_rules(&rules, "").pull_request(&approved()).check();
    assert_eq!(way(&checked), ["add the label f"]);
}

#[test]
fn a_label_that_switches_another_rule_on_is_not_taken() {
    let rules = [
        ("labelled", "labels: { any-of: [docs, feature] }"),
        (
            "docs have an owner",
            "when: { labels: [docs] }, review: { approvals: 1, from: { users: [grace] } }",
        ),
    ];
    let checked = Repository::with_rules(&rules, "").pull_request(&nobody_has_looked()).check();
    assert_eq!(way(&checked), ["add the label feature"]);
    // Where there is no other, what follows from it is told too.
    let rules = [("labelled", "labels: { any-of: [docs] }"), rules[1]];
    let checked = Repository::with_rules(&rules, "").pull_request(&nobody_has_looked()).check();
    assert_eq!(way(&checked), ["add the label docs", "one approval from grace"]);
}

#[test]
fn tests_are_to_pass_and_to_run() {
    let rule = "tests: { report: unit, skipped-at-most: 0, at-least: 4 }";
    let unit = Junit::new().failed("sells").skipped("buys").broken("holds").xml();
    let checked = Repository::with_rule(rule).file("unit.xml", unit).check();
    let way = way(&checked);
    assert_eq!(checked.json["way_to_green"]["steps"], 4, "{way:?}");
    // A skipped test that runs again is one more that was run.
    assert_eq!(action(&checked, "add-tests")["message"], "run 1 more test");
    let passing: BTreeSet<&str> = checked.json["way_to_green"]["actions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|action| action["kind"] == "pass-tests")
        .flat_map(|action| action["choices"].as_array().unwrap())
        .map(|choice| choice["message"].as_str().unwrap())
        .collect();
    assert_eq!(passing.len(), 3, "{passing:?}");
}

#[test]
fn failures_that_no_test_shows_are_named() {
    let unit = Junit::passed(["sells"]).totals("tests='1' failures='0' errors='1'").xml();
    let checked = Repository::with_rule("tests: { report: unit }").file("unit.xml", unit).check();
    assert_eq!(action(&checked, "mend-suite")["count"], 1);
}

#[test]
fn the_title_and_the_files_of_a_change_are_mended() {
    let rules = [
        ("title", "title: { matches: '^feat: ', at-most: 10 }"),
        ("docs", "changes: { if-changed: ['src/**'], then-changed: ['docs/**'] }"),
        ("api docs", "changes: { if-changed: ['src/**'], then-changed: ['docs/api/*.md', 'x'] }"),
        ("untouched", "changes: { forbid: ['vendor/**'] }"),
        ("small", "changes: { at-most-files: 1 }"),
    ];
    let file = |path: &str| {
        format!("diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-a\n+b\n")
    };
    let mut pull_request = approved();
    pull_request["title"] = json!("Something that is too long");
    let checked = Repository::with_rules(&rules, "")
        .file("change.diff", file("src/a.py") + &file("vendor/b.py"))
        .arg("--diff")
        .arg("change.diff")
        .pull_request(&pull_request)
        .check();
    assert_eq!(
        way(&checked),
        [
            // A file of docs/api is one of docs too, and what is left alone makes the change smaller.
            "change a file that fits docs/api/*.md",
            "leave as at the base vendor/b.py",
            "change the title to one that fits ^feat:  and has at most 10 characters",
        ]
    );
    // Other rules look at what is changed: nobody knows what they say then.
    assert_eq!(action(&checked, "restore-file")["certain"], json!(false));
    checked.expect_line("The shortest way to green, 3 steps as far as can be told");
    let checked = Repository::with_rules(&rules[4..], "")
        .file("change.diff", file("src/a.py") + &file("vendor/b.py") + &file("c"))
        .arg("--diff")
        .arg("change.diff")
        .check();
    assert_eq!(way(&checked), ["change less: at most 1 changed files, 2 fewer"]);
}

#[test]
fn labels_are_removed() {
    let mut pull_request = approved();
    pull_request["labels"] = json!(["blocked"]);
    let checked =
        Repository::with_rule("labels: { none-of: [blocked] }").pull_request(&pull_request).check();
    assert_eq!(way(&checked), ["remove the label blocked"]);
}

#[test]
fn a_number_is_brought_to_its_bar() {
    let rules = [
        ("fast", "metric: { report: perf, pointer: /startup/p99, better: lower, at-most: 200 }"),
        (
            "very fast",
            "metric: { report: perf, pointer: /startup/p99, better: lower, at-most: 150 }",
        ),
    ];
    let metrics = r#"{"schema": "gate/metrics/v1", "metrics": {"startup": {"p99": 250}}}"#;
    let checked = Repository::with_rules(&rules, "").file("perf.json", metrics).check();
    assert_eq!(way(&checked), ["bring /startup/p99 of perf to at most 200 and at most 150"]);
    assert_eq!(checked.json["way_to_green"]["steps"], 1);
}

#[test]
fn checks_are_mended_and_waited_for() {
    let mut pull_request = approved();
    pull_request["checks"] = json!([
        {"name": "lint", "app": "github-actions", "workflow": "Quality", "status": "completed", "conclusion": "failure"},
        {"name": "coverage (3.12)", "app": "github-actions", "workflow": "Quality", "status": "in_progress", "conclusion": null},
    ]);
    let checked = Repository::with_rule("checks: { succeed: ['Quality / *'] }")
        .pull_request(&pull_request)
        .check();
    assert_eq!(
        way(&checked),
        ["mend and run again Quality / lint", "waiting for: Quality / coverage (3.12)"]
    );
    // Who waits takes no step, and what comes is not known.
    let way = &checked.json["way_to_green"];
    assert_eq!((&way["steps"], &way["certain"]), (&json!(1), &json!(false)));
}

#[test]
fn what_cannot_be_read_is_said_to_be_mended_once() {
    let rules = [
        ("tested", "coverage: { report: coverage, at-least: 80% }"),
        ("more", "coverage: { report: coverage, metric: branches, at-least: 80% }"),
        ("safe", "findings: { report: bandit, at-most: 0 }"),
    ];
    let checked = Repository::with_rules(&rules, "").file("coverage.xml", "<html></html>").check();
    checked.expect_inconclusive();
    let way = way(&checked);
    assert_eq!(way.len(), 2, "{way:?}");
    assert!(way[0].starts_with("set right: the report coverage cannot be read"), "{way:?}");
    assert!(way[1].contains("the report bandit is missing"), "{way:?}");
    assert_eq!(action(&checked, "repair")["rules"], json!(["tested", "more"]));
    checked.expect_line("2 steps as far as can be told");
}

#[test]
fn a_policy_that_asks_for_more_than_there_is_says_so() {
    let mut pull_request = nobody_has_looked();
    pull_request["author"] = json!({"login": "grace", "id": 7});
    let checked = Repository::with_rule("review: { approvals: 1, from: { users: [grace] } }")
        .pull_request(&pull_request)
        .check();
    assert_eq!(
        way(&checked),
        ["set right: more is asked for than there is to be done by the rule"]
    );
    let checked = Repository::with_rule("when: { draft: true }, review: { approvals: 1 }")
        .pull_request(&pull_request)
        .check();
    assert!(way(&checked)[0].contains("no required rule applies"));
}

#[test]
fn a_report_is_waited_for_until_its_deadline() {
    let policy = "version: 1
reports: { coverage: { file: coverage.xml, artifact: coverage, deadline: 2h } }
rules: { tested: { coverage: { report: coverage, at-least: 80% } } }";
    let since = "2026-11-24T12:00:00Z".parse().unwrap();
    let from = Message::new("the job ").quote("Quality / coverage (3.12)");
    let evidence = Evidence::nothing().with_report("coverage", Piece::Awaited { since, from });
    let told = |now: &str| {
        let verdict = evaluate(&Policy::parse(policy).unwrap(), &evidence, now.parse().unwrap());
        let json = serde_json::to_value(render::json::verdict(&verdict)).unwrap();
        let way = &json["way_to_green"];
        assert_eq!(
            (&way["steps"], &way["actions"][0]["until"]),
            (&json!(0), &json!("2026-11-24T14:00:00Z"))
        );
        way["actions"][0]["message"].as_str().unwrap().to_owned()
    };
    let words = "waiting for: coverage, from the job Quality / coverage (3.12), ";
    assert_eq!(told("2026-11-24T12:00:00Z"), format!("{words}2 h left"));
    assert_eq!(told("2026-11-24T13:15:00Z"), format!("{words}45 min left"));
    assert_eq!(told("2026-11-24T13:15:01Z"), format!("{words}45 min left"));
    assert_eq!(told("2026-11-24T12:15:01Z"), format!("{words}1 h 45 min left"));
    let verdict = evaluate(&Policy::parse(policy).unwrap(), &evidence, since);
    let text = render::text(&verdict, render::Colour::Never);
    assert!(
        text.contains("The shortest way to green, nothing to do but to wait as far as can be told"),
        "{text}"
    );
}

#[test]
fn the_way_stands_in_the_summary_and_in_the_comment() {
    let repository = Repository::with_rule("labels: { all-of: ['a|b'] }").pull_request(&approved());
    let run = repository.gate_check().arg("--format").arg("markdown").run();
    run.expect_line("#### The shortest way to green, 1 step")
        .expect_line("- add the label `a|b` (the rule)");
}

#[test]
fn every_kind_of_action_is_explained_and_asserted() {
    let chapter = String::from_utf8(std::fs::read("../docs/verdict.md").unwrap()).unwrap();
    for kind in ActionKind::ALL {
        assert!(
            chapter.contains(&format!("| `{}` |", kind.word())),
            "{kind:?} is not in docs/verdict.md"
        );
    }
}
