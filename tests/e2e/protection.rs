//! The rule `protection`: its base branch is protected as it must be, as GitHub reports it.

use gate_tests::{Checked, Repository};
use serde_json::{Value, json};

const APP: u64 = 4711;

/// A branch that demands all that the rule demands of itself.
pub(crate) fn sound() -> Value {
    json!({
        "approvals": 1,
        "code_owners": false,
        "last_push_approval": false,
        "stale_dismissal": true,
        "conversation_resolution": true,
        "up_to_date": false,
        "no_force_pushes": true,
        "no_deletions": true,
        "checks": [{ "name": "gate", "app": APP }],
        "gate": { "name": "gate", "app": APP },
    })
}

/// The same with these keys changed; one that becomes null goes.
pub(crate) fn with(changes: &Value) -> Value {
    let mut protection = sound();
    for (key, value) in changes.as_object().expect("keys") {
        if value.is_null() {
            drop(protection.as_object_mut().expect("keys").remove(key));
        } else {
            protection[key] = value.clone();
        }
    }
    protection
}

#[track_caller]
pub(crate) fn judged(rule: &str, protection: Option<Value>) -> Checked {
    repository(rule, protection).check()
}

fn repository(rule: &str, protection: Option<Value>) -> Repository {
    let mut pull_request = json!({
        "version": 1,
        "author": { "login": "ada" },
        "base": { "ref": "main", "sha": "a".repeat(40) },
        "head": { "ref": "f", "sha": "b".repeat(40) },
        "draft": false, "labels": [], "reviews": [], "threads": [], "checks": [],
    });
    if let Some(protection) = protection {
        pull_request["protection"] = protection;
    }
    Repository::with_rule(&format!("protection: {{ {rule} }}")).pull_request(&pull_request)
}

#[test]
fn a_branch_that_demands_it_all_holds_the_rule() {
    judged("", Some(sound())).expect_passed().expect_rule("the rule", "passed", "protection-held").expect_line(
        "main: required approvals 1 ≥ 1 ✓, stale approvals are dismissed, conversations must be \
         resolved, force pushes are refused, deletions are refused, the check gate is required from \
         this App",
    );
}

#[test]
fn each_missing_piece_is_named_with_what_to_do() {
    for (changes, says, todo) in [
        (
            json!({"approvals": 0}),
            "main: required approvals 0 < 1 ✗",
            "require a pull request before merging, with 1 required approval",
        ),
        (
            json!({"stale_dismissal": false}),
            "main: stale approvals are not dismissed",
            "dismiss stale pull request approvals when new commits are pushed",
        ),
        (
            json!({"conversation_resolution": false}),
            "main: conversations need not be resolved",
            "require conversation resolution before merging",
        ),
        (
            json!({"no_force_pushes": false}),
            "main: force pushes are not refused",
            "block force pushes",
        ),
        (json!({"no_deletions": false}), "main: deletions are not refused", "restrict deletions"),
        (
            json!({"checks": []}),
            "main: the check gate is not required, so that anything can be merged without it",
            "require the status check gate with this App as its source (App 4711)",
        ),
    ] {
        judged("", Some(with(&changes)))
            .expect_failed()
            .expect_rule("the rule", "failed", "protection-missing")
            .expect_reason("the rule", "protection-held")
            .expect_line(says)
            .expect_line(&format!("→ in the branch's ruleset or protection: {todo}"));
    }
    // All at once, each for itself.
    let nothing = json!({
        "approvals": 0, "stale_dismissal": false, "conversation_resolution": false,
        "no_force_pushes": false, "no_deletions": false, "checks": [],
    });
    let checked = judged("", Some(with(&nothing)));
    let reasons = checked.rule("the rule")["reasons"].as_array().unwrap();
    assert_eq!(reasons.len(), 6, "{}", checked.text);
    checked.expect_no_reason("the rule", "protection-held");
}

#[test]
fn the_check_must_come_from_this_app() {
    let from = |app: Value| with(&json!({"checks": [{ "name": "gate", "app": app }]}));
    judged("", Some(from(Value::Null)))
        .expect_failed()
        .expect_line("is required from anybody, so that whoever may write can set it");
    judged("", Some(from(json!(15_368)))).expect_failed().expect_line(
        "is required from App 15368, which is not this one, so that nothing can be merged",
    );
    judged("gate: required", Some(from(Value::Null)))
        .expect_passed()
        .expect_line("the check gate is required");
    judged("gate: required", Some(from(json!(15_368)))).expect_failed();
    judged("gate: any", Some(with(&json!({"checks": []})))).expect_passed();
    // Pinned in one ruleset and free in another: the stricter is in force.
    let both = json!([{ "name": "gate", "app": null }, { "name": "gate", "app": APP }]);
    judged("", Some(with(&json!({ "checks": both })))).expect_passed();
}

