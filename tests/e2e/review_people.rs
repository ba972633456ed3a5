//! The rule `review`: whose approvals count, by name, by team and by organisation.

use gate_tests::{Checked, Repository, approved};
use serde_json::{Value, json};

/// Judged by a rule with these keys; grace has approved, and this is known of people.
#[track_caller]
pub(crate) fn judged(rule: &str, people: &Value) -> Checked {
    let mut pull_request = approved();
    pull_request["people"] = people.clone();
    Repository::with_rule(&format!("review: {{ {rule} }}")).pull_request(&pull_request).check()
}

/// These people, as the members of something.
pub(crate) fn members<const N: usize>(people: [(&str, u64); N]) -> Value {
    let account = |(login, id): (&str, u64)| json!({"login": login, "id": id});
    json!({"known": people.map(account).to_vec()})
}

const TEAM: &str = "from: { teams: [acme/security] }";
const ORGANISATION: &str = "from: { organisations: [acme] }";

mod users {
    use super::*;

    #[test]
    fn are_the_only_ones_who_count() {
        judged("from: { users: [linus] }", &json!({}))
            .expect_pending()
            .expect_line("→ 1 more approval from linus")
            .expect_line(
                "the approval of grace does not count: is none of those that the rule names",
            );
        judged("from: { users: [linus, grace] }", &json!({})).expect_passed();
    }

    #[test]
    fn are_known_in_any_writing() {
        judged("from: { users: ['@Grace'] }", &json!({})).expect_passed();
    }

    #[test]
    fn are_asked_for_no_more_once_they_have_approved() {
        judged("approvals: 2, from: { users: [linus, grace] }", &json!({}))
            .expect_pending()
            .expect_line("→ 1 more approval from linus");
    }
}

mod teams {
    use super::*;

    #[test]
    fn count_by_their_members() {
        let with = json!({"teams": {"acme/security": members([("grace", 102)])}});
        judged(TEAM, &with).expect_passed().expect_line("approvals: 1 ≥ 1 ✓, by grace");
        let without = json!({"teams": {"acme/security": members([("linus", 103)])}});
        judged(TEAM, &without)
            .expect_pending()
            .expect_rule("the rule", "pending", "approval-missing")
            .expect_line("→ 1 more approval from @acme/security");
    }

    #[test]
    fn are_known_in_any_writing() {
        let with = json!({"teams": {"ACME/Security": members([("grace", 102)])}});
        judged("from: { teams: ['@Acme/security'] }", &with).expect_passed();
    }

    #[test]
    fn have_the_person_and_not_the_name() {
        let renamed = json!({"teams": {"acme/security": members([("grace-h", 102)])}});
        judged(TEAM, &renamed).expect_passed();
        let reused = json!({"teams": {"acme/security": members([("grace", 999)])}});
        judged(TEAM, &reused).expect_pending();
    }

    #[test]
    fn whose_members_nobody_knows_decide_nothing() {
        judged(TEAM, &json!({}))
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "approval-undecided")
            .expect_line("approvals: 0 < 1 ✗, and of 1 approval nobody can tell")
            .expect_line(
                "whether the approval of grace counts cannot be told: \
                 who is in @acme/security is not known: nobody has said it",
            );
        let unknown = json!({"teams": {"acme/security": {"unknown": "there is no such team"}}});
        judged(TEAM, &unknown)
            .expect_inconclusive()
            .expect_line("who is in @acme/security is not known: there is no such team");
    }

    #[test]
    fn that_are_unknown_do_not_matter_where_another_name_fits_or_too_few_have_approved() {
        judged("from: { users: [grace], teams: [acme/security] }", &json!({})).expect_passed();
        judged("approvals: 2, from: { teams: [acme/security] }", &json!({}))
            .expect_pending()
            .expect_line("who is in @acme/security is not known");
        let other = json!({"teams": {"acme/legal": members([("grace", 102)])}});
        judged("from: { teams: [acme/security, acme/legal] }", &other).expect_passed();
        let mut nobody = approved();
        nobody["reviews"] = json!([]);
        Repository::with_rule(&format!("review: {{ {TEAM} }}"))
            .pull_request(&nobody)
            .check()
            .expect_pending()
            .expect_line("→ 1 more approval from @acme/security");
    }
}

