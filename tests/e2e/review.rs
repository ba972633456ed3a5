//! The rule `review`: people have looked at it, counted as GitHub counts.

use gate_tests::{Checked, Repository, approved};
use serde_json::{Value, json};

/// A fixture of `pull-request/`, judged by a rule with these keys.
#[track_caller]
fn judged(rule: &str, fixture: &str) -> Checked {
    Repository::with_rule(&format!("review: {{ {rule} }}"))
        .fixture("pull-request.json", &format!("pull-request/{fixture}.json"))
        .check()
}

#[track_caller]
fn judged_as(rule: &str, pull_request: &Value) -> Checked {
    Repository::with_rule(&format!("review: {{ {rule} }}")).pull_request(pull_request).check()
}

/// A review of the head by this person.
fn review(login: &str, id: u64, state: &str) -> Value {
    json!({
        "author": {"login": login, "id": id}, "state": state, "can_write": true,
        "commit": approved()["head"]["sha"], "submitted_at": "2026-11-20T12:00:00Z",
    })
}

fn with_reviews<const N: usize>(reviews: [Value; N]) -> Value {
    let mut pull_request = approved();
    pull_request["reviews"] = Vec::from(reviews).into();
    pull_request
}

mod approvals {
    use super::*;

    #[test]
    fn are_one_unless_the_policy_says_more() {
        judged("", "approved")
            .expect_passed()
            .expect_rule("the rule", "passed", "approved")
            .expect_line("approvals: 1 ≥ 1 ✓, by grace");
    }

    #[test]
    fn that_are_missing_are_waited_for() {
        judged("", "no-reviews")
            .expect_pending()
            .expect_rule("the rule", "pending", "approval-missing")
            .expect_line("approvals: 0 < 1 ✗")
            .expect_line("→ 1 more approval");
        judged("approvals: 2", "approved").expect_pending().expect_line("approvals: 1 < 2 ✗");
    }

    #[test]
    fn may_be_asked_of_nobody() {
        judged("approvals: 0", "no-reviews").expect_passed();
    }

    #[test]
    fn of_two_people_are_two() {
        let both =
            with_reviews([review("grace", 102, "approved"), review("linus", 103, "approved")]);
        judged_as("approvals: 2", &both).expect_passed().expect_line("by grace, linus");
        let twice =
            with_reviews([review("grace", 102, "approved"), review("grace", 102, "approved")]);
        judged_as("approvals: 2", &twice).expect_pending().expect_line("approvals: 1 < 2 ✗");
    }
}

mod bots {
    use super::*;

    #[test]
    fn do_not_count() {
        judged("", "approved-by-a-bot")
            .expect_pending()
            .expect_line("the approval of renovate[bot] does not count: is a bot");
    }

    #[test]
    fn count_where_the_policy_names_them_in_either_writing() {
        judged("bots: [renovate]", "approved-by-a-bot").expect_passed();
        judged("bots: ['renovate[bot]']", "approved-by-a-bot").expect_passed();
        judged("bots: [dependabot]", "approved-by-a-bot").expect_pending();
    }

    #[test]
    fn may_open_what_people_approve() {
        judged("", "author-is-a-bot").expect_passed();
    }
}

mod changes_requested {
    use super::*;

    #[test]
    fn stop_the_merge() {
        judged("", "approved-by-one-refused-by-another")
            .expect_failed()
            .expect_rule("the rule", "failed", "changes-requested")
            .expect_line("changes requested by linus")
            .expect_line("→ mend it and ask for another review by linus");
    }

    #[test]
    fn may_be_ignored_and_are_shown_nevertheless() {
        judged("changes-requested: ignore", "approved-by-one-refused-by-another")
            .expect_passed()
            .expect_reason("the rule", "changes-requested")
            .expect_line("changes requested by linus, which this rule does not count");
        judged("changes-requested: block", "approved-by-one-refused-by-another").expect_failed();
    }

    #[test]
    fn are_taken_back_by_an_approval_of_the_same_person() {
        judged("", "changes-requested-then-approved").expect_passed();
        judged("", "changes-requested-then-approved-out-of-order").expect_passed();
        judged("", "approved-then-changes-requested").expect_failed();
    }

    #[test]
    fn are_not_taken_back_by_a_comment() {
        judged("", "changes-requested-then-commented").expect_failed();
    }

    #[test]
    fn by_who_may_not_write_do_not_stop_it() {
        let mut reader = review("eve", 104, "changes_requested");
        reader["can_write"] = false.into();
        judged_as("", &with_reviews([review("grace", 102, "approved"), reader])).expect_passed();
    }

    #[test]
    fn by_the_author_do_not_stop_it() {
        let own = review("ada", 101, "changes_requested");
        judged_as("", &with_reviews([review("grace", 102, "approved"), own])).expect_passed();
    }
}

mod a_persons_last_word {
    use super::*;

    #[test]
    fn is_not_a_comment() {
        judged("", "approved-then-commented").expect_passed();
    }

    #[test]
    fn may_be_taken_away_by_a_dismissal_which_revives_nothing() {
        judged("", "approved-then-dismissed").expect_pending();
        let mut dismissed = review("grace", 102, "dismissed");
        dismissed["submitted_at"] = "2026-11-21T12:00:00Z".into();
        judged_as("", &with_reviews([review("grace", 102, "approved"), dismissed.clone()]))
            .expect_pending();
        judged_as(
            "approvals: 0",
            &with_reviews([review("grace", 102, "changes_requested"), dismissed]),
        )
        .expect_passed();
    }