#[test]
fn which_check_is_the_gates_must_be_known() {
    judged("", Some(with(&json!({"gate": null}))))
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "protection-unknown")
        .expect_line("which check of which App is this gate's is not said")
        .expect_line("→ say it in pull-request.json");
    judged("gate: any", Some(with(&json!({"gate": null})))).expect_passed();
    // A gate of no App is pinned to none.
    let nobody = json!({"gate": { "name": "gate", "app": null }});
    judged("", Some(with(&nobody))).expect_failed();
}

#[test]
fn each_key_changes_something() {
    judged("approvals: 2", Some(sound())).expect_failed().expect_line("required approvals 1 < 2 ✗");
    judged("approvals: 2", Some(with(&json!({"approvals": 2})))).expect_passed();
    judged("approvals: 0", Some(with(&json!({"approvals": 0})))).expect_passed();
    judged("checks: [tests, \"Quality / *\"]", Some(sound()))
        .expect_failed()
        .expect_line("the check tests is not required")
        .expect_line("the check Quality / * is not required");
    let checks = json!([{ "name": "gate", "app": APP }, { "name": "tests", "app": null }]);
    judged("checks: [tests]", Some(with(&json!({ "checks": checks })))).expect_passed();
    for (key, off, piece, lack) in [
        ("conversations", "any", "conversation_resolution", None),
        ("stale-approvals", "any", "stale_dismissal", None),
        ("force-pushes", "any", "no_force_pushes", None),
        ("deletions", "any", "no_deletions", None),
        ("code-owners", "required", "code_owners", Some("code owners need not approve")),
        (
            "last-push-approval",
            "required",
            "last_push_approval",
            Some("the last push need not be approved by somebody else"),
        ),
        ("up-to-date", "required", "up_to_date", Some("the head need not be up to date")),
    ] {
        let without = Some(with(&json!({ (piece): false })));
        let rule = format!("{key}: {off}");
        match lack {
            None => drop(judged(&rule, without).expect_passed()),
            Some(lack) => {
                judged("", without.clone()).expect_passed();
                judged(&rule, without).expect_failed().expect_line(lack);
                judged(&rule, Some(with(&json!({ (piece): true })))).expect_passed();
            }
        }
    }
}

#[test]
fn what_is_not_known_never_passes() {
    judged("", None)
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "protection-unknown")
        .expect_line("the protection of the base branch is not known: nobody looked for it");
    // Rulesets are shown, and classic protection is not: what is there is there, and nothing is missing.
    let unseen = |changes: Value| {
        let mut protection = with(&changes);
        protection["unseen"] = json!("GitHub forbids it");
        Some(protection)
    };
    judged("", unseen(json!({}))).expect_passed();
    judged("", unseen(json!({"no_deletions": false})))
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "protection-unknown")
        .expect_line(
            "main: in what GitHub shows, deletions are not refused; the rest is not shown: GitHub \
             forbids it",
        );
}

#[test]
fn a_description_that_leaves_something_out_is_refused() {
    let short = repository("", Some(with(&json!({"no_deletions": null}))));
    short.check().expect_inconclusive().expect_line("missing field `no_deletions`");
    let long = repository("", Some(with(&json!({"bypass": []}))));
    long.check().expect_inconclusive().expect_line("unknown field `bypass`");
}

#[test]
fn a_rule_that_demands_nothing_is_refused() {
    let rule = "protection: { approvals: 0, gate: any, conversations: any, stale-approvals: any, \
                force-pushes: any, deletions: any }";
    Repository::with_rule(rule)
        .gate(["policy", "check"])
        .run()
        .expect_exit(2)
        .expect_complaint("this rule demands nothing of the branch");
    Repository::with_rule("protection: { approvals: 11 }")
        .gate(["policy", "check"])
        .run()
        .expect_exit(2)
        .expect_complaint("GitHub requires at most 10 approvals");
    Repository::with_rule("protection: { checks: [\"\"] }")
        .gate(["policy", "check"])
        .run()
        .expect_exit(2)
        .expect_complaint("a check has a name");
}
