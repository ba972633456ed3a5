//! The rule `review`: what came after an approval. `last-push`, and `stale-approvals: unchanged`.

use gate_tests::{Checked, Repository, approved};
use serde_json::{Value, json};

const HEAD: &str = "9a3e5c7b1d2f4a6c8e0b1d3f5a7c9e1b3d5f7a9c";
const OLD: &str = "4d6f8a0c2e4b6d8f0a2c4e6b8d0f2a4c6e8b0d2f";

/// Ada's pull request, which these have approved on these commits.
fn approved_by(approvals: &[(&str, u64, &str)]) -> Value {
    let mut pull_request = approved();
    let review = |(login, id, commit): &(&str, u64, &str)| {
        json!({
            "author": {"login": login, "id": id}, "state": "approved", "commit": commit,
            "submitted_at": "2026-11-20T12:00:00Z", "can_write": true,
        })
    };
    pull_request["reviews"] = approvals.iter().map(review).collect();
    pull_request
}

#[track_caller]
fn judged(rule: &str, pull_request: &Value) -> Checked {
    Repository::with_rule(&format!("review: {{ {rule} }}")).pull_request(pull_request).check()
}

fn pushes(pushes: &[(&str, &str, u64)]) -> Value {
    let push = |(sha, login, id): &(&str, &str, u64)| json!({"sha": sha, "by": {"login": login, "id": id}});
    json!({"known": pushes.iter().map(push).collect::<Vec<_>>()})
}

mod the_last_push {
    use super::*;

    const RULE: &str = "last-push: approved";

    #[test]
    fn must_be_approved_by_somebody_else_than_who_pushed_it() {
        let mut pull_request = approved_by(&[("grace", 102, HEAD)]);
        pull_request["people"]["pushes"] = pushes(&[(HEAD, "ada", 101)]);
        judged(RULE, &pull_request)
            .expect_passed()
            .expect_rule("the rule", "passed", "last-push-approved")
            .expect_line("the last push is approved by grace, who did not push it");
        pull_request["people"]["pushes"] = pushes(&[(HEAD, "grace", 102), (OLD, "ada", 101)]);
        judged(RULE, &pull_request)
            .expect_pending()
            .expect_rule("the rule", "pending", "last-push-unapproved")
            .expect_line("is approved by nobody but who pushed: grace")
            .expect_line("→ 1 approval of 9a3e5c7b1d2f by somebody who did not push it");
    }

    #[test]
    fn is_not_approved_by_an_approval_of_what_stood_there_before() {
        let mut pull_request = approved_by(&[("grace", 102, OLD)]);
        pull_request["people"]["pushes"] = pushes(&[(HEAD, "ada", 101), (OLD, "ada", 101)]);
        judged(RULE, &pull_request)
            .expect_pending()
            .expect_reason("the rule", "approved")
            .expect_line("the last push, 9a3e5c7b1d2f, is not approved");
        // Where nothing has come, nobody needs to know who pushed.
        judged(RULE, &approved_by(&[])).expect_pending();
    }

    #[test]
    fn is_approved_by_one_of_several() {
        let mut pull_request = approved_by(&[("grace", 102, HEAD), ("linus", 103, HEAD)]);
        pull_request["people"]["pushes"] = pushes(&[(HEAD, "grace", 102)]);
        judged(RULE, &pull_request).expect_passed().expect_line("approved by linus");
    }

    #[test]
    fn is_anybodys_where_nobody_knows_who_pushed() {
        let mut pull_request = approved_by(&[("grace", 102, HEAD)]);
        judged(RULE, &pull_request)
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "last-push-undecided")
            .expect_line("who pushed 9a3e5c7b1d2f is not known: nobody has said it");
        pull_request["people"]["pushes"] = json!({"unknown": "the fork is private"});
        judged(RULE, &pull_request).expect_inconclusive().expect_line("the fork is private");
        pull_request["people"]["pushes"] = pushes(&[(OLD, "ada", 101)]);
        judged(RULE, &pull_request)
            .expect_inconclusive()
            .expect_line("the newest push that is known is another one");
    }

    #[test]
    fn by_a_deleted_account_may_be_approved_by_anybody() {
        let mut pull_request = approved_by(&[("grace", 102, HEAD)]);
        pull_request["people"]["pushes"] = json!({"known": [{"sha": HEAD, "by": null}]});
        judged(RULE, &pull_request).expect_passed();
    }

    #[test]
    fn of_the_same_diff_is_approved_by_who_has_pushed_none_of_it() {
        let rule = "last-push: approved, stale-approvals: unchanged";
        let mut pull_request = approved_by(&[("grace", 102, OLD)]);
        let diff = json!({"known": {"a.py": "1"}});
        pull_request["people"]["diffs"] = json!({OLD: diff, HEAD: diff});
        pull_request["people"]["pushes"] = pushes(&[(HEAD, "ada", 101), (OLD, "ada", 101)]);
        judged(rule, &pull_request).expect_passed();
        // She approved what she had pushed herself, and somebody else has put it on a new base.
        pull_request["people"]["pushes"] = pushes(&[(HEAD, "ada", 101), (OLD, "grace", 102)]);
        judged(rule, &pull_request).expect_pending();
        pull_request["people"]["pushes"] = pushes(&[(HEAD, "ada", 101)]);
        judged(rule, &pull_request)
            .expect_inconclusive()
            .expect_line("who pushed what grace approved is not known: it is not among the pushes");
    }

    #[test]
    fn needs_nobody_unless_the_policy_says_so() {
        let pull_request = approved_by(&[("grace", 102, OLD)]);
        judged("", &pull_request).expect_passed();
        judged("last-push: any", &pull_request).expect_passed();
    }
}

