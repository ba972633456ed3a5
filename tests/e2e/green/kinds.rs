//! The way to green of the kinds that look at people, at the branch, and at what the base has reached.

use gate_tests::{Checked, approved};
use serde_json::{Value, json};

use super::{action, way};
use crate::{commits, protection, ratchet, review_people, weakening};

/// Done in GitHub's settings or by people, none of it needs a push.
#[track_caller]
fn needs_a_push(checked: &Checked, kind: &str) -> bool {
    action(checked, kind)["push"].as_bool().unwrap()
}

#[test]
fn an_approval_of_a_team_is_asked_of_the_team() {
    let team =
        json!({ "teams": { "acme/security": review_people::members([("linus", 3), ("ken", 4)]) } });
    let checked = review_people::judged("from: { teams: [acme/security] }", &team);
    assert_eq!(way(&checked), ["one approval from @acme/security"]);
    assert!(!needs_a_push(&checked, "approve"));
}

#[test]
fn a_team_that_nobody_knows_is_named_all_the_same() {
    let checked = review_people::judged("from: { teams: [acme/security] }", &json!({}));
    checked.expect_inconclusive();
    assert_eq!(way(&checked), ["one approval from @acme/security"]);
}

#[test]
fn each_missing_piece_of_the_protection_is_a_setting() {
    let broken = protection::with(&json!({ "no_force_pushes": false, "no_deletions": false }));
    let checked = protection::judged("", Some(broken));
    checked.expect_failed();
    assert_eq!(
        way(&checked),
        [
            "set right: main: force pushes are not refused; in the branch's ruleset or protection: block force pushes",
            "set right: main: deletions are not refused; in the branch's ruleset or protection: restrict deletions",
        ]
    );
    assert!(!needs_a_push(&checked, "repair"));
}

#[test]
fn each_commit_that_is_not_signed_is_named() {
    let commits = [commits::signed(false, "unsigned"), commits::commit("feat: add another")];
    let checked = commits::judged("signed: verified", &commits);
    checked.expect_failed();
    assert_eq!(way(&checked), ["write anew 000000000000"]);
}

#[test]
fn what_loosens_the_bar_is_approved_by_somebody_named_or_taken_back() {
    let nosec = weakening::changed("src/a.py", &[], &["call(x)  # nosec"]);
    let rule = "from: { users: [linus, ken] }";
    let checked = weakening::repository(rule, &nosec).pull_request(&approved()).check();
    checked.expect_pending();
    assert_eq!(way(&checked), ["one approval from any of ken, linus"]);
}

#[test]
fn what_nobody_may_loosen_is_taken_back() {
    let nosec = weakening::changed("src/a.py", &[], &["call(x)  # nosec"]);
    let checked = weakening::repository("", &nosec).pull_request(&approved()).check();
    checked.expect_failed();
    assert_eq!(
        way(&checked),
        [
            "set right: 1 suppression loosens the bar, and nobody may allow that; take it back, or have it \
             merged apart by who may change the policy"
        ]
    );
}

#[test]
fn what_the_base_has_reached_is_reached_again() {
    // The best is 80 %, which are eight of these ten lines; five ran.
    let checked = ratchet::after("never-below: best-of-base", &[(8, 10), (7, 10)], (5, 10));
    checked.expect_failed();
    assert_eq!(way(&checked), ["cover any 3 of these 5 lines: src/a.py:6-10"]);
    assert_eq!(action(&checked, "cover")["count"], Value::from(3));
}

#[test]
fn a_drift_is_mended_by_what_it_is_beyond_its_budget() {
    let keys = "at-most-below-baseline: 10%, drift-budget: 10%";
    let checked = ratchet::after(keys, &[(90, 100), (82, 100)], (78, 100));
    checked.expect_failed();
    // 80 of 100 are ten points below the best.
    let cover = action(&checked, "cover");
    assert_eq!((&cover["count"], &cover["of"]), (&json!(2), &json!(22)));
}
