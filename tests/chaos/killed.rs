//! Processes that are killed: at random points under load, and exactly between what GitHub did and
//! the answer that says so.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use gate_tests::github::{CheckRun, Delivery, FakeGitHub, Fault, Opening, Outcome};

use crate::{
    PATIENCE,
    apps::Apps,
    by_length,
    crowd::{Crowd, finish_well, repository},
    databases::Database,
    dice::Dice,
    row,
};

/// So many webhooks may be on their way while the crowd goes on.
const AHEAD: usize = 20;

/// Routes at which GitHub fails now and then meanwhile, and how.
fn a_fault(dice: &mut Dice) -> (&'static str, Fault) {
    let routes = [
        "POST /graphql",
        "POST /repos/{owner}/{repo}/check-runs",
        "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
        "GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
    ];
    let faults =
        [Fault::Status(500), Fault::Status(502), Fault::DoneButBadGateway, Fault::Truncated];
    let (route, fault) = (*dice.one_of(&routes), dice.one_of(&faults).clone());
    (route, fault)
}

/// A crowd works while processes die and come back, until so many webhooks were sent.
fn under_load(name: &str, database: &Database, processes: usize, (seed, events): (u64, usize)) {
    let began = Instant::now();
    let mut dice = Dice::new(name, seed);
    let mut github = FakeGitHub::start();
    github.set_patience(PATIENCE);
    let mut crowd = Crowd::gather(&github, 3);
    let mut apps = Apps::start(&github, &database.url(), processes);
    let (mut faults, mut freezes, mut is_renamed) = (0, 0, false);
    loop {
        crowd.step(&github, &mut dice);
        if dice.once_in(12) {
            apps.kill(dice.below(processes));
        }
        if dice.once_in(6) {
            apps.revive(dice.below(processes));
        }
        if processes > 1 && dice.once_in(60) {
            apps.freeze(dice.below(processes), true);
            freezes += 1;
        }
        if freezes > 0 && dice.once_in(10) {
            (0..processes).for_each(|place| apps.freeze(place, false));
        }
        if !is_renamed && github.data().mail.sent.len() >= events / 2 {
            crowd.rename(&github, 1, "store");
            is_renamed = true;
        }
        if dice.once_in(40) {
            let (route, fault) = a_fault(&mut dice);
            github.fail(route, fault, 1);
            faults += 1;
        }
        github.wait("webhooks brought", |it| {
            let left = it.mail.outbox.len();
            if left < AHEAD { Ok(()) } else { Err(format!("{left} are on their way")) }
        });
        if github.data().mail.sent.len() >= events {
            break;
        }
    }
    github.delivered();
    // What was not delivered is asked for by those that start now, or by whoever is next.
    for place in 0..processes {
        apps.kill(place);
    }
    for place in 0..processes {
        apps.revive(place);
    }
    let lasted = began.elapsed();
    github.wait("every open head to have one latest check, and a right one", |it| {
        let problems = crowd.problems(it);
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    });
    github.delivered();
    database.at_rest(PATIENCE);
    let recovered = began.elapsed() - lasted;
    let problems = crowd.problems(&github.data());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(apps.confessions(), Vec::<String>::new());
    apps.stop();
    crowd.looked_at(&github);
    let (sent, lost, again) = letters(&github);
    row(
        name,
        &format!(
            "{} kills, {freezes} freezes, {faults} faults of GitHub, a renaming, {sent} webhooks of {} steps on {} pull requests; \
             {lost} deliveries found nobody",
            apps.kills(),
            crowd.steps(),
            crowd.pull_requests(),
        ),
        &format!(
            "{again} deliveries fetched again; at rest and right {} s after the last kill",
            recovered.as_secs()
        ),
    );
    github.finish();
}

