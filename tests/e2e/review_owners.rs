//! The rule `review`: `code-owners: required`.

use gate_tests::{Checked, Repository, approved};
use serde_json::{Value, json};

/// Files that are changed.
fn diff(files: &[&str]) -> String {
    let file = |name: &&str| format!("--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-old\n+new\n");
    files.iter().map(file).collect()
}

#[track_caller]
fn judged_with(pull_request: &Value, diff: &str) -> Checked {
    Repository::with_rule("review: { approvals: 0, code-owners: required }")
        .pull_request(pull_request)
        .file("the.diff", diff)
        .arg("--diff")
        .arg("the.diff")
        .check()
}

/// Judged where grace (102) has approved ada's (101) change of these files.
#[track_caller]
fn judged(owners: &str, files: &[&str]) -> Checked {
    let mut pull_request = approved();
    pull_request["people"]["code_owners"] = file(owners);
    judged_with(&pull_request, &diff(files))
}

fn file(text: &str) -> Value {
    json!({"known": {"path": ".github/CODEOWNERS", "text": text}})
}

#[test]
fn an_owner_of_each_changed_file_must_approve() {
    judged("*.py @grace\n*.md @linus @ada\n", &["a.py"])
        .expect_passed()
        .expect_rule("the rule", "passed", "code-owners-approved")
        .expect_line("owned files that an owner has approved: 1 ≥ 1 ✓");
    judged("*.py @grace\n*.md @linus @ada\n", &["a.py", "b.md", "c.txt"])
        .expect_pending()
        .expect_rule("the rule", "pending", "code-owner-missing")
        .expect_line("owned files that an owner has approved: 1 < 2 ✗")
        .expect_line("→ an approval of @linus or @ada")
        .expect_line("b.md  needs an approval of @linus or @ada (.github/CODEOWNERS:2)");
}

#[test]
fn one_of_several_owners_is_enough_in_any_writing() {
    judged("* @linus @GRACE docs@example.com\n", &["a.py"]).expect_passed();
}

#[test]
fn the_last_line_that_fits_decides_and_one_without_owners_asks_for_nobody() {
    judged("* @grace\n/src/ @linus\n", &["src/a.py"]).expect_pending();
    judged("/src/ @linus\n* @grace\n", &["src/a.py"]).expect_passed();
    judged("* @linus\n/src/gen/\n", &["src/gen/a.py"])
        .expect_passed()
        .expect_line("no changed file has an owner in .github/CODEOWNERS");
}

#[test]
fn the_author_who_owns_a_file_needs_another_owner() {
    let mut pull_request = approved();
    pull_request["people"]["code_owners"] = file("* @ada\n");
    pull_request["reviews"][0]["author"] = json!({"login": "ada", "id": 101});
    judged_with(&pull_request, &diff(&["a.py"])).expect_pending();
}

#[test]
fn an_owner_who_may_not_write_does_not_count() {
    let mut pull_request = approved();
    pull_request["people"]["code_owners"] = file("* @grace\n");
    pull_request["reviews"][0]["can_write"] = json!(false);
    judged_with(&pull_request, &diff(&["a.py"])).expect_pending();
}

#[test]
fn a_file_that_was_moved_is_owned_where_it_was_too() {
    let mut pull_request = approved();
    pull_request["people"]["code_owners"] = file("/secure/ @linus\n/open/ @grace\n");
    let moved = "diff --git a/secure/a.py b/open/a.py\nsimilarity index 100%\n\
                 rename from secure/a.py\nrename to open/a.py\n";
    judged_with(&pull_request, moved)
        .expect_pending()
        .expect_line("secure/a.py  needs an approval of @linus")
        .expect_line("owned files that an owner has approved: 1 < 2 ✗");
}

#[test]
fn a_teams_members_are_owners_and_unknown_ones_decide_nothing() {
    let mut pull_request = approved();
    pull_request["people"]["code_owners"] = file("* @linus @acme/python\n");
    judged_with(&pull_request, &diff(&["a.py"]))
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "code-owner-undecided")
        .expect_line("whether @linus or @acme/python has approved it cannot be told")
        .expect_line("who is in @acme/python is not known: nobody has said it");
    pull_request["people"]["teams"] =
        json!({"acme/python": {"known": [{"login": "grace", "id": 102}]}});
    judged_with(&pull_request, &diff(&["a.py"])).expect_passed();
    pull_request["people"]["teams"] = json!({"acme/python": {"known": []}});
    judged_with(&pull_request, &diff(&["a.py"])).expect_pending();
    pull_request["people"]["teams"] =
        json!({"acme/python": {"unknown": "GitHub shows no such team"}});
    judged_with(&pull_request, &diff(&["a.py"]))
        .expect_inconclusive()
        .expect_line("GitHub shows no such team");
}

