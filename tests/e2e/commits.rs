//! The rule `commits`: its commits are signed, and their messages have such a form.

use gate_tests::{Checked, Repository, approved};
use serde_json::{Value, json};

/// A commit with this message; the last of a list is the head.
pub(crate) fn commit(message: &str) -> Value {
    json!({
        "sha": "0000000000000000000000000000000000000000", "message": message, "parents": 1,
        "verification": { "verified": true, "reason": "valid" },
    })
}

pub(crate) fn signed(verified: bool, reason: &str) -> Value {
    let mut commit = commit("feat: add a thing");
    commit["verification"] = json!({ "verified": verified, "reason": reason });
    commit
}

fn with_commits(commits: &[Value]) -> Value {
    let mut pull_request = approved();
    let mut commits = commits.to_vec();
    for (number, commit) in commits.iter_mut().enumerate() {
        commit["sha"] = format!("{:040x}", number + 0xabc).into();
    }
    if let Some(last) = commits.last_mut() {
        last["sha"] = pull_request["head"]["sha"].clone();
    }
    pull_request["commits"] = commits.into();
    pull_request
}

#[track_caller]
pub(crate) fn judged(rule: &str, commits: &[Value]) -> Checked {
    Repository::with_rule(&format!("commits: {{ {rule} }}"))
        .pull_request(&with_commits(commits))
        .check()
}

mod signatures {
    use super::*;

    #[test]
    fn that_are_verified_pass() {
        judged("signed: verified", &[signed(true, "valid"), signed(true, "valid")])
            .expect_passed()
            .expect_rule("the rule", "passed", "commits-fit")
            .expect_line("2 commits are as they should be");
    }

    #[test]
    fn that_are_not_fail_and_are_named() {
        for reason in
            ["unsigned", "unknown_key", "bad_email", "unverified_email", "invalid", "no_user"]
        {
            judged("signed: verified", &[signed(true, "valid"), signed(false, reason)])
                .expect_failed()
                .expect_rule("the rule", "failed", "commit-unverified")
                .expect_line("1 commit without a verified signature")
                .expect_line(&format!("9a3e5c7b1d2f feat: add a thing: {reason}"))
                .expect_line("→ sign them and push again");
        }
    }

    #[test]
    fn that_nobody_could_look_at_are_undecided() {
        let unknown = {
            let mut commit = commit("feat: x");
            commit["verification"] = Value::Null;
            commit
        };
        for commit in
            [unknown, signed(false, "gpgverify_unavailable"), signed(false, "gpgverify_error")]
        {
            judged("signed: verified", &[commit])
                .expect_inconclusive()
                .expect_rule("the rule", "inconclusive", "commit-signature-unknown")
                .expect_line("1 commit whose signature could not be looked at");
        }
    }

    #[test]
    fn that_nobody_asks_for_are_not_judged() {
        judged("messages: conventional", &[signed(false, "unsigned")]).expect_passed();
    }
}

mod messages {
    use super::*;

    #[test]
    fn are_conventional() {
        let good = ["feat: add", "fix(core)!: mend\n\nBREAKING CHANGE: all of it", "chore: tidy"];
        judged("messages: conventional", &good.map(commit)).expect_passed();
        for (bad, why) in [
            ("Add a thing", "Add a thing: has no `type:` before its description"),
            ("feat:add", "has no description after `: `"),
            ("two words: x", "two words is no type: one word, for example feat"),
            ("feat: x\nmore", "has no blank line after its first one"),
        ] {
            judged("messages: conventional", &[commit(bad), commit("feat: add")])
                .expect_failed()
                .expect_rule("the rule", "failed", "commit-message-misfits")
                .expect_line("1 commit whose message has another form")
                .expect_line(why)
                .expect_line("→ reword them and push again");
        }
    }

    #[test]
    fn have_one_of_these_types() {
        judged("messages: conventional, types: [feat, fix]", &[commit("Fix: mend")])
            .expect_passed();
        judged("messages: conventional, types: [feat, fix]", &[commit("chore: tidy")])
            .expect_failed()
            .expect_line("chore is none of its types: feat, fix");
    }

    #[test]
    fn fit_patterns_and_are_short() {
        judged("matches: 'SHOP-\\d+'", &[commit("SHOP-7 add")]).expect_passed();
        judged("matches: 'SHOP-\\d+'", &[commit("add\n\nSHOP-7")])
            .expect_failed()
            .expect_line("add: does not fit SHOP-\\d+");
        judged("forbid: '^(fixup|squash)! '", &[commit("fixup! add")])
            .expect_failed()
            .expect_line("must not fit ^(fixup|squash)!");
        judged("at-most: 5", &[commit("äöüß!\n\na long body")]).expect_passed();
        judged("at-most: 5", &[commit("feat: x")])
            .expect_failed()
            .expect_line("its first line has 7 characters, and may have 5");
    }