mod organisations {
    use super::*;

    #[test]
    fn count_by_their_members() {
        let with = json!({"organisations": {"Acme": members([("grace", 102)])}});
        judged(ORGANISATION, &with).expect_passed();
        let without = json!({"organisations": {"acme": members([])}});
        judged(ORGANISATION, &without)
            .expect_pending()
            .expect_line("→ 1 more approval from a member of acme");
    }

    #[test]
    fn whose_members_nobody_knows_decide_nothing() {
        judged(ORGANISATION, &json!({}))
            .expect_inconclusive()
            .expect_line("who belongs to acme is not known: nobody has said it");
    }
}

#[test]
fn who_may_not_write_does_not_count_in_any_team() {
    let mut pull_request = approved();
    pull_request["reviews"][0]["can_write"] = json!(false);
    pull_request["people"] = json!({"teams": {"acme/security": members([("grace", 102)])}});
    Repository::with_rule(&format!("review: {{ {TEAM} }}"))
        .pull_request(&pull_request)
        .check()
        .expect_pending()
        .expect_line("the approval of grace does not count: may not write to the repository");
}

#[test]
fn mistakes_in_the_policy_are_told() {
    for (rule, problem) in [
        ("from: {}", "this names nobody"),
        ("from: { users: [] }", "this names nobody"),
        ("from: { teams: [security] }", "a team is organisation/team, for example acme/security"),
        ("from: { teams: [a/b/c] }", "a team is organisation/team"),
        ("from: { teams: [a/b, A/B] }", "`A/B` stands here a second time"),
        ("approvals: 2, from: { users: [grace] }", "2 approvals cannot come from 1 user"),
        ("approvers: [grace]", "no such key here: `approvers`"),
    ] {
        let rule = format!("review: {{ {rule} }}");
        Repository::with_rule(&rule).gate_check().run().expect_refused(&[problem]);
    }
    judged("approvals: 2, from: { users: [grace], teams: [a/b] }", &json!({})).expect_pending();
}

#[test]
fn mistakes_in_the_document_are_told() {
    for (people, words) in [
        (json!({"team": {}}), "unknown field `team`"),
        (json!({"teams": {"security": {"known": []}}}), "`security` is no team"),
        (json!({"teams": {"a/b": []}}), "expected value"),
        (json!({"teams": {"a/b": {"known": null}}}), "null"),
        (json!({"teams": {"a/b": {"maybe": []}}}), "unknown variant `maybe`"),
        (json!({"teams": {"a/b": {"known": [["grace", 1]]}}}), "expected an object"),
        (json!({"teams": {"a/b": {"unknown": ""}}}), "a name is empty"),
        (json!({"teams": {"a/b": {"known": []}, "A/b": {"known": []}}}), "stands here twice"),
        (json!({"addresses": {"a@b.c": {"known": []}}}), "expected an object"),
        (json!({"pushes": {"known": [{"sha": "x", "by": null}]}}), "`x` is no commit"),
        (json!({"pushes": {"known": [{"sha": "0".repeat(40)}]}}), "missing field `by`"),
        (json!({"diffs": {"main": {"known": {}}}}), "`main` is no commit"),
        (json!({"code_owners": {"known": {"path": "CODEOWNERS"}}}), "missing field `text`"),
        (json!([]), "expected an object"),
    ] {
        judged("", &people)
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "pull-request-broken")
            .expect_line(words);
    }
}

#[test]
fn the_page_of_the_document_shows_one_that_is_read() {
    let page = include_str!("../../docs/pull-request.md");
    let blocks: Vec<Value> = page
        .split("```json\n")
        .skip(1)
        .map(|rest| serde_json::from_str(rest.split("```").next().unwrap()).unwrap())
        .collect();
    let mut pull_request = blocks[0].clone();
    pull_request["people"] = blocks[1].clone();
    Repository::with_rule("review: { from: { teams: [acme/python] }, last-push: approved }")
        .pull_request(&pull_request)
        .check()
        .expect_passed()
        .expect_reason("the rule", "last-push-approved");
}
