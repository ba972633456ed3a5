//! What a rule would have said that does not decide, in the check and in the comment.

use gate_tests::github::FakeGitHub;

use crate::app::{App, assert_says, open, repository};

const POLICY: &str = "version: 1
comment: always
rules:
  the title is short: { title: { at-most: 200 } }
  the title is shorter: { mode: shadow, title: { at-most: 1 } }
  two have approved it: { rollout: 0%, review: { approvals: 2 } }
";

#[test]
fn the_check_and_the_comment_say_what_rules_on_trial_would_have_done() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    let check = github.expect_check(&pull.head, Some("success"), "Passed");
    let says = "the title is shorter: would have stopped it: the title's characters:";
    assert_says(&check.summary, says);
    assert_says(&check.summary, "two have approved it (advisory)");
    assert_says(&check.summary, "approvals: 0 &lt; 2 ✗");
    assert_says(&check.summary, "rolled out to 0 % of the pull requests, and #1 is not among them");
    let comment = Some(github.expect_comment(&pull, "Passed").body);
    assert_says(&comment, says);
    assert_says(&comment, "two have approved it (advisory)");
    github.delivered();
    drop(app);
    github.finish();
}
