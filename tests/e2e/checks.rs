//! The rule `checks`: other checks and statuses of its head have succeeded.

use gate_tests::{Checked, Repository, approved};
use serde_json::{Value, json};

/// A job of the workflow CI: `None` while it runs.
fn job(name: &str, conclusion: Option<&str>) -> Value {
    let status = if conclusion.is_some() { "completed" } else { "in_progress" };
    json!({
        "name": name, "app": "github-actions", "workflow": "CI", "status": status,
        "conclusion": conclusion,
    })
}

fn status(name: &str, conclusion: &str) -> Value {
    json!({"name": name, "app": null, "status": "completed", "conclusion": conclusion})
}

#[track_caller]
fn judged(rule: &str, checks: &[Value]) -> Checked {
    let mut pull_request = approved();
    pull_request["checks"] = json!(checks);
    on(rule, &pull_request, "2026-11-24T12:00:00Z")
}

#[track_caller]
fn on(rule: &str, pull_request: &Value, now: &str) -> Checked {
    Repository::with_rule(&format!("checks: {{ {rule} }}"))
        .pull_request(pull_request)
        .at(now)
        .check()
}

#[test]
fn all_that_fit_must_have_succeeded() {
    let both = [job("lint", Some("success")), job("tests (3.11)", Some("success"))];
    judged("succeed: ['CI / *']", &both)
        .expect_passed()
        .expect_rule("the rule", "passed", "checks-succeeded")
        .expect_line("2 of 2 checks succeeded: CI / lint, CI / tests (3.11)");
    judged("succeed: ['tests (3.11)']", &both).expect_passed();
}

#[test]
fn one_that_failed_is_named_with_how_it_ended() {
    for conclusion in ["failure", "cancelled", "timed_out", "action_required", "stale"] {
        let checks = [job("lint", Some("success")), job("tests", Some(conclusion))];
        judged("succeed: ['*']", &checks)
            .expect_failed()
            .expect_rule("the rule", "failed", "check-failed")
            .expect_line("1 of 2 checks did not succeed: CI / tests")
            .expect_line(&format!("CI / tests ended {conclusion}"));
    }
}

#[test]
fn one_that_runs_is_waited_for() {
    judged("succeed: ['*']", &[job("lint", Some("success")), job("tests", None)])
        .expect_pending()
        .expect_rule("the rule", "pending", "check-awaited")
        .expect_line("1 of 2 checks are not over: CI / tests");
}

#[test]
fn commit_statuses_are_checks_too() {
    let checks = [status("ci/circleci: build", "success"), status("other", "error")];
    judged("succeed: ['ci/circleci*']", &checks).expect_passed();
    judged("succeed: [other]", &checks).expect_failed();
}

#[test]
fn skipped_and_neutral_are_no_success_unless_the_policy_says_so() {
    for word in ["skipped", "neutral"] {
        let checks = [job("lint", Some("success")), job("tests", Some(word))];
        judged("succeed: ['*']", &checks).expect_failed();
        judged(&format!("succeed: ['*'], {word}: allow"), &checks).expect_passed();
    }
}

#[test]
fn what_was_skipped_because_another_failed_is_no_success_in_any_case() {
    let checks = [job("build", Some("failure")), job("tests", Some("skipped"))];
    judged("succeed: [tests], skipped: allow", &checks)
        .expect_failed()
        .expect_line("CI / tests ended skipped");
    // A failure of somebody else's says nothing about it.
    let other = [status("other", "failure"), job("tests", Some("skipped"))];
    judged("succeed: [tests], skipped: allow", &other).expect_passed();
}

#[test]
fn some_may_be_left_out() {
    let checks = [job("lint", Some("success")), job("nightly", Some("failure"))];
    judged("succeed: ['*'], except: [nightly]", &checks).expect_passed();
    judged("succeed: ['*'], except: ['CI / nightly']", &checks).expect_passed();
}

#[test]
fn the_app_may_be_named_so_that_nobody_else_can_set_the_check() {
    let forged = json!({
        "name": "lint", "app": "somebody", "status": "completed", "conclusion": "success",
    });
    judged("succeed: [lint], app: github-actions", &[forged])
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "check-missing")
        .expect_line("there is no check lint of github-actions; the head has lint");
}

#[test]
fn a_name_that_no_job_has_is_reported_with_those_there_are() {
    judged("succeed: [lint, tests]", &[job("lint", Some("success"))])
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "check-missing")
        .expect_line("there is no check tests; the head has CI / lint")
        .expect_line("→ check the names in `succeed`");
    judged("succeed: [tests]", &[]).expect_inconclusive().expect_line("the head has none at all");
}

#[test]
fn one_that_is_not_there_yet_is_waited_for_while_others_run() {
    judged("succeed: [tests]", &[job("lint", None)]).expect_pending().expect_rule(
        "the rule",
        "pending",
        "check-missing",
    );
}

#[test]
fn and_until_its_deadline_where_it_is_known_since_when() {
    let mut pull_request = approved();
    pull_request["checks"] = json!([]);
    pull_request["head_seen_at"] = json!("2026-11-24T12:00:00Z");
    let rule = "succeed: [tests], deadline: 45m";
    on(rule, &pull_request, "2026-11-24T12:44:59Z")
        .expect_pending()
        .expect_line("it is waited for until 2026-11-24T12:45:00Z");
    on(rule, &pull_request, "2026-11-24T12:45:00Z").expect_inconclusive();
}

#[test]
fn mistakes_are_told() {
    for (keys, problem) in [
        ("succeed: []", "an empty list would fit nothing at all"),
        ("app: x", "`succeed` is missing here"),
        ("succeed: [a], skipped: pass", "no such choice: `pass`"),
    ] {
        let rule = format!("checks: {{ {keys} }}");
        Repository::with_rule(&rule).gate_check().run().expect_refused(&[problem]);
    }
}