mod an_approval_of_an_earlier_commit {
    use super::*;

    const RULE: &str = "stale-approvals: unchanged";

    fn with_diffs(old: &Value, head: &Value) -> Value {
        let mut pull_request = approved_by(&[("grace", 102, OLD)]);
        pull_request["people"]["diffs"] = json!({OLD: {"known": old}, HEAD: {"known": head}});
        pull_request
    }

    #[test]
    fn counts_where_the_diff_is_the_one_that_was_approved() {
        let diff = json!({"a.py": "1", "b.py": "2"});
        judged(RULE, &with_diffs(&diff, &diff)).expect_passed().expect_line("by grace");
    }

    #[test]
    fn does_not_where_a_file_differs_and_every_such_file_is_named() {
        let then = json!({"a.py": "1", "b.py": "2", "gone.py": "3"});
        let now = json!({"a.py": "1", "b.py": "4", "new.py": "5"});
        judged(RULE, &with_diffs(&then, &now))
            .expect_pending()
            .expect_rule("the rule", "pending", "approval-missing")
            .expect_line(
                "the approval of grace does not count: was given on 4d6f8a0c2e4b, and the head is \
                 9a3e5c7b1d2f; 3 files differ from what was approved: b.py, gone.py, new.py",
            )
            .expect_line("b.py  is not as grace approved it")
            .expect_no_line("a.py  is not as");
    }

    #[test]
    fn is_undecided_where_a_diff_is_not_known() {
        let mut pull_request = approved_by(&[("grace", 102, OLD)]);
        judged(RULE, &pull_request)
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "approval-undecided")
            .expect_line("what 4d6f8a0c2e4b changes is not known: nobody has said it");
        pull_request["people"]["diffs"] =
            json!({OLD: {"unknown": "GitHub has that commit no more"}, HEAD: {"known": {}}});
        judged(RULE, &pull_request)
            .expect_inconclusive()
            .expect_line("GitHub has that commit no more");
    }

    #[test]
    fn needs_no_diff_where_it_is_of_the_head_or_another_one_is() {
        judged(RULE, &approved_by(&[("grace", 102, HEAD)])).expect_passed();
        judged(RULE, &approved_by(&[("linus", 103, OLD), ("grace", 102, HEAD)])).expect_passed();
    }

    #[test]
    fn of_an_unknown_commit_does_not_count() {
        Repository::with_rule("review: { stale-approvals: unchanged }")
            .fixture("pull-request.json", "pull-request/approved-on-an-unknown-commit.json")
            .check()
            .expect_pending()
            .expect_line("was given on an unknown commit");
    }

    #[test]
    fn holds_for_the_files_of_an_owner_as_long_as_these_are_as_he_approved_them() {
        let owned = |then: Value, now: Value| {
            let mut pull_request = with_diffs(&then, &now);
            let text = "*.py @grace\n";
            pull_request["people"]["code_owners"] =
                json!({"known": {"path": "CODEOWNERS", "text": text}});
            let rule = "approvals: 0, code-owners: required, stale-approvals: unchanged";
            let file =
                |name: &str| format!("--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-old\n+new\n");
            Repository::with_rule(&format!("review: {{ {rule} }}"))
                .pull_request(&pull_request)
                .file("the.diff", file("a.py") + &file("b.md"))
                .arg("--diff")
                .arg("the.diff")
                .check()
        };
        owned(json!({"a.py": "1", "b.md": "2"}), json!({"a.py": "1", "b.md": "3"}))
            .expect_passed()
            .expect_rule("the rule", "passed", "code-owners-approved");
        owned(json!({"a.py": "1", "b.md": "2"}), json!({"a.py": "9", "b.md": "2"}))
            .expect_pending()
            .expect_line("a.py  needs an approval of @grace");
        // What the diffs do not speak of was not approved.
        owned(json!({"b.md": "2"}), json!({"b.md": "3"})).expect_pending();
    }
}

#[test]
fn people_are_in_the_record_and_replay_as_they_were() {
    let mut pull_request = approved_by(&[("grace", 102, HEAD)]);
    pull_request["people"]["pushes"] = pushes(&[(HEAD, "ada", 101)]);
    pull_request["people"]["code_owners"] =
        json!({"known": {"path": "CODEOWNERS", "text": "* @grace\n"}});
    let repository = Repository::with_rule("review: { last-push: approved }")
        .pull_request(&pull_request)
        .arg("--record")
        .arg("record.json");
    repository.check().expect_passed();
    let replayed = repository.gate(["replay", "record.json"]).run();
    assert_eq!(replayed.code, 0, "{replayed}");
}
