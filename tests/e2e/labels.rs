//! The rule `labels`: it has such labels, and no other.

use gate_tests::{Checked, Repository, approved};
use serde_json::json;

/// A pull request with these labels, judged by a rule with these keys.
#[track_caller]
fn judged(rule: &str, labels: &[&str]) -> Checked {
    let mut pull_request = approved();
    pull_request["labels"] = json!(labels);
    Repository::with_rule(&format!("labels: {{ {rule} }}")).pull_request(&pull_request).check()
}

#[test]
fn all_that_are_asked_for_must_be_there() {
    judged("all-of: [reviewed, ready]", &["ready", "reviewed"]).expect_passed().expect_rule(
        "the rule",
        "passed",
        "labels-fit",
    );
    judged("all-of: [reviewed, ready]", &["ready"])
        .expect_failed()
        .expect_rule("the rule", "failed", "label-missing")
        .expect_line("the label reviewed is missing")
        .expect_line("→ add the label reviewed");
}

#[test]
fn one_of_several_will_do() {
    judged("any-of: ['kind/*', trivial]", &["kind/bug"]).expect_passed();
    judged("any-of: ['kind/*', trivial]", &["bug"])
        .expect_failed()
        .expect_rule("the rule", "failed", "label-missing")
        .expect_line("it has none of the labels kind/*, trivial");
}

#[test]
fn some_must_not_be_there() {
    judged("none-of: ['do not merge', 'wip*']", &["bug"]).expect_passed();
    judged("none-of: ['do not merge', 'wip*']", &["wip/2"])
        .expect_failed()
        .expect_rule("the rule", "failed", "label-forbidden")
        .expect_line("→ remove the label wip/2");
}

#[test]
fn upper_and_lower_case_are_one_as_github_has_it() {
    judged("all-of: [Ready]", &["ready"]).expect_passed();
}

#[test]
fn nothing_is_known_without_a_pull_request() {
    Repository::with_rule("labels: { none-of: [wip] }").check().expect_inconclusive().expect_rule(
        "the rule",
        "inconclusive",
        "pull-request-missing",
    );
}

#[test]
fn a_rule_that_asks_for_nothing_is_a_mistake() {
    for (rule, problem) in [
        ("labels: {}", "this rule asks for no label"),
        ("labels: { any-of: [] }", "an empty list would fit nothing at all"),
    ] {
        Repository::with_rule(rule).gate_check().run().expect_refused(&[problem]);
    }
}
