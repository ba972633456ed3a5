//! Tokens that expire or are revoked, clocks that are wrong, and an App that is taken away and comes
//! back: with the real binary.

use gate_tests::github::{FakeGitHub, Opening, Pull};
use jiff::SignedDuration;

use crate::{
    PATIENCE,
    apps::Apps,
    by_length,
    crowd::{Crowd, finish_well, repository},
    databases::Database,
    dice::Dice,
    row,
};

#[test]
fn tokens_are_revoked_and_clocks_run_wild_while_a_crowd_works() {
    let name = "tokens revoked and expired, clocks wrong";
    let mut dice = Dice::new(name, 41);
    let mut github = FakeGitHub::start();
    github.set_patience(PATIENCE);
    let mut crowd = Crowd::gather(&github, 2);
    let database = Database::sqlite();
    let mut apps = Apps::start(&github, &database.url(), 1);
    let (mut revoked, mut moved, mut most) = (0, 0, 0);
    for _ in 0..by_length(120, 3_000) {
        crowd.step(&github, &mut dice);
        if dice.once_in(10) {
            github.revoke_tokens();
            revoked += 1;
        }
        if dice.once_in(12) {
            // GitHub's clock against that of the App's machine, up to a day either way: tokens expire
            // at once, and words of the App come from the future or from long ago.
            let minutes = i64::try_from(dice.below(2 * 24 * 60)).expect("small") - 24 * 60;
            github.data().skew = SignedDuration::from_mins(minutes);
            moved += 1;
            most = most.max(minutes.abs());
        }
        github.delivered();
    }
    github.wait("every open head to have one latest check, and a right one", |it| {
        let problems = crowd.problems(it);
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    });
    github.delivered();
    database.at_rest(PATIENCE);
    assert_eq!(apps.confessions(), Vec::<String>::new());
    assert!(!apps.log().contains("ghs_"), "no token is logged");
    apps.stop();
    crowd.looked_at(&github);
    row(
        name,
        &format!(
            "{} steps; all tokens revoked {revoked} times; GitHub's clock moved {moved} times, up to \
             {most} min away from the App's",
            crowd.steps()
        ),
        "right, without a pause",
    );
    github.finish();
}

fn finish(github: &FakeGitHub, pull: &Pull) {
    let run = github.start_workflow(&pull.repository, &pull.head, "CI", &["tests"]);
    finish_well(github, &run);
    github.review(pull, "grace", "APPROVED");
}

#[test]
fn the_app_is_uninstalled_and_comes_back() {
    let mut github = FakeGitHub::start();
    github.set_patience(PATIENCE);
    repository(&github, "acme/shop");
    repository(&github, "globex/shop");
    let database = Database::sqlite();
    let mut apps = Apps::start(&github, &database.url(), 1);
    let open = |name| github.open_pull_request(name, &Opening::from_branch("work"));
    let (ours, theirs) = (open("acme/shop"), open("globex/shop"));
    github.expect_check(&ours.head, None, "Pending");
    github.expect_check(&theirs.head, None, "Pending");
    github.delivered();

    // The App hears of it only by GitHub's answers: 404 to every token it asks for.
    github.lose_webhook(Some("installation"));
    github.uninstall("acme");
    github.data().mail.sent.retain(|it| it.event != "installation");
    let again = github.open_pull_request("acme/shop", &Opening::from_branch("unseen"));
    github.expect_no_check(&again.head);
    finish(&github, &theirs);
    github.expect_check(&theirs.head, Some("success"), "Passed");

    github.install("acme");
    let ours = github.push_to(&ours, &[("src/a.py", "a = 3\n")]);
    github.expect_check(&ours.head, None, "Pending");
    finish(&github, &ours);
    github.expect_check(&ours.head, Some("success"), "Passed");
    github.delivered();
    database.at_rest(PATIENCE);
    assert_eq!(apps.confessions(), Vec::<String>::new());
    apps.stop();
    github.finish();
}
