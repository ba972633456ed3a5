//! Rules made of rules: `any-of` and `all-of`.

use gate_tests::{Checked, Repository, approved};
use serde_json::json;

const POLICY: &str = "version: 1
rules:
  reviewed or trivial:
    any-of:
      a colleague has approved: { review: { approvals: 1 } }
      it is trivial: { labels: { all-of: [trivial] } }
";

#[track_caller]
fn judged(policy: &str, reviews: bool, labels: &[&str]) -> Checked {
    let mut pull_request = approved();
    if !reviews {
        pull_request["reviews"] = json!([]);
    }
    pull_request["labels"] = json!(labels);
    Repository::with_policy(policy).pull_request(&pull_request).check()
}

#[test]
fn one_of_a_group_is_enough() {
    judged(POLICY, false, &["trivial"])
        .expect_passed()
        .expect_rule("reviewed or trivial", "passed", "any-of")
        .expect_line("1 of 2 rules hold, one is needed");
    judged(POLICY, true, &[]).expect_passed();
}

#[test]
fn none_of_a_group_is_not() {
    // One may still be approved, so that it is waited for.
    judged(POLICY, false, &[])
        .expect_pending()
        .expect_rule("reviewed or trivial", "pending", "any-of")
        .expect_rule("a colleague has approved", "pending", "approval-missing")
        .expect_rule("it is trivial", "failed", "label-missing")
        .expect_line("    ✗ failed        it is trivial  [labels]")
        .expect_line("        → add the label trivial");
}

#[test]
fn all_of_a_group_may_be_asked_for() {
    let policy = POLICY.replace("any-of", "all-of");
    judged(&policy, true, &["trivial"]).expect_passed();
    judged(&policy, true, &[])
        .expect_failed()
        .expect_rule("reviewed or trivial", "failed", "all-of")
        .expect_line("1 of 2 rules hold, all are needed");
}

#[test]
fn groups_stand_in_groups() {
    let policy = "version: 1
rules:
  outer:
    all-of:
      inner:
        any-of:
          approved: { review: { approvals: 1 } }
          trivial: { labels: { all-of: [trivial] } }
      not blocked: { labels: { none-of: [blocked] } }
";
    judged(policy, false, &["trivial"]).expect_passed().expect_rule("inner", "passed", "any-of");
    judged(policy, true, &["blocked"]).expect_failed().expect_rule(
        "not blocked",
        "failed",
        "label-forbidden",
    );
}

#[test]
fn a_rule_of_a_group_that_does_not_apply_is_left_out() {
    let policy = POLICY.replace("{ review:", "{ when: { draft: true }, review:");
    judged(&policy, true, &["trivial"])
        .expect_passed()
        .expect_line("1 of 1 rule hold, one is needed");
    judged(&policy, true, &[]).expect_failed();
    let none = policy.replace("{ labels:", "{ when: { draft: true }, labels:");
    judged(&none, true, &[])
        .expect_inconclusive()
        .expect_line("none of its rules applies here")
        .expect_line("Inconclusive: no rule applied");
}

#[test]
fn the_parts_of_a_group_show_in_the_markdown_too() {
    let mut pull_request = approved();
    pull_request["reviews"] = json!([]);
    let run = Repository::with_policy(POLICY)
        .pull_request(&pull_request)
        .gate_check()
        .arg("--format")
        .arg("markdown")
        .run();
    run.expect_line("- … pending: a colleague has approved")
        .expect_line("  - approvals: 0 &lt; 1 ✗")
        .expect_line("    - **→ 1 more approval**");
}

#[test]
fn mistakes_are_told() {
    for (from, to, problem) in [
        ("{ review: {", "{ mode: shadow, review: {", "the rules of a group have no `mode`"),
        ("{ review: {", "{ rollout: 5%, review: {", "the rules of a group have no `rollout`"),
        ("      it is trivial: { labels: { all-of: [trivial] } }\n", "", "at least two rules"),
        ("it is trivial:", "reviewed or trivial:", "two rules have the name `reviewed or trivial`"),
        ("any-of", "one-of", "did you mean `any-of`?"),
    ] {
        let policy = POLICY.replace(from, to);
        assert_ne!(policy, POLICY);
        Repository::with_policy(&policy).gate_check().run().expect_refused(&[problem]);
    }
}

#[test]
fn a_waiver_may_name_a_rule_within_a_group() {
    let waiver = |rule: &str| {
        format!("{POLICY}waivers:\n  - {{ finding: B101, rule: {rule}, reason: tests }}\n")
    };
    judged(&waiver("it is trivial"), true, &[]).expect_passed();
    Repository::with_policy(&waiver("it was trivial"))
        .gate_check()
        .run()
        .expect_refused(&["did you mean `it is trivial`?"]);
}