/// Webhooks, deliveries that failed, redeliveries.
fn letters(github: &FakeGitHub) -> (usize, usize, usize) {
    let data = github.data();
    let sent: BTreeMap<&str, ()> = data.mail.sent.iter().map(|it| (it.guid.as_str(), ())).collect();
    let failed = |it: &&Delivery| !matches!(it.outcome, Outcome::Answered(202));
    let failed = data.mail.sent.iter().filter(failed).count();
    let again = data.mail.sent.iter().filter(|it| it.redelivery).count();
    (sent.len(), failed, again)
}

#[test]
fn one_process_on_sqlite_is_killed_again_and_again() {
    let events = by_length(600, 20_000);
    under_load("one process on SQLite, killed", &Database::sqlite(), 1, (1, events));
}

#[test]
fn three_processes_on_postgresql_are_killed_again_and_again() {
    let Some(database) = Database::postgres() else { return };
    let events = by_length(600, 20_000);
    under_load("three processes on PostgreSQL, killed", &database, 3, (2, events));
}

const MAKE: &str = "POST /repos/{owner}/{repo}/check-runs";
const CHANGE: &str = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";

/// The App's checks at a commit, the oldest first.
fn checks(github: &FakeGitHub, head: &str) -> Vec<CheckRun> {
    let data = github.data();
    let runs = data.repositories.iter().flat_map(|it| &it.check_runs);
    let mut runs: Vec<CheckRun> =
        runs.filter(|it| it.head == head && it.is_of(&data.app)).cloned().collect();
    runs.sort_by_key(|it| it.id);
    runs
}

#[test]
fn a_kill_between_githubs_write_and_its_answer_leaves_nothing_behind() {
    let mut github = FakeGitHub::start();
    github.set_patience(PATIENCE);
    let names = ["acme/new", "acme/again", "acme/done"];
    names.iter().for_each(|it| repository(&github, it));
    let database = Database::sqlite();
    let mut apps = Apps::start(&github, &database.url(), 1);
    let open = |name| github.open_pull_request(name, &Opening::from_branch("work"));

    let [again, done] = [open("acme/again"), open("acme/done")];
    let failed = github.start_workflow("acme/again", &again.head, "CI", &["tests"]);
    github.finish_workflow(&failed, "failure");
    github.expect_check(&again.head, Some("failure"), "Inconclusive");
    let good = github.start_workflow("acme/done", &done.head, "CI", &["tests"]);
    finish_well(&github, &good);
    github.expect_check(&done.head, None, "Pending: 1 of 3");
    github.delivered();

    // Each is written, and the App never hears of it.
    for route in [MAKE, CHANGE] {
        github.fail(route, Fault::DoneButSlow(Duration::from_secs(600)), 100);
    }
    let new = open("acme/new");
    github.rerun_workflow(&failed, &["tests"]);
    github.review(&done, "grace", "APPROVED");
    github.expect_check(&new.head, None, "Pending");
    github.expect_check(&again.head, None, "Pending");
    github.expect_check(&done.head, Some("success"), "Passed");
    apps.kill(0);
    github.data().failures.clear();

    // Meanwhile each verdict becomes another one.
    let first = github.start_workflow("acme/new", &new.head, "CI", &["tests"]);
    finish_well(&github, &first);
    finish_well(&github, &failed);
    github.review(&again, "grace", "APPROVED");
    github.rerun_workflow(&good, &["tests"]);
    github.delivered();
    apps.revive(0);

    github.expect_check(&new.head, None, "Pending: 1 of 3");
    github.expect_check(&again.head, Some("success"), "Passed");
    github.expect_check(&done.head, None, "Pending");
    github.delivered();
    database.at_rest(PATIENCE);
    let stand = |head| checks(&github, head).iter().map(|it| it.status.clone()).collect::<Vec<_>>();
    assert_eq!(stand(&new.head), ["in_progress"]);
    assert_eq!(stand(&again.head), ["completed", "completed"]);
    assert_eq!(stand(&done.head), ["completed", "in_progress"]);
    assert_eq!(apps.confessions(), Vec::<String>::new());
    apps.stop();
    github.finish();
}
