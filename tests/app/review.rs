//! Whose approvals count: teams, organisations, code owners, the last push, and what a rebase leaves of
//! an approval; and what asking for it costs.

use gate_tests::github::{FakeGitHub, Fault, Opening, Pull};

use crate::app::{App, assert_says, open, repository, settle};

const SNAPSHOT: &str = "POST /graphql";
const COMPARE: &str = "GET /repos/{owner}/{repo}/compare/{basehead}";
const TEAM: &str = "GET /orgs/{org}/teams/{team_slug}/members";
const MEMBERSHIP: &str = "GET /orgs/{org}/memberships/{username}";
const ACTIVITY: &str = "GET /repos/{owner}/{repo}/activity";
const COMMITS: &str = "GET /repos/{owner}/{repo}/commits";

fn policy(rule: &str) -> String {
    format!("version: 1\nrules:\n  it is approved: {{ review: {{ {rule} }} }}\n")
}

/// How often each of these was asked for since the calls were forgotten.
#[track_caller]
fn expect_asked<const N: usize>(github: &FakeGitHub, expected: [(&str, usize); N]) {
    settle(github);
    let calls = github.calls();
    for route in [COMPARE, TEAM, MEMBERSHIP, ACTIVITY, COMMITS] {
        let expected = expected.iter().find(|(name, _)| *name == route).map_or(0, |(_, n)| *n);
        assert_eq!(calls.get(route).copied().unwrap_or_default(), expected, "{route}: {calls:?}");
    }
    github.forget_calls();
}