    #[test]
    fn is_not_said_before_it_is_submitted() {
        judged("", "approval-still-pending").expect_pending();
    }

    #[test]
    fn is_the_persons_under_whatever_name() {
        judged("", "renamed-account").expect_passed().expect_line("by grace-h");
    }

    #[test]
    fn is_not_that_of_another_person_who_took_the_name() {
        judged("", "reused-login").expect_failed().expect_line("changes requested by grace");
    }
}

mod who_counts {
    use super::*;

    #[test]
    fn not_the_author() {
        judged("", "approved-by-its-author")
            .expect_pending()
            .expect_line("the approval of ada does not count: is the author");
    }

    #[test]
    fn not_who_may_only_read() {
        judged("", "approved-by-a-reader")
            .expect_pending()
            .expect_line("the approval of grace does not count: may not write to the repository");
    }

    #[test]
    fn not_a_deleted_account() {
        judged("", "approved-by-a-deleted-account")
            .expect_pending()
            .expect_line("reviews by deleted accounts that do not count: 1");
    }

    #[test]
    fn a_reviewer_of_what_a_deleted_account_opened() {
        judged("", "author-is-deleted").expect_passed();
    }

    #[test]
    fn a_draft_may_be_approved() {
        judged("", "draft").expect_passed();
    }
}

mod stale_approvals {
    use super::*;

    #[test]
    fn count_unless_the_policy_says_otherwise() {
        judged("", "approved-on-an-old-commit").expect_passed();
        judged("stale-approvals: count", "approved-on-an-old-commit").expect_passed();
    }

    #[test]
    fn may_be_ignored() {
        judged("stale-approvals: ignore", "approved-on-an-old-commit")
            .expect_pending()
            .expect_line("was given on 4d6f8a")
            .expect_line("and the head is 9a3e5c7b1d2f");
        judged("stale-approvals: ignore", "approved").expect_passed();
    }

    #[test]
    fn are_those_of_an_unknown_commit_too() {
        judged("stale-approvals: ignore", "approved-on-an-unknown-commit")
            .expect_pending()
            .expect_line("was given on an unknown commit");
    }
}

mod conversations {
    use super::*;

    #[test]
    fn may_be_open_unless_the_policy_says_otherwise() {
        judged("", "unresolved-threads")
            .expect_passed()
            .expect_no_reason("the rule", "conversation-unresolved");
        judged("conversations: any", "unresolved-threads").expect_passed();
    }

    #[test]
    fn that_are_open_stop_the_merge_where_they_must_be_resolved() {
        judged("conversations: resolved", "unresolved-threads")
            .expect_failed()
            .expect_rule("the rule", "failed", "conversation-unresolved")
            .expect_line("unresolved conversations, of 3: 2 > 0 ✗")
            .expect_line("src/peak_trade/reports.py:12  not resolved")
            .expect_line("→ resolve 2 conversations");
    }

    #[test]
    fn that_are_resolved_do_not() {
        judged("conversations: resolved", "approved")
            .expect_passed()
            .expect_reason("the rule", "conversations-resolved");
    }
}

mod the_description {
    use super::*;

    #[test]
    fn that_is_missing_leaves_it_undecided() {
        Repository::with_rule("review: {}")
            .check()
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "pull-request-missing")
            .expect_line("the pull request is not known: there is no file pull-request.json");
    }

    #[test]
    fn may_lie_elsewhere() {
        Repository::with_rule("review: {}")
            .fixture("state/pr.json", "pull-request/approved.json")
            .arg("--pull-request")
            .arg("state/pr.json")
            .check()
            .expect_passed();
    }

    #[test]
    fn says_which_head_was_judged() {
        let checked = judged("", "approved");
        assert_eq!(checked.json["head"], approved()["head"]["sha"]);
        checked.expect_line("head 9a3e5c7b1d2f");
    }

    #[test]
    fn that_is_broken_leaves_it_undecided_and_the_reason_is_said() {
        for (file, words) in [
            ("duplicate-key", "twice"),
            ("empty", "the report is empty"),
            ("list", "sequence"),
            ("no-head", "missing field `head`"),
            ("no-version", "version"),
            ("number-is-a-string", "invalid type: string"),
            ("sha-too-short", "is no commit: 40 or 64 hexadecimal digits"),
            ("time-without-zone", "is no time of RFC 3339"),
            ("truncated", "cut off"),
            ("unknown-key-in-review", "unknown field"),
            ("unknown-key", "unknown field"),
            ("unknown-review-state", "is no state of a review"),
            ("version-2", "version"),
        ] {
            judged("", &format!("{file}.invalid"))
                .expect_inconclusive()
                .expect_rule("the rule", "inconclusive", "pull-request-broken")
                .expect_line(words);
        }
    }

    #[test]
    fn may_have_the_words_in_upper_case_as_github_answers() {
        judged("", "upper-case-review-state").expect_passed();
    }

    #[test]
    fn is_tested_in_every_broken_form() {
        let broken = gate_tests::fixtures_in("pull-request");
        let broken = broken.iter().filter(|name| name.contains(".invalid.")).count();
        assert_eq!(broken, 13, "the table above has them all");
    }
}

#[test]
fn checks_of_every_kind_are_read_and_no_rule_asks_for_them_yet() {
    judged("approvals: 1", "checks-of-every-kind").expect_passed();
}
