//! The rule `title`: its title has such a form.

use gate_tests::{Checked, Repository, approved};
use serde_json::json;

#[track_caller]
fn judged(rule: &str, title: &str) -> Checked {
    let mut pull_request = approved();
    pull_request["title"] = json!(title);
    Repository::with_rule(&format!("title: {{ {rule} }}")).pull_request(&pull_request).check()
}

#[test]
fn it_must_fit_a_pattern() {
    let conventional = r"matches: '^(feat|fix)(\(.+\))?: .+'";
    judged(conventional, "feat(broker): send orders").expect_passed().expect_rule(
        "the rule",
        "passed",
        "title-fits",
    );
    judged(conventional, "Send orders")
        .expect_failed()
        .expect_rule("the rule", "failed", "title-misfits")
        .expect_line("the title Send orders does not fit ^(feat|fix)")
        .expect_line("→ change the title");
}

#[test]
fn it_must_not_fit_another() {
    judged(r"forbid: '(?i)\bwip\b'", "WIP: orders").expect_failed().expect_line("must not fit");
    judged(r"forbid: '(?i)\bwip\b'", "wiped orders").expect_passed();
}

#[test]
fn it_may_be_so_long_in_characters() {
    judged("at-most: 5", "äöüäö").expect_passed();
    judged("at-most: 4", "äöüäö").expect_failed().expect_line("the title's characters: 5 > 4 ✗");
}

#[test]
fn one_that_nobody_has_told_is_not_known() {
    let mut pull_request = approved();
    pull_request.as_object_mut().unwrap().remove("title");
    Repository::with_rule("title: { at-most: 72 }")
        .pull_request(&pull_request)
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "pull-request-missing");
}

#[test]
fn mistakes_are_told() {
    for (rule, problem) in [
        ("title: {}", "this rule asks for nothing"),
        ("title: { matches: '(' }", "not a regular expression: unclosed group"),
    ] {
        Repository::with_rule(rule).gate_check().run().expect_refused(&[problem]);
    }
}