/// A repository with this policy and these files, and ada's pull request to it.
fn begin(github: &FakeGitHub, rule: &str, files: &[(&str, &str)]) -> (App, Pull) {
    repository(github, &policy(rule));
    if !files.is_empty() {
        github.push("acme/shop", "main", files);
    }
    github.data().mail.outbox.clear();
    let app = App::start(github);
    let pull = open(github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    (app, pull)
}

/// The newest check of a pull request's head says this.
#[track_caller]
fn expect_said(github: &FakeGitHub, pull: &Pull, words: &str) {
    github.wait(&format!("a check that says {words:?}"), |data| {
        let runs = data.repository(&pull.repository).check_runs.iter();
        let newest = runs.filter(|run| run.head == pull.head).max_by_key(|run| run.id);
        let summary = newest.and_then(|run| run.summary.clone()).unwrap_or_default();
        if summary.contains(words) { Ok(()) } else { Err(summary) }
    });
}

fn end(github: FakeGitHub, app: App) {
    settle(&github);
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn an_approval_counts_by_its_team_and_nobody_is_asked_before_there_is_one() {
    let github = FakeGitHub::start();
    github.team("acme/security", &["linus"]);
    let (app, pull) = begin(&github, "from: { teams: [acme/security] }", &[]);
    github.collaborator("acme/shop", "linus", "write");
    expect_asked(&github, []);
    github.review(&pull, "grace", "APPROVED");
    expect_asked(&github, [(TEAM, 1)]);
    github.review(&pull, "linus", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    expect_asked(&github, [(TEAM, 1)]);
    end(github, app);
}

#[test]
fn a_team_of_more_than_a_hundred_is_read_to_its_end() {
    let github = FakeGitHub::start();
    let names: Vec<String> = (0..120).map(|number| format!("member-{number:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).chain(["zoe"]).collect();
    github.team("acme/everybody", &names);
    let (app, pull) = begin(&github, "from: { teams: [acme/everybody] }", &[]);
    github.collaborator("acme/shop", "zoe", "write");
    expect_asked(&github, []);
    github.review(&pull, "zoe", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    expect_asked(&github, [(TEAM, 2)]);
    end(github, app);
}

#[test]
fn a_team_that_github_does_not_show_decides_nothing() {
    let github = FakeGitHub::start();
    let (app, pull) = begin(&github, "from: { teams: [acme/nobody, other/team] }", &[]);
    github.review(&pull, "grace", "APPROVED");
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "who is in @`acme/nobody` is not known");
    assert_says(&check.summary, "the App is installed at acme here");
    // Of another account nothing is asked.
    settle(&github);
    assert_eq!(github.calls().get(TEAM), Some(&1));
    end(github, app);
}

#[test]
fn members_that_the_app_may_not_see_decide_nothing_until_it_may() {
    let github = FakeGitHub::start();
    github.team("acme/security", &["grace"]);
    let (app, pull) = begin(&github, "from: { teams: [acme/security] }", &[]);
    let may_see = |may: bool| {
        let mut data = github.data();
        for installation in &mut data.installations {
            if may {
                installation.permissions.insert("members".to_owned(), "read".to_owned());
            } else {
                installation.permissions.remove("members");
            }
        }
    };
    may_see(false);
    github.revoke_tokens();
    github.review(&pull, "grace", "APPROVED");
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "GitHub forbids it");
    may_see(true);
    github.revoke_tokens();
    github.label(&pull, "again", true);
    github.expect_check(&pull.head, Some("success"), "Passed");
    end(github, app);
}

#[test]
fn an_approval_counts_by_its_organisation() {
    let github = FakeGitHub::start();
    github.members("acme", &["ada", "linus"]);
    let (app, pull) = begin(&github, "from: { organisations: [ACME] }", &[]);
    github.collaborator("acme/shop", "linus", "write");
    expect_asked(&github, []);
    github.review(&pull, "grace", "APPROVED");
    expect_asked(&github, [(MEMBERSHIP, 1)]);
    github.review(&pull, "linus", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    expect_asked(&github, [(MEMBERSHIP, 2)]);
    end(github, app);
}

#[test]
fn code_owners_are_those_of_the_base_branch() {
    let github = FakeGitHub::start();
    let owners = "* @grace\n/src/ @linus\n";
    // The other places are not looked at.
    let files = [(".github/CODEOWNERS", owners), ("CODEOWNERS", "* @nobody\n")];
    let (app, pull) = begin(&github, "approvals: 0, code-owners: required", &files);
    github.collaborator("acme/shop", "linus", "write");
    expect_asked(&github, [(COMPARE, 1)]);
    // The pull request makes grace the owner of everything; that is for later ones.
    let pull = github.push_to(&pull, &[(".github/CODEOWNERS", "* @grace\n")]);
    github.review(&pull, "grace", "APPROVED");
    expect_said(&github, &pull, "`src/a.py` needs an approval of `@linus`");
    github.review(&pull, "linus", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    expect_asked(&github, [(COMPARE, 1)]);
    end(github, app);
}

#[test]
fn code_owners_may_be_teams_and_addresses() {
    let github = FakeGitHub::start();
    github.team("acme/python", &["grace"]);
    let (app, pull) = begin(
        &github,
        "approvals: 0, code-owners: required",
        &[("docs/CODEOWNERS", "*.py @acme/python\n*.md Linus@acme.invalid\n")],
    );
    github.collaborator("acme/shop", "linus", "write");
    let pull = github.push_to(&pull, &[("README.md", "new\n")]);
    github.review(&pull, "grace", "APPROVED");
    // Nobody has committed with that address yet.
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "name the owner by the login");
    github.push_changes_by("linus", ("acme/shop", "main"), &[("other.txt", Some(b"x"))]);
    github.review(&pull, "linus", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    let calls = github.calls();
    assert!(calls[TEAM] >= 1 && calls[COMMITS] >= 1, "{calls:?}");
    end(github, app);
}

#[test]
fn a_long_code_owners_file_is_read_to_its_end() {
    let github = FakeGitHub::start();
    let owners = format!("{}* @grace\n", "# nothing\n".repeat(60_000));
    let files = [(".github/CODEOWNERS", owners.as_str())];
    let (app, pull) = begin(&github, "approvals: 0, code-owners: required", &files);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    end(github, app);
}

#[test]
fn a_code_owners_file_that_github_does_not_load_leaves_it_undecided() {
    let github = FakeGitHub::start();
    let owners = "#".repeat(3_100_000);
    repository(&github, &policy("approvals: 0, code-owners: required"));
    github.push("acme/shop", "main", &[(".github/CODEOWNERS", &owners)]);
    github.data().mail.outbox.clear();
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "GitHub loads no owners from a file of 3 MB or more");
    end(github, app);
}

#[test]
fn the_last_push_is_approved_by_somebody_else() {
    let github = FakeGitHub::start();
    let (app, pull) = begin(&github, "last-push: approved", &[]);
    github.collaborator("acme/shop", "linus", "write");
    expect_asked(&github, []);
    let pull = github.push_to_by("grace", &pull, &[("src/a.py", "a = 3\n")]);
    github.expect_check(&pull.head, None, "Pending");
    expect_asked(&github, []);
    github.review(&pull, "grace", "APPROVED");
    expect_asked(&github, [(ACTIVITY, 1)]);
    github.expect_check(&pull.head, None, "Pending");
    github.review(&pull, "linus", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    expect_asked(&github, [(ACTIVITY, 1)]);
    end(github, app);
}

#[test]
fn who_pushed_to_a_fork_is_known_where_everybody_may_see_it() {
    let github = FakeGitHub::start();
    repository(&github, &policy("last-push: approved"));
    github.data().mail.outbox.clear();
    let app = App::start(&github);
    let opening = Opening::from_branch("feature").by("eve").from_fork("eve/shop");
    let pull = github.open_pull_request("acme/shop", &opening);
    github.expect_check(&pull.head, None, "Pending");
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.data().repository("eve/shop").private = true;
    let pull = github.push_to_by("eve", &pull, &[("src/new.py", "x = 2\n")]);
    github.review(&pull, "grace", "APPROVED");
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "who pushed");
    end(github, app);
}

#[test]
fn an_approval_survives_a_rebase_of_the_same_diff_and_says_which_file_ended_it() {
    let github = FakeGitHub::start();
    let files = [("src/b.py", "b = 1\n"), ("src/c.py", "c = 1\n")];
    let (app, pull) = begin(&github, "stale-approvals: unchanged", &files);
    let pull = github.push_to(&pull, &[("src/b.py", "b = 2\n")]);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    // An approval of the head asks for nothing.
    expect_asked(&github, []);

    github.push("acme/shop", "main", &[("src/c.py", "c = 2\n")]);
    let pull = github.rebase("ada", &pull, &[]);
    github.expect_check(&pull.head, Some("success"), "Passed");
    // The commit that was approved, and the new head.
    expect_asked(&github, [(COMPARE, 2)]);
    github.label(&pull, "ready", true);
    expect_asked(&github, []);

    let pull = github.rebase("ada", &pull, &[("src/b.py", "b = 3\n")]);
    let check = github.expect_check(&pull.head, None, "Pending");
    assert_says(&check.summary, "1 file differs from what was approved: `src/b.py`");
    assert_says(&check.summary, "`src/b.py` is not as `grace` approved it");
    // What the approved commit changes is known.
    expect_asked(&github, [(COMPARE, 1)]);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    expect_asked(&github, []);
    end(github, app);
}

#[test]
fn an_approval_survives_a_merge_of_the_base_and_not_what_comes_with_it() {
    let github = FakeGitHub::start();
    let files = [("src/b.py", "b = 1\n")];
    let (app, pull) = begin(&github, "stale-approvals: unchanged", &files);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    let base = github.push("acme/shop", "main", &[("src/b.py", "b = 2\n")]);
    // "Update branch", by grace.
    let merged = |more: &[(&str, Option<&[u8]>)], pull: &Pull| {
        let mut data = github.data();
        let mut changes = vec![("src/b.py", Some(&b"b = 2\n"[..]))];
        changes.extend_from_slice(more);
        data.commit(&[pull.head.clone(), base.clone()], &changes, "grace")
    };
    let commit = merged(&[], &pull);
    let pull = github.moved(&pull, &commit, "grace");
    github.expect_check(&pull.head, Some("success"), "Passed");
    let commit = merged(&[("src/evil.py", Some(b"import os\n"))], &pull);
    let pull = github.moved(&pull, &commit, "ada");
    let check = github.expect_check(&pull.head, None, "Pending");
    assert_says(&check.summary, "1 file differs from what was approved: `src/evil.py`");
    end(github, app);
}

#[test]
fn of_more_files_than_github_compares_each_is_compared_all_the_same() {
    let github = FakeGitHub::start();
    repository(&github, &policy("stale-approvals: unchanged"));
    github.data().mail.outbox.clear();
    let app = App::start(&github);
    let names: Vec<String> = (1..=310).map(|number| format!("many/{number}.txt")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x\n")).collect();
    let opening = Opening::from_branch("feature").by("ada").with(&files);
    let pull = github.open_pull_request("acme/shop", &opening);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    let pull = github.rebase("ada", &pull, &[]);
    github.expect_check(&pull.head, Some("success"), "Passed");
    let pull = github.rebase("ada", &pull, &[("many/310.txt", "y\n")]);
    github.expect_check(&pull.head, None, "Pending");
    expect_said(&github, &pull, "1 file differs from what was approved: `many/310.txt`");
    end(github, app);
}

#[test]
fn an_owner_of_what_is_moved_away_later_has_not_approved_that() {
    let github = FakeGitHub::start();
    let files = [("CODEOWNERS", "/secure/ @linus\n"), ("secure/a.py", "secret = 1\n")];
    let rule = "approvals: 0, code-owners: required, stale-approvals: unchanged";
    repository(&github, &policy(rule));
    github.push("acme/shop", "main", &files);
    github.collaborator("acme/shop", "linus", "write");
    github.data().mail.outbox.clear();
    let app = App::start(&github);
    let opening = Opening::from_branch("feature").by("ada").with(&[("secure/b.py", "b = 1\n")]);
    let pull = github.open_pull_request("acme/shop", &opening);
    github.review(&pull, "linus", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    let moved: [(&str, Option<&[u8]>); 2] =
        [("secure/a.py", None), ("open/a.py", Some(b"secret = 1\n"))];
    github.push_changes_by("ada", ("acme/shop", "feature"), &moved);
    let pull = github.now_of(&pull);
    github.expect_check(&pull.head, None, "Pending");
    expect_said(&github, &pull, "`secure/a.py` needs an approval of `@linus`");
    end(github, app);
}

#[test]
fn what_was_approved_and_cannot_be_compared_decides_nothing_until_it_can() {
    let github = FakeGitHub::start();
    let (app, pull) = begin(&github, "stale-approvals: unchanged", &[]);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.fail_about(COMPARE, &pull.head, Fault::Status(404), 1);
    let pull = github.rebase("ada", &pull, &[]);
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "is not known");
    github.label(&pull, "again", true);
    github.expect_check(&pull.head, Some("success"), "Passed");
    // Of a commit that GitHub has no more, nobody knows what it was that was approved.
    let pulls = |data: &mut gate_tests::github::GitHub| {
        let pulls = &mut data.repository("acme/shop").pull_requests;
        pulls.values_mut().for_each(|pull| pull.reviews[0].commit = "0".repeat(40));
    };
    pulls(&mut github.data());
    github.label(&pull, "and again", true);
    github.expect_check(&pull.head, None, "Pending");
    expect_said(&github, &pull, "was given on an unknown commit");
    end(github, app);
}

#[test]
fn a_policy_that_asks_for_none_of_it_costs_none_of_it() {
    let github = FakeGitHub::start();
    let files = [(".github/CODEOWNERS", "* @acme/python\n")];
    let (app, pull) = begin(&github, "approvals: 1, from: { users: [grace] }", &files);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    expect_asked(&github, []);
    let pull = github.rebase("ada", &pull, &[]);
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    assert!(github.calls()[SNAPSHOT] >= 1);
    expect_asked(&github, []);
    end(github, app);
}
