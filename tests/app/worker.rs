//! The worker: what is lost comes all the same, and nobody waits for somebody else's trouble.

use std::time::Duration;

use gate_tests::github::{Delivery, FakeGitHub, Fate, Fault, Opening, Outcome};
use serde_json::json;

use crate::app::{App, POLICY, Time, assert_says, open, repository, run_ci, settle};

const AGAIN: &str = "POST /app/hook/deliveries/{delivery_id}/attempts";

#[test]
fn a_delivery_that_failed_is_asked_for_and_comes() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    settle(&github);
    // Of every event: whatever tells of this pull request fails, and GitHub lists it.
    for _ in 0..3 {
        github.lose_webhook(None);
    }
    let pull = open(&github, "acme/shop");
    settle(&github);
    github.expect_no_check(&pull.head);
    time.pass(3);
    github.expect_check(&pull.head, None, "Pending");
    settle(&github);
    let asked = github.calls()[AGAIN];
    time.pass(3);
    settle(&github);
    assert_eq!(github.calls()[AGAIN], asked, "what has come is not asked for again");
    drop(app);
    github.finish();
}

#[test]
fn a_delivery_that_we_cannot_read_is_asked_for_three_times_and_given_up_even_over_a_restart() {
    let mut github = FakeGitHub::start();
    github.set_patience(Duration::from_secs(30));
    repository(&github, POLICY);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    settle(&github);
    {
        let mut data = github.data();
        let (id, at) = (data.id(), data.now());
        let delivery = Delivery {
            id,
            guid: "5ae1b4a0-0000-4000-8000-000000000001".to_owned(),
            event: "pull_request".to_owned(),
            action: "opened".to_owned(),
            payload: json!({ "action": "opened", "not": "what GitHub describes" }),
            at,
            redelivery: false,
            outcome: Outcome::Waiting,
        };
        data.mail.sent.push(delivery);
        data.mail.outbox.push_back(id);
    }
    github.delivered();
    assert_eq!(github.data().mail.sent.last().map(|it| it.outcome), Some(Outcome::Answered(422)));

    let asked = || github.calls().get(AGAIN).copied().unwrap_or_default();
    let until = |times: usize| {
        github.wait("deliveries asked for again", |data| {
            let asked = data.log.iter().filter(|call| call.route == AGAIN).count();
            if asked >= times { Ok(()) } else { Err(format!("{asked} of {times}")) }
        });
        // What is on its way has not failed yet, and the next look is minutes away.
        github.delivered();
    };
    time.pass(3);
    until(1);
    time.pass(3);
    until(2);
    let app = app.restart(&github);
    time.pass(5);
    until(3);
    for _ in 0..3 {
        time.pass(60);
        settle(&github);
    }
    assert_eq!(asked(), 3);
    drop(app);
    github.finish();
}

#[test]
fn what_nobody_ever_told_is_found_by_the_sweep() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending: 3 of 3");
    run_ci(&github, &pull, 9, 0);
    github.expect_check(&pull.head, None, "a colleague has approved it");
    settle(&github);
    github.meet(Some("pull_request_review"), Fate::Swallowed);
    github.review(&pull, "grace", "APPROVED");
    settle(&github);
    github.expect_check(&pull.head, None, "a colleague has approved it");
    time.pass(11);
    github.expect_check(&pull.head, Some("success"), "Passed");
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn a_report_that_does_not_come_is_overdue_at_its_deadline_without_any_event() {
    let github = FakeGitHub::start();
    repository(
        &github,
        &POLICY.replace("artifact: coverage }", "artifact: coverage, deadline: 5m }"),
    );
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    let pull = open(&github, "acme/shop");
    github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.expect_check(&pull.head, None, "Pending: 3 of 3");
    settle(&github);
    // Sooner than the sweep would come.
    time.pass(6);
    let check = github.expect_check(&pull.head, Some("failure"), "Inconclusive");
    assert_says(&check.summary, "has not come by its deadline");
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn slow_repositories_keep_nobody_else_waiting() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    github.repository("acme/slow", &[(".github/gate.yml", POLICY)]);
    github.collaborator("acme/slow", "ada", "write");
    // Far more of them than there are workers, and each question about them takes its time.
    let slow = Fault::Slow(Duration::from_secs(8));
    github.fail_about("POST /graphql", "\"name\":\"slow\"", slow, 1_000);
    let app = App::start(&github);
    let heads: Vec<String> = (0..12)
        .map(|number| {
            let branch = format!("slow-{number}");
            let opening = Opening::from_branch(&branch).by("ada");
            github.open_pull_request("acme/slow", &opening).head
        })
        .collect();
    github.delivered();
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    for head in &heads {
        github.expect_no_check(head);
    }
    // Once they are quick again, they are judged too.
    github.data().failures.clear();
    for head in &heads {
        github.expect_check(head, None, "Pending");
    }
    settle(&github);
    drop(app);
    github.finish();
}
