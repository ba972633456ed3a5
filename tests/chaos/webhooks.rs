//! Webhooks that are lost, never sent, doubled, turned round, or hours late.

use gate_tests::{
    App,
    github::{FakeGitHub, Fate, Opening},
};
use jiff::SignedDuration;

use crate::{
    by_length,
    crowd::{Crowd, repository},
    dice::Dice,
    row,
    time::Time,
};

#[test]
fn webhooks_go_every_way_they_can_go_wrong() {
    let name = "webhooks lost, swallowed, doubled, turned round, hours late";
    let mut dice = Dice::new(name, 21);
    let github = FakeGitHub::start();
    let mut crowd = Crowd::gather(&github, 3);
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    let mut fates = [(Fate::Lost, 0), (Fate::Swallowed, 0), (Fate::Doubled, 0), (Fate::Held, 0)];
    let (mut releases, mut late) = (0, 0);
    for _ in 0..by_length(200, 4_000) {
        if dice.once_in(2) {
            let at = dice.below(fates.len());
            fates[at].1 += 1;
            github.meet(None, fates[at].0);
        }
        crowd.step(&github, &mut dice);
        if dice.once_in(20) {
            time.skip(SignedDuration::from_hours(3));
            late += github.data().mail.held.len();
            github.release_webhooks(dice.once_in(2));
            releases += 1;
        }
        github.delivered();
        if dice.once_in(8) {
            time.breathe(&github);
        }
    }
    github.data().mail.fates.clear();
    github.release_webhooks(true);
    time.until_right(&github, &crowd, &app);
    drop(app);
    crowd.looked_at(&github);
    let [(_, lost), (_, swallowed), (_, doubled), (_, held)] = fates;
    let again = github.data().mail.sent.iter().filter(|it| it.redelivery).count();
    let sent = github.data().mail.sent.len();
    row(
        name,
        &format!(
            "of {sent} webhooks of {} steps {lost} lost, {swallowed} never sent, {doubled} doubled, \
             {held} held back, {late} of them for up to three hours and then sent in {releases} \
             batches, every other one in reverse",
            crowd.steps()
        ),
        &format!("{again} fetched again; right by the sweep"),
    );
    github.finish();
}

#[test]
fn a_pull_request_that_no_webhook_told_of_gets_its_check() {
    let github = FakeGitHub::start();
    repository(&github, "acme/shop");
    // Opened before the App was there, and one whose webhooks GitHub never sends.
    let early = github.open_pull_request("acme/shop", &Opening::from_branch("early"));
    github.data().mail.outbox.clear();
    github.data().mail.sent.clear();
    let time = Time::default();
    let app = App::start_at(&github, time.clock());
    for _ in 0..3 {
        github.meet(None, Fate::Swallowed);
    }
    let unsent = github.open_pull_request("acme/shop", &Opening::from_branch("unsent"));
    github.data().mail.fates.clear();
    assert_eq!(github.data().mail.sent.len(), 0, "nobody was told");
    github.wait("the App's first round", |it| {
        let asked = it.log.iter().any(|it| it.route == "GET /app/hook/deliveries");
        if asked { Ok(()) } else { Err("not yet".to_owned()) }
    });
    time.skip(SignedDuration::from_mins(2));
    github.expect_check(&early.head, None, "Pending");
    github.expect_check(&unsent.head, None, "Pending");
    github.delivered();
    drop(app);
    github.finish();
}
