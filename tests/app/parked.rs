//! What cannot succeed is parked, visible, and its check says so.

use std::time::{Duration, Instant};

use gate_app::store::Store;
use gate_tests::github::{FakeGitHub, Fault};
use jiff::Timestamp;
use tokio::runtime::Runtime;

use crate::app::{App, POLICY, assert_says, open, repository, settle};

/// Waits until the metric that counts what is parked says so many.
#[track_caller]
fn expect_parked(github: &FakeGitHub, app: &App, count: usize) {
    let wanted = format!("gate_parked {count}");
    for _ in 0..20 {
        if app.get("/metrics").lines().any(|line| line == wanted) {
            return;
        }
        settle(github);
    }
    panic!("{wanted} is not in\n{}", app.get("/metrics"));
}

/// How much is parked once nothing is due, held, or to be tried again.
#[track_caller]
fn parked(app: &App) -> u64 {
    Runtime::new().expect("a runtime").block_on(async {
        let store = Store::open(&app.database()).await.expect("the database of the App");
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let queue = store.queue(Timestamp::now()).await.expect("it can be read");
            if queue.waiting + queue.claimed + queue.later == 0 {
                store.close().await;
                return queue.parked;
            }
            assert!(Instant::now() < until, "not at rest: {queue:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
}

#[test]
fn the_check_of_what_is_parked_says_why_and_the_next_event_takes_it_up_again() {
    let github = FakeGitHub::start();
    repository(&github, &format!("{POLICY}comment: always\n"));
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    let open = github.expect_check(&pull.head, None, "Pending");
    github.expect_comment(&pull, "### … Pending");
    settle(&github);

    // GitHub does not let us read any more, but write.
    github.fail("POST /graphql", Fault::Status(403), 3);
    github.label(&pull, "ready", true);
    let check =
        github.expect_check(&pull.head, Some("failure"), "Inconclusive: this could not be judged");
    assert_says(&check.summary, "GitHub forbids it");
    assert_says(&check.summary, "accept the App's permissions");
    assert_says(&check.summary, "**Re-evaluate**");
    assert_eq!(check.id, open.id);
    // Since when the head is known is not forgotten.
    let since =
        |id: &Option<String>| id.as_deref().and_then(|id| id.split(':').nth(3)).map(str::to_owned);
    assert_eq!(since(&check.external_id), since(&open.external_id));
    github.expect_comment(&pull, "this could not be judged");
    expect_parked(&github, &app, 1);

    github.label(&pull, "more", true);
    let again = github.expect_check(&pull.head, None, "Pending");
    assert!(again.id > check.id);
    github.expect_comment(&pull, "### … Pending");
    expect_parked(&github, &app, 0);
    drop(app);
    github.finish();
}

#[test]
fn the_button_takes_it_up_too() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    github.fail("POST /graphql", Fault::Status(403), 3);
    let pull = open(&github, "acme/shop");
    // Nothing was ever written there before.
    let check =
        github.expect_check(&pull.head, Some("failure"), "Inconclusive: this could not be judged");
    settle(&github);
    github.press("acme/shop", check.id, "re-evaluate");
    github.expect_check(&pull.head, None, "Pending");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn one_whose_check_cannot_be_written_is_parked_all_the_same() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    github.fail("POST /graphql", Fault::Status(403), 3);
    github.fail("POST /repos/{owner}/{repo}/check-runs", Fault::Status(403), 1);
    let pull = open(&github, "acme/shop");
    expect_parked(&github, &app, 1);
    github.expect_no_check(&pull.head);
    github.label(&pull, "ready", true);
    github.expect_check(&pull.head, None, "Pending");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_closed_pull_request_that_cannot_be_read_is_not_parked() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    settle(&github);

    github.fail("POST /graphql", Fault::Status(403), 3);
    github.close(&pull);
    github.wait("three attempts", |data| {
        let refused: usize = data.faults.values().sum();
        if refused == 3 { Ok(()) } else { Err(format!("{refused} were refused")) }
    });
    assert_eq!(parked(&app), 0);
    github.reopen(&pull);
    github.expect_check(&pull.head, None, "Pending");
    github.delivered();
    drop(app);
    github.finish();
}
