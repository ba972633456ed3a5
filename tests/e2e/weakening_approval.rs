//! The approval that the rule `weakening` asks for where something loosens the bar.

use gate_tests::{Checked, approved};
use serde_json::{Value, json};

use crate::weakening::{changed, judged, repository};

fn nosec() -> String {
    changed("src/a.py", &[], &["call(x)  # nosec"])
}

/// The pull request, whose only review is this one of grace's.
fn reviewed(change: impl Fn(&mut Value)) -> Value {
    let mut pull_request = approved();
    change(&mut pull_request["reviews"][0]);
    pull_request
}

#[track_caller]
fn by(rule: &str, pull_request: &Value) -> Checked {
    repository(rule, &nosec()).pull_request(pull_request).check()
}

#[test]
fn of_somebody_named_allows_it() {
    by("from: { users: [grace] }", &approved())
        .expect_passed()
        .expect_rule("the rule", "passed", "weakening-approved")
        .expect_line("1 suppression loosens the bar; approvals of the head: 1 ≥ 1 ✓, by grace")
        .expect_line("src/a.py:1  new: # nosec");
}

#[test]
fn that_is_missing_is_waited_for_and_named() {
    by("from: { users: [linus, ken] }", &approved())
        .expect_pending()
        .expect_rule("the rule", "pending", "weakening-unapproved")
        .expect_line("approvals of the head: 0 < 1 ✗")
        .expect_line("src/a.py:1  new: # nosec")
        .expect_line("→ 1 approval of the head from linus, ken");
    by("from: { users: [grace, ken] }, approvals: 2", &approved())
        .expect_pending()
        .expect_line("→ 1 more approval of the head from ken");
}

#[test]
fn counts_for_the_head_only() {
    let stale =
        reviewed(|review| review["commit"] = "1f0c7d9be2a44f6d8b3c5e7a9102334455667788".into());
    by("from: { users: [grace] }", &stale).expect_pending().expect_line(
        "the approval of grace does not count: was given on 1f0c7d9be2a4, and the head is",
    );
    let unknown = reviewed(|review| drop(review.as_object_mut().unwrap().remove("commit")));
    by("from: { users: [grace] }", &unknown)
        .expect_pending()
        .expect_line("does not count: was given on an unknown commit");
}

#[test]
fn of_the_author_or_without_the_right_to_write_does_not_count() {
    let own = reviewed(|review| review["author"] = json!({ "login": "ada", "id": 101 }));
    by("from: { users: [ada] }", &own)
        .expect_pending()
        .expect_line("does not count: is the author");
    let reader = reviewed(|review| review["can_write"] = false.into());
    by("from: { users: [grace] }", &reader)
        .expect_pending()
        .expect_line("does not count: may not write to the repository");
}

#[test]
fn of_a_bot_counts_by_its_whole_name() {
    let bot = reviewed(|review| {
        review["author"] = json!({ "login": "grace[bot]", "id": 9, "bot": true });
    });
    by("from: { users: [grace] }", &bot).expect_pending();
    by("from: { users: ['grace[bot]'] }", &bot).expect_passed();
    by("from: { users: ['grace[bot]'] }", &approved()).expect_pending();
}

#[test]
fn of_a_member_of_a_team_or_an_organisation_allows_it() {
    let known = |people: &Value| {
        let mut pull_request = approved();
        pull_request["people"] = people.clone();
        pull_request
    };
    let grace = json!({ "known": [{ "login": "grace", "id": 102 }] });
    let linus = json!({ "known": [{ "login": "linus", "id": 103 }] });
    let team = "from: { teams: [acme/security] }";
    by(team, &known(&json!({ "teams": { "acme/security": grace } }))).expect_passed();
    by(team, &known(&json!({ "teams": { "acme/security": linus } })))
        .expect_pending()
        .expect_line("→ 1 approval of the head from @acme/security");
    by(team, &approved())
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "weakening-unapproved")
        .expect_line("approvals of the head: 0 < 1 ✗, and of 1 approval nobody can tell")
        .expect_line(
            "whether the approval of grace counts cannot be told: who is in @acme/security",
        );
    let organisation = "from: { organisations: [acme] }";
    by(organisation, &known(&json!({ "organisations": { "acme": grace } }))).expect_passed();
    by(
        "from: { users: [linus], teams: [acme/security] }",
        &known(&json!({ "teams": { "acme/security": grace } })),
    )
    .expect_passed();
}

#[test]
fn that_was_taken_back_does_not_count() {
    let dismissed = reviewed(|review| review["state"] = "dismissed".into());
    by("from: { users: [grace] }", &dismissed).expect_pending();
    let changes = reviewed(|review| review["state"] = "changes_requested".into());
    by("from: { users: [grace] }", &changes).expect_pending();
}

#[test]
fn is_not_asked_for_where_nothing_is_loosened() {
    let diff = changed("src/a.py", &[], &["call(x)"]);
    repository("from: { users: [linus] }", &diff).check().expect_passed();
}

#[test]
fn of_nobody_knows_whom_is_none() {
    judged("from: { users: [grace] }", &nosec())
        .expect_inconclusive()
        .expect_reason("the rule", "pull-request-missing")
        .expect_rule("the rule", "inconclusive", "weakening-unapproved")
        .expect_line("1 suppression loosens the bar, and who has approved is not known")
        .expect_line("→ 1 approval of the head from grace");
}
