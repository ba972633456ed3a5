//! Somebody asks for the check again: everything is gathered from nothing, and answered by a new check
//! run even where the verdict is the same.

use gate_tests::github::{CheckRun, FakeGitHub, Fault, Pull};

use crate::app::{App, POLICY, bandit, coverage, open, repository, run_ci, settle};

const LISTING: &str = "GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts";
const DOWNLOAD: &str = "GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}";

/// A pull request whose check is red.
fn red(github: &FakeGitHub) -> (Pull, CheckRun) {
    let pull = open(github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    run_ci(github, &pull, 9, 1);
    let check = github.expect_check(&pull.head, Some("failure"), "Failed: 1 of 3");
    settle(github);
    github.forget_calls();
    (pull, check)
}

/// The newest check run of the App on this head, once it is another one.
#[track_caller]
fn expect_another(github: &FakeGitHub, pull: &Pull, than: &CheckRun) -> CheckRun {
    github.wait("another check run", |data| {
        let runs = data.repositories.iter().flat_map(|one| &one.check_runs);
        let ours = runs.filter(|run| run.head == pull.head && run.is_of(&data.app));
        match ours.max_by_key(|run| run.id) {
            Some(run) if run.id > than.id && run.status == "completed" => Ok(run.clone()),
            newest => Err(format!("{newest:?}")),
        }
    });
    github.expect_check(&pull.head, than.conclusion.as_deref(), "")
}

fn own_runs(github: &FakeGitHub, pull: &Pull) -> usize {
    let data = github.data();
    let runs = data.repositories.iter().flat_map(|one| &one.check_runs);
    runs.filter(|run| run.head == pull.head && run.is_of(&data.app)).count()
}

fn calls(github: &FakeGitHub, route: &str) -> usize {
    github.calls().get(route).copied().unwrap_or_default()
}

#[test]
fn each_way_to_ask_gathers_from_nothing_and_is_answered_once() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let (pull, mut check) = red(&github);
    let ways: [&dyn Fn(u64); 3] = [
        &|id| github.rerequest("acme/shop", id),
        &|id| github.press("acme/shop", id, "re-evaluate"),
        &|_| github.rerequest_all("acme/shop", &pull.head),
    ];
    for (asked, ask) in (1..).zip(ways) {
        github.forget_calls();
        ask(check.id);
        let another = expect_another(&github, &pull, &check);
        assert_eq!((&another.title, &another.summary), (&check.title, &check.summary));
        settle(&github);
        assert_eq!((calls(&github, LISTING), calls(&github, DOWNLOAD)), (1, 2), "{asked}");
        assert_eq!(own_runs(&github, &pull), 1 + asked);
        check = another;
    }
    // Nobody has asked: what is known is known.
    github.forget_calls();
    github.label(&pull, "ready", true);
    settle(&github);
    assert_eq!((calls(&github, LISTING), calls(&github, DOWNLOAD)), (0, 0));
    assert_eq!(own_runs(&github, &pull), 4);
    drop(app);
    github.finish();
}

#[test]
fn what_came_after_its_run_was_listed_is_found() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.review(&pull, "grace", "APPROVED");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(9))]);
    github.finish_workflow(&run, "success");
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    settle(&github);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit(0))]);
    github.press("acme/shop", check.id, "re-evaluate");
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn one_that_waits_is_written_again_too() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    let check = github.expect_check(&pull.head, None, "Pending");
    settle(&github);
    github.rerequest("acme/shop", check.id);
    settle(&github);
    let after = github.expect_check(&pull.head, None, "Pending");
    assert_eq!((after.id, after.writes), (check.id, check.writes + 1));
    drop(app);
    github.finish();
}

#[test]
fn a_question_survives_the_app() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let (pull, check) = red(&github);
    github.fail("POST /graphql", Fault::Status(502), 2);
    github.press("acme/shop", check.id, "re-evaluate");
    github.delivered();
    let app = app.restart(&github);
    expect_another(&github, &pull, &check);
    settle(&github);
    assert_eq!((calls(&github, DOWNLOAD), own_runs(&github, &pull)), (2, 2));
    drop(app);
    github.finish();
}

#[test]
fn a_new_store_knows_by_the_check_which_pull_request_is_meant() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let (pull, check) = red(&github);
    drop(app);
    let app = App::start(&github);
    github.press("acme/shop", check.id, "re-evaluate");
    expect_another(&github, &pull, &check);
    github.delivered();
    drop(app);
    github.finish();
}
