//! Every gate of a whole pipeline, each as one rule: fixtures/peak-trade/seed/gate.yml in the App.

use gate_tests::github::FakeGitHub;

use crate::app::{App, assert_says, settle};

const PEAK_TRADE: &str = "acme/peak-trade";

#[test]
fn what_meets_the_whole_bar_passes() {
    let github = FakeGitHub::start();
    github.peak_trade(PEAK_TRADE);
    github.add_ruleset(PEAK_TRADE, github.whole_ruleset());
    let app = App::start(&github);
    let pull = github.open_peak_trade(PEAK_TRADE, "ada", "green");
    github.run_peak_trade(PEAK_TRADE, &pull.head, "green");
    github.expect_check(&pull.head, None, "Pending: 1 of 21 required rules waiting");
    github.review(&pull, "grace", "APPROVED");
    let check = github.expect_check(
        &pull.head,
        Some("success"),
        "Passed: all required rules hold (21 of 21)",
    );
    assert_says(&check.summary, "combined 515/585 = 88.03 % ≥");
    assert_says(&check.summary, "types hold");
    settle(&github);
    drop(app);
    github.finish();
}

#[test]
fn what_breaks_the_whole_bar_is_told_gate_by_gate() {
    let github = FakeGitHub::start();
    github.peak_trade(PEAK_TRADE);
    let app = App::start(&github);
    let pull = github.open_peak_trade(PEAK_TRADE, "linus", "red");
    github.review(&pull, "grace", "CHANGES_REQUESTED");
    for (path, line) in [("src/peak_trade/broker.py", 22), ("src/peak_trade/notify.py", 8)] {
        github.open_thread(&pull, "grace", path, line);
    }
    let open = github.run_peak_trade(PEAK_TRADE, &pull.head, "red");
    // The workflow CI is still at work on its smoke test, and leaves two reports.
    github.expect_check(&pull.head, Some("failure"), "Failed: 19 of 21 required rules not met");
    for run in &open {
        github.finish_workflow(run, "failure");
    }
    let check = github.expect_check(&pull.head, Some("failure"), "Failed: 20 of 21 required rules");
    for words in [
        "`src/peak_trade/broker.py:11` high `W291`",
        "`src/peak_trade/notify.py:3` high `I001`",
        "introduced findings, severity medium or above, confidence medium or above: 2 > 0 ✗",
        "introduced vulnerabilities: 3 > 0 ✗",
        "combined 249/753 = 33.06 %",
        "tests that were run: 13 &lt; 20 ✗",
        "what fits `src/**` is changed, and nothing that fits `docs/**` is",
        "changes requested by `grace`",
        "unresolved conversations, of 2: 2 > 0 ✗",
        "deletions are not refused",
    ] {
        assert_says(&check.summary, words);
    }
    settle(&github);
    drop(app);
    github.finish();
}
