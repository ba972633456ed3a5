//! Every gate of a whole pipeline, each as one rule: fixtures/peak-trade/seed/gate.yml in the App.

use gate_tests::{
    github::{FakeGitHub, Opening, Pull},
    peak_trade::{self, Sources},
};
use serde_json::json;

use crate::app::{App, assert_says, settle};

const PEAK_TRADE: &str = "acme/peak-trade";

fn as_files(sources: &Sources) -> Vec<(&str, &str)> {
    sources.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

/// The repository as red's base has it, measured by its own pipeline.
fn repository(github: &FakeGitHub) {
    github.repository(PEAK_TRADE, &[("README.md", "peak-trade\n")]);
    for login in ["ada", "grace", "linus"] {
        github.collaborator(PEAK_TRADE, login, "write");
    }
    let base = github.push(PEAK_TRADE, "main", &as_files(&peak_trade::base_of_red()));
    github.run_base_of_red(PEAK_TRADE, &base);
}

fn open(github: &FakeGitHub, by: &str, side: &str) -> Pull {
    let sources = peak_trade::sources(side);
    // What is there and not on this side, the pull request deletes.
    let base = peak_trade::base_of_red();
    let gone = base.keys().filter(|path| !sources.contains_key(*path));
    let gone = gone.map(|path| (path.as_str(), None));
    let there = sources.iter().map(|(path, text)| (path.as_str(), Some(text.as_bytes())));
    let changes: Vec<(&str, Option<&[u8]>)> = there.chain(gone).collect();
    github.push_changes_by(by, (PEAK_TRADE, side), &changes);
    github.open_pull_request(PEAK_TRADE, &Opening::from_branch(side).by(by))
}

fn protect(github: &FakeGitHub) {
    let rules = json!([
        { "type": "deletion" },
        { "type": "non_fast_forward" },
        { "type": "pull_request", "parameters": {
            "required_approving_review_count": 1, "dismiss_stale_reviews_on_push": true,
            "require_code_owner_review": false, "require_last_push_approval": false,
            "required_review_thread_resolution": true } },
        { "type": "required_status_checks", "parameters": {
            "strict_required_status_checks_policy": false,
            "required_status_checks": [{ "context": "gate", "integration_id": github.app_id() }] } },
    ]);
    github.add_ruleset(PEAK_TRADE, json!({ "name": "main", "target": "branch", "rules": rules }));
}

#[test]
fn what_meets_the_whole_bar_passes() {
    let github = FakeGitHub::start();
    repository(&github);
    protect(&github);
    let app = App::start(&github);
    let pull = open(&github, "ada", "green");
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
    repository(&github);
    let app = App::start(&github);
    let pull = open(&github, "linus", "red");
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
