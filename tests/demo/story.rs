//! The story: peak-trade's whole bar, and one pull request that breaks nearly all of it, is mended,
//! and goes through the merge queue.

use std::time::Duration;

use gate_tests::{App, github::FakeGitHub, peak_trade};
use jiff::Timestamp;

use crate::{clock::StoryClock, screen::Screen};

const PEAK_TRADE: &str = "acme/peak-trade";

/// Tells the story, and shows what the App says at each step.
///
/// # Panics
///
/// If the App does not say what it says in the story.
pub(crate) fn tell(screen: &mut Screen, now: Timestamp, patience: Duration) {
    let mut github = FakeGitHub::start();
    github.set_patience(patience);
    let clock = StoryClock::starting(now, &github);
    github.peak_trade(PEAK_TRADE);
    let app = App::start_at(&github, clock.of_the_app());

    screen.say(&format!(
        "The repository {PEAK_TRADE} states every gate of its pipeline as one rule of its policy \
         (fixtures/peak-trade/seed/gate.yml):"
    ));
    screen.quote(&rules(&peak_trade::policy()));
    github.delivered();

    let at = clock.pass(0, &github);
    let pull = github.open_peak_trade(PEAK_TRADE, "linus", "red");
    screen.scene(at, "linus opens pull request #1, which sends orders to the broker.");
    screen.check(&github.expect_check(&pull.head, Some("failure"), "Failed: 6 of 21"));

    let at = clock.pass(12, &github);
    for run in github.run_peak_trade(PEAK_TRADE, &pull.head, "red") {
        github.finish_workflow(&run, "failure");
    }
    screen.scene(at, "CI has run, and uploaded its reports.");
    screen.check(&github.expect_check(&pull.head, Some("failure"), "Failed: 18 of 21"));

    let at = clock.pass(6, &github);
    github.add_ruleset(PEAK_TRADE, github.whole_ruleset());
    screen.scene(at, "grace protects the branch main as the policy demands.\n");
    github.expect_check(&pull.head, Some("failure"), "Failed: 13 of 21");

    let at = clock.pass(94, &github);
    let pull = github.mend_peak_trade(&pull, "linus");
    github.expect_check(&pull.head, None, "Pending");
    github.run_peak_trade(PEAK_TRADE, &pull.head, "green");
    screen
        .scene(at, "linus takes the broker out, tests more, upgrades jinja2, and pushes. CI runs.");
    screen.check(&github.expect_check(&pull.head, None, "Pending: 1 of 21"));

    let at = clock.pass(55, &github);
    github.review(&pull, "grace", "APPROVED");
    screen.scene(at, "grace approves it.");
    screen.check(&github.expect_check(&pull.head, Some("success"), "Passed"));

    let at = clock.pass(2, &github);
    let group = github.enqueue(&pull);
    screen.scene(at, "It goes into the merge queue, which asks about the commit to be merged.");
    // Its workflows are given half a minute to begin; this repository has none for groups.
    github.expect_check(&group.head, None, "Pending");
    clock.pass(1, &github);
    screen.check(&github.expect_check(&group.head, Some("success"), "Passed"));

    let at = clock.pass(1, &github);
    github.leave_queue(&pull, "merged");
    github.merge(&pull);
    screen.scene(at, "It is merged.\n");

    github.delivered();
    drop(app);
    let webhooks = github.data().mail.sent.len();
    let calls = github.data().log.len();
    github.finish();
    screen.say(&format!(
        "{webhooks} webhooks and {calls} calls went over HTTP, and each was held against GitHub's own \
         description."
    ));
}

/// The names of a policy's rules, below the comments between them.
fn rules(policy: &str) -> String {
    let rules = policy.lines().skip_while(|line| *line != "rules:").skip(1);
    let of_rules = rules.take_while(|line| line.is_empty() || line.starts_with(' '));
    let is_head = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let name = |line: &str| match line.strip_prefix("  # ") {
        Some(comment) => format!("# {comment}\n"),
        None => format!("  {}\n", line.trim().split(':').next().unwrap_or_default()),
    };
    of_rules.filter(is_head).map(name).collect()
}