#[test]
fn an_address_is_somebodys_or_decides_nothing() {
    let mut pull_request = approved();
    pull_request["people"]["code_owners"] = file("* Grace@Example.com\n");
    judged_with(&pull_request, &diff(&["a.py"]))
        .expect_inconclusive()
        .expect_line("whose address Grace@Example.com is is not known");
    pull_request["people"]["addresses"] =
        json!({"grace@example.com": {"known": {"login": "grace", "id": 102}}});
    judged_with(&pull_request, &diff(&["a.py"])).expect_passed();
    pull_request["people"]["addresses"] =
        json!({"grace@example.com": {"known": {"login": "linus", "id": 103}}});
    judged_with(&pull_request, &diff(&["a.py"])).expect_pending();
}

#[test]
fn lines_that_are_not_sound_are_passed_over_and_said() {
    judged("* @grace\n*.py linus\n!b @linus\n", &["a.py"])
        .expect_passed()
        .expect_reason("the rule", "code-owners-line-skipped")
        .expect_line("GitHub passes over 2 lines of .github/CODEOWNERS")
        .expect_line(".github/CODEOWNERS:2  linus is no owner")
        .expect_line(".github/CODEOWNERS:3  the pattern !b begins with `!`");
}

#[test]
fn without_a_file_nothing_is_owned_and_that_is_said() {
    let mut pull_request = approved();
    pull_request["people"]["code_owners"] = json!({"known": null});
    judged_with(&pull_request, &diff(&["a.py"]))
        .expect_passed()
        .expect_line("no changed file has an owner: the base branch has no CODEOWNERS");
}

#[test]
fn a_file_that_nobody_knows_or_that_github_does_not_load_is_not_one_without_owners() {
    judged_with(&approved(), &diff(&["a.py"]))
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "code-owners-unknown")
        .expect_line("nobody has said what CODEOWNERS of the base branch says");
    let mut pull_request = approved();
    pull_request["people"]["code_owners"] = json!({"unknown": "GitHub sent half of it"});
    judged_with(&pull_request, &diff(&["a.py"]))
        .expect_inconclusive()
        .expect_line("GitHub sent half of it");
    judged(&format!("* @grace\n{}", "#".repeat(3_000_000)), &["a.py"])
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "code-owners-unknown")
        .expect_line(".github/CODEOWNERS has 3 MB or more");
}

#[test]
fn what_is_changed_must_be_known() {
    let mut pull_request = approved();
    pull_request["people"]["code_owners"] = file("* @grace\n");
    Repository::with_rule("review: { code-owners: required }")
        .pull_request(&pull_request)
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "changes-missing");
}

mod on_the_command_line {

    use super::*;

    /// Judged with `--base`, where grace has approved and `src/a.py` is changed: the base has this
    /// file, and the working tree has made her the owner of all of it.
    #[track_caller]
    fn judged_against(path: &str, owners: &str) -> Checked {
        let repository = Repository::with_rule("review: { code-owners: required }")
            .file("src/a.py", "a = 1\n")
            .file(path, owners);
        repository.git(&["init", "--quiet"]);
        repository.git(&["add", "."]);
        repository.git(&["commit", "--quiet", "--message", "base"]);
        repository
            .file("src/a.py", "a = 2\n")
            .file(path, "/src/ @grace\n")
            .pull_request(&approved())
            .file(".git/info/exclude", "pull-request.json\n")
            .arg("--base")
            .arg("HEAD")
            .check()
    }

    #[test]
    fn git_tells_what_the_base_says() {
        let path = ".github/CODEOWNERS";
        judged_against(path, "/src/ @linus\n")
            .expect_pending()
            .expect_line("src/a.py  needs an approval of @linus (.github/CODEOWNERS:1)");
        judged_against(path, "/src/ @grace\n").expect_passed();
        judged_against("docs/CODEOWNERS", "/src/ @linus\n")
            .expect_pending()
            .expect_line("(docs/CODEOWNERS:1)");
        judged_against("README", "")
            .expect_passed()
            .expect_line("the base branch has no CODEOWNERS");
    }

    #[test]
    fn a_file_that_is_no_text_is_not_one_without_owners() {
        let repository = Repository::with_rule("review: { code-owners: required }")
            .file("CODEOWNERS", b"\xff @grace\n");
        repository.git(&["init", "--quiet"]);
        repository.git(&["add", "."]);
        repository.git(&["commit", "--quiet", "--message", "base"]);
        repository
            .pull_request(&approved())
            .arg("--base")
            .arg("HEAD")
            .check()
            .expect_inconclusive()
            .expect_line("CODEOWNERS is no text in UTF-8");
    }
}

#[test]
fn they_are_not_asked_unless_the_policy_says_so() {
    let mut pull_request = approved();
    pull_request["people"]["code_owners"] = file("* @linus\n");
    for rule in ["review: {}", "review: { code-owners: ignore }"] {
        Repository::with_rule(rule).pull_request(&pull_request).check().expect_passed();
    }
}
