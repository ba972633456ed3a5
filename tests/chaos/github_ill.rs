//! GitHub on its worst days: any answer may be another one than it should be.

use std::time::Duration;

use gate_tests::{
    App,
    github::{FakeGitHub, Fault},
};
use jiff::SignedDuration;

use crate::{by_length, crowd::Crowd, dice::Dice, row, time::Time};

/// Every call that the App makes for a pull request.
const ROUTES: [&str; 9] = [
    "POST /graphql",
    "POST /app/installations/{installation_id}/access_tokens",
    "GET /repos/{owner}/{repo}/compare/{basehead}",
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
    "GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}",
    "GET /blobs/{repository_id}/{artifact_id}",
    "POST /repos/{owner}/{repo}/check-runs",
    "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
    "GET /app/hook/deliveries",
];

fn faults() -> [Fault; 13] {
    [
        Fault::Status(500),
        Fault::Status(502),
        Fault::Status(503),
        Fault::SecondaryLimit(30),
        Fault::SecondaryLimitUntold,
        Fault::TooManyRequests(60),
        Fault::QuotaUsedUp,
        Fault::Slow(Duration::from_millis(700)),
        Fault::DoneButSlow(Duration::from_millis(700)),
        Fault::Truncated,
        Fault::WrongJson,
        Fault::NotJson,
        Fault::DoneButBadGateway,
    ]
}

#[test]
fn whatever_github_answers_the_checks_are_right_in_the_end() {
    let name = "GitHub answers wrongly, late, by half or not at all";
    let mut dice = Dice::new(name, 11);
    let github = FakeGitHub::start();
    let mut crowd = Crowd::gather(&github, 3);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    for _ in 0..by_length(150, 3_000) {
        crowd.step(&github, &mut dice);
        if dice.once_in(2) {
            let (route, fault) = (*dice.one_of(&ROUTES), dice.one_of(&faults()).clone());
            github.fail(route, fault, 1 + dice.below(3));
        }
        if dice.once_in(2) {
            let graphql = Fault::GraphqlRateLimited;
            github.fail("POST /graphql", graphql, usize::from(dice.once_in(5)));
        }
        github.delivered();
        if dice.once_in(4) {
            time.breathe(&github);
            // So that the App comes by for the next one.
            time.skip(SignedDuration::from_mins(1));
        }
        if dice.once_in(30) {
            // Also where its quota was used up.
            time.skip(SignedDuration::from_hours(1));
        }
    }
    github.data().failures.clear();
    time.until_right(&github, &crowd, &app);
    drop(app);
    crowd.looked_at(&github);
    let faults = github.data().faults.clone();
    let all: usize = faults.values().sum();
    assert!(all > 20, "GitHub was hardly ill: {faults:?}");
    let each: Vec<String> = faults.iter().map(|(name, count)| format!("{name}: {count}")).collect();
    row(
        name,
        &format!("{all} faults ({}), {} steps", each.join(", "), crowd.steps()),
        &format!("right after {} of the App's time", hours(time.skipped())),
    );
    github.finish();
}

fn hours(time: SignedDuration) -> String {
    format!("{} h {:02} min", time.as_hours(), time.as_mins() % 60)
}

#[test]
fn github_refuses_everything_for_hours() {
    let name = "GitHub refuses everything for hours";
    let mut dice = Dice::new(name, 12);
    let github = FakeGitHub::start();
    let mut crowd = Crowd::gather(&github, 2);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    let statuses: &[u16] = by_length(&[503, 404], &[503, 404, 403, 401, 500, 410]);
    for status in statuses {
        for _ in 0..by_length(10, 40) {
            crowd.step(&github, &mut dice);
        }
        github.delivered();
        time.until_right(&github, &crowd, &app);
        github.fail("*", Fault::Status(*status), usize::MAX);
        // Three hours, in which people go on.
        for _ in 0..12 {
            crowd.step(&github, &mut dice);
            github.delivered();
            time.skip(SignedDuration::from_mins(15));
            time.breathe(&github);
        }
        github.data().failures.clear();
    }
    time.until_right(&github, &crowd, &app);
    drop(app);
    crowd.looked_at(&github);
    let refused: usize = github.data().faults.values().sum();
    assert!(refused > 20, "nothing was asked for: {refused}");
    row(
        name,
        &format!("three hours each of {statuses:?} to every call, {refused} in all"),
        "right by the sweep after each",
    );
    github.finish();
}