    #[test]
    fn of_merges_may_have_any_form_unless_the_rule_says_otherwise() {
        let mut merge = commit("Merge branch 'main' into feature");
        merge["parents"] = 2.into();
        let commits = [commit("feat: add"), merge];
        judged("messages: conventional", &commits).expect_passed();
        judged("messages: conventional, merges: judge", &commits).expect_failed();
        judged("messages: conventional, merges: forbid", &commits)
            .expect_failed()
            .expect_rule("the rule", "failed", "commit-merge-forbidden")
            .expect_line("1 commit is a merge")
            .expect_line("Merge branch 'main' into feature: has 2 parents");
        judged("merges: forbid", &[commit("anything")]).expect_passed();
    }
}

mod the_list {
    use super::*;

    #[test]
    fn must_be_known() {
        Repository::with_rule("commits: { signed: verified }")
            .pull_request(&approved())
            .check()
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "commits-missing")
            .expect_line("give `--base REV` to ask git, or list `commits`");
    }

    #[test]
    fn must_have_a_commit() {
        judged("signed: verified", &[])
            .expect_inconclusive()
            .expect_line("it has no commit that could be judged");
    }

    #[test]
    fn must_have_the_head() {
        let mut pull_request = with_commits(&[commit("feat: add")]);
        pull_request["commits"][0]["sha"] = "1111111111111111111111111111111111111111".into();
        let judged = |pull_request: &Value| {
            Repository::with_rule("review: { approvals: 0 }").pull_request(pull_request).check()
        };
        judged(&pull_request).expect_inconclusive().expect_line("`commits` does not have the head");
        let mut twice = with_commits(&[commit("feat: add"), commit("feat: add")]);
        twice["commits"][0]["sha"] = twice["head"]["sha"].clone();
        judged(&twice).expect_inconclusive().expect_line("twice");
    }
}

mod of_git {
    use super::*;

    /// A branch with these commits, and a merge of main in it.
    fn branch(rule: &str, messages: &[&str]) -> Repository {
        let repository =
            Repository::with_rule(&format!("commits: {{ {rule} }}")).arg("--base").arg("main");
        repository.git(&["init", "--quiet"]);
        repository.git(&["add", "."]);
        repository.git(&["commit", "--quiet", "--message", "no form at all"]);
        repository.git(&["switch", "--quiet", "--create", "feature"]);
        for message in messages {
            repository.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
        }
        repository.git(&["switch", "--quiet", "main"]);
        repository.git(&["commit", "--quiet", "--allow-empty", "--message", "neither has this"]);
        repository.git(&["switch", "--quiet", "feature"]);
        repository
    }

    #[test]
    fn those_since_the_merge_base_are_judged() {
        let messages = ["feat: add a thing", "fix: mend it\n\nIn two\nparagraphs."];
        branch("messages: conventional", &messages)
            .check()
            .expect_passed()
            .expect_line("2 commits are as they should be");
        branch("messages: conventional", &["feat: add a thing", "mend it"])
            .check()
            .expect_failed()
            .expect_line("1 commit whose message has another form")
            .expect_line("mend it: has no `type:`");
    }

    #[test]
    fn a_merge_is_known_by_its_parents() {
        let repository = branch("messages: conventional, merges: forbid", &["feat: add"]);
        repository.git(&["merge", "--quiet", "--no-ff", "--message", "Merge main", "main"]);
        // What came with the merge is the base's.
        repository.check().expect_failed().expect_line("1 commit is a merge");
    }

    #[test]
    fn without_a_signature_none_is_verified() {
        branch("signed: verified", &["feat: add"])
            .check()
            .expect_failed()
            .expect_line("feat: add: unsigned");
    }

    #[test]
    fn a_branch_without_commits_is_undecided() {
        branch("signed: verified", &[])
            .check()
            .expect_inconclusive()
            .expect_line("it has no commit that could be judged");
    }

    #[test]
    fn a_base_that_git_does_not_know_is_told() {
        let repository = Repository::with_rule("commits: { signed: verified }");
        repository.git(&["init", "--quiet"]);
        repository
            .arg("--base")
            .arg("nowhere")
            .check()
            .expect_inconclusive()
            .expect_rule("the rule", "inconclusive", "commits-broken")
            .expect_line("git knows no commit nowhere here; fetch it first");
    }
}

#[test]
fn mistakes_are_told() {
    for (keys, problem) in [
        ("", "this rule asks for nothing"),
        ("signed: any", "this rule asks for nothing"),
        ("signed: verified, types: [feat]", "`types` is about `messages: conventional`"),
        ("messages: conventional, types: []", "an empty list"),
        ("messages: conventional, types: ['a b']", "a type is one word"),
        ("matches: '('", "not a regular expression"),
        ("signed: yes", "no such choice: `yes`"),
    ] {
        let rule = format!("commits: {{ {keys} }}");
        Repository::with_rule(&rule).gate_check().run().expect_refused(&[problem]);
    }
}
