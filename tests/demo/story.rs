//! The story: one pull request, from its opening to the merge queue.

use std::time::Duration;

use gate_tests::{
    App, Bandit, Cobertura, finding,
    github::{FakeGitHub, Opening},
};
use jiff::Timestamp;

use crate::{clock::StoryClock, screen::Screen};

const SHOP: &str = "acme/shop";

const POLICY: &str = "\
version: 1

reports:
  coverage: { file: coverage.xml, artifact: coverage }
  bandit: { file: bandit.json, artifact: security }

rules:
  it is tested:
    coverage:
      report: coverage
      at-least: 80%
      ramp: { from: 2027-03-01, to: 95%, by: 2027-12-31 }
  it is safe:
    findings: { report: bandit, severity: medium, only: introduced, at-most: 0 }
  a colleague has approved it:
    review: { approvals: 1, conversations: resolved }
";

/// Tells the story, and shows what the App says at each step.
///
/// # Panics
///
/// If the App does not say what it says in the story.
pub(crate) fn tell(screen: &mut Screen, now: Timestamp, patience: Duration) {
    let mut github = FakeGitHub::start();
    github.set_patience(patience);
    let clock = StoryClock::starting(now, &github);
    github.repository(SHOP, &[(".github/gate.yml", POLICY), ("src/orders.py", "def buy(): …\n")]);
    github.collaborator(SHOP, "ada", "write");
    github.collaborator(SHOP, "grace", "write");
    let app = App::start_at(&github, clock.of_the_app());

    screen.say(&format!(
        "The repository {SHOP} has this policy, .github/gate.yml on its branch main:"
    ));
    screen.quote(POLICY);
    the_base_is_known(&github);

    let at = clock.pass(0, &github);
    let opening = Opening::from_branch("cancel-orders").by("ada");
    let pull =
        github.open_pull_request(SHOP, &opening.with(&[("src/orders.py", "def cancel(): …\n")]));
    screen.scene(at, "ada opens pull request #1, which lets orders be cancelled.");
    screen.check(&github.expect_check(&pull.head, None, "Pending"));

    let at = clock.pass(7, &github);
    let flaw = finding("B602", "src/orders.py", 12)
        .severity("HIGH")
        .text("subprocess call with shell=True identified, security issue.");
    ci_runs(&github, &pull.head, 14, &Bandit::with([old_flaw(), flaw]));
    screen.scene(at, "CI has run, and uploaded its reports.");
    screen.check(&github.expect_check(&pull.head, Some("failure"), "Failed: 2 of 3"));

    let at = clock.pass(24, &github);
    let pull = github.push_to(&pull, &[("src/orders.py", "def cancel(order): …\n")]);
    github.expect_check(&pull.head, None, "Pending");
    ci_runs(&github, &pull.head, 18, &Bandit::with([old_flaw()]));
    screen.scene(at, "ada mends both and pushes, and CI runs again.");
    screen.check(&github.expect_check(&pull.head, None, "Pending: 1 of 3"));

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

/// CI has run on `main` too: what is found there is old.
fn the_base_is_known(github: &FakeGitHub) {
    let base = github.push(SHOP, "main", &[("src/stock.py", "def stock(): …\n")]);
    ci_runs(github, &base, 17, &Bandit::with([old_flaw()]));
    github.wait("the base's reports downloaded", |github| {
        let all = github.log.iter().filter(|call| call.route.ends_with("/{archive_format}"));
        let downloads = all.count();
        if downloads == 2 { Ok(()) } else { Err(format!("{downloads} were")) }
    });
}

/// A finding that the base has already.
fn old_flaw() -> gate_tests::Finding {
    finding("B506", "src/stock.py", 3).text("Use of unsafe yaml load.")
}

/// A workflow run on this commit, with a coverage report of 20 lines and one of Bandit.
fn ci_runs(github: &FakeGitHub, head: &str, covered: u64, bandit: &Bandit) {
    let run = github.start_workflow(SHOP, head, "CI", &["tests", "security"]);
    let coverage = Cobertura::new().file("src/orders.py", covered, 20).xml();
    github.upload_artifact(&run, "coverage", &[("coverage.xml", coverage.as_bytes())]);
    github.upload_artifact(&run, "security", &[("bandit.json", bandit.json().as_bytes())]);
    github.finish_workflow(&run, "success");
}
