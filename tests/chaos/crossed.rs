//! Two evaluations of one commit that cross: a worker that slept longer than its lease writes after
//! the one that took over from it.

use std::time::Duration;

use gate_tests::{
    App,
    github::{CheckRun, FakeGitHub, Fault, Opening},
};
use jiff::SignedDuration;

use crate::{
    PATIENCE,
    crowd::{POLICY, finish_well, repository},
    databases,
    time::Time,
};

/// Status and title of the App's checks at a commit, the oldest first.
fn checks(github: &FakeGitHub, head: &str) -> Vec<(String, String)> {
    let data = github.data();
    let runs = data.repositories.iter().flat_map(|it| &it.check_runs);
    let mut runs: Vec<&CheckRun> =
        runs.filter(|it| it.head == head && it.is_of(&data.app)).collect();
    runs.sort_by_key(|it| it.id);
    let shown = |it: &&CheckRun| (it.status.clone(), it.title.clone().unwrap_or_default());
    runs.iter().map(shown).collect()
}

#[test]
fn a_write_that_comes_after_its_lease_leaves_no_second_open_check() {
    let mut github = FakeGitHub::start();
    github.set_patience(PATIENCE);
    repository(&github, "acme/shop");
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    let late = Fault::Slow(Duration::from_secs(2));
    github.fail("POST /repos/{owner}/{repo}/check-runs", late, 1);
    let pull = github.open_pull_request("acme/shop", &Opening::from_branch("work"));
    github.wait("a check on its way", |it| {
        if it.faults.is_empty() { Err("nothing yet".to_owned()) } else { Ok(()) }
    });
    // For the App a minute goes by, for the request only a moment.
    time.skip(SignedDuration::from_mins(1));
    github.wait("one check to be closed beside another", |it| {
        let runs = it.repositories[0].check_runs.iter().filter(|run| run.is_of(&it.app));
        let stand: Vec<&str> = runs.map(|it| it.status.as_str()).collect();
        if stand == ["completed", "in_progress"] { Ok(()) } else { Err(format!("{stand:?}")) }
    });
    github.expect_check(&pull.head, None, "Pending");
    let older = checks(&github, &pull.head).swap_remove(0);
    assert_eq!(older.1, "Superseded by a newer check");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_stale_check_that_nobody_noted_is_found_when_it_is_looked_at_again() {
    let mut github = FakeGitHub::start();
    github.set_patience(PATIENCE);
    repository(&github, "acme/shop");
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    let pull = github.open_pull_request("acme/shop", &Opening::from_branch("work"));
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    finish_well(&github, &run);
    github.review(&pull, "grace", "APPROVED");
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    databases::at_rest(&app.database(), PATIENCE, &time.clock());
    {
        // What an evaluation wrote that was overtaken, and died before it could say so.
        let mut data = github.data();
        let id = data.id();
        let runs = &mut data.repositories[0].check_runs;
        let own = runs.iter().find(|it| it.name == "gate").expect("it was just there").clone();
        let title = Some("Pending: long ago".to_owned());
        let status = "in_progress".to_owned();
        runs.push(CheckRun { id, title, status, conclusion: None, completed_at: None, ..own });
    }
    // The sweep.
    time.skip(SignedDuration::from_mins(11));
    github.expect_check(&pull.head, Some("success"), "Passed");
    let stand: Vec<String> = checks(&github, &pull.head).into_iter().map(|it| it.0).collect();
    assert!(stand.iter().all(|it| it == "completed"), "{stand:?}");
    drop(app);
    github.finish();
}

#[test]
fn a_comment_that_comes_after_its_lease_is_taken_away_again() {
    let mut github = FakeGitHub::start();
    github.set_patience(PATIENCE);
    repository(&github, "acme/shop");
    let policy = format!("{POLICY}comment: always\n");
    github.push("acme/shop", "main", &[(".github/gate.yml", &policy)]);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    // It reaches GitHub only after the one that took over has said it.
    const POST: &str = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
    github.fail(POST, Fault::Slow(Duration::from_secs(4)), 1);
    let pull = github.open_pull_request("acme/shop", &Opening::from_branch("work"));
    github.expect_check(&pull.head, None, "Pending");
    github.wait("a comment on its way", |it| {
        if it.faults.is_empty() { Err("nothing yet".to_owned()) } else { Ok(()) }
    });
    time.skip(SignedDuration::from_mins(1));
    github.wait("one of two comments to be taken away", |it| {
        let deleted = it.log.iter().filter(|call| call.method == "DELETE").count();
        let left = it.repositories[0].comments.len();
        if (deleted, left) == (1, 1) { Ok(()) } else { Err(format!("{deleted}, {left} left")) }
    });
    github.expect_comment(&pull, "### … Pending");
    github.delivered();
    databases::at_rest(&app.database(), PATIENCE, &time.clock());
    // What is kept is the one that is left.
    github.review(&pull, "grace", "CHANGES_REQUESTED");
    github.expect_check(&pull.head, Some("failure"), "Failed");
    github.expect_comment(&pull, "### ✗ Failed");
    drop(app);
    github.finish();
}
