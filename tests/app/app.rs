//! The reports and policies of these tests, and how they wait.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    thread,
};

use gate_app::clock::Clock;
pub(crate) use gate_tests::App;
use gate_tests::github::{FakeGitHub, Opening, Pull, Run};
use jiff::{SignedDuration, Timestamp};

/// A policy with coverage, findings and a review.
pub(crate) const POLICY: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml, artifact: coverage }
  bandit: { format: bandit, file: bandit.json, artifact: security }
rules:
  enough is tested: { coverage: { report: coverage, at-least: 80% } }
  nothing insecure: { findings: { report: bandit, severity: medium, at-most: 0 } }
  a colleague has approved it: { review: { approvals: 1, conversations: resolved } }
";

/// The repository of these tests, with this policy on `main`.
pub(crate) fn repository(github: &FakeGitHub, policy: &str) {
    github.repository("acme/shop", &[(".github/gate.yml", policy), ("src/a.py", "a = 1\n")]);
    github.collaborator("acme/shop", "ada", "write");
    github.collaborator("acme/shop", "grace", "write");
}

/// A pull request of ada's to this repository that changes `src/a.py`.
pub(crate) fn open(github: &FakeGitHub, repository: &str) -> Pull {
    let opening = Opening::from_branch("feature").by("ada").with(&[("src/a.py", "a = 2\n")]);
    github.open_pull_request(repository, &opening)
}

/// A coverage report in which so many of ten lines are covered.
pub(crate) fn coverage(covered: usize) -> Vec<u8> {
    let lines: String = (1..=10)
        .map(|line| format!("<line number=\"{line}\" hits=\"{}\"/>", u8::from(line <= covered)))
        .collect();
    format!(
        "<coverage><packages><package name=\"p\"><classes><class name=\"a\" filename=\"src/a.py\">\
         <lines>{lines}</lines></class></classes></package></packages></coverage>"
    )
    .into_bytes()
}

/// A Bandit report with so many findings of high severity.
pub(crate) fn bandit(findings: usize) -> Vec<u8> {
    let result = |line: usize| {
        format!(
            "{{\"code\":\"{line} call({line})\\n\",\"filename\":\"src/a.py\",\
             \"issue_confidence\":\"HIGH\",\"issue_severity\":\"HIGH\",\"issue_text\":\"bad\",\
             \"line_number\":{line},\"line_range\":[{line}],\"test_id\":\"B602\",\
             \"test_name\":\"shell\"}}"
        )
    };
    let results: Vec<String> = (1..=findings).map(result).collect();
    format!(
        "{{\"errors\":[],\"metrics\":{{\"src/a.py\":{{\"loc\":10}}}},\"results\":[{}]}}",
        results.join(",")
    )
    .into_bytes()
}

/// A finished workflow run on the pull request's head that left these reports.
pub(crate) fn run_ci(github: &FakeGitHub, pull: &Pull, covered: usize, findings: usize) -> Run {
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(covered))]);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit(findings))]);
    github.finish_workflow(&run, "success");
    run
}

/// That a text of a check holds these words.
#[track_caller]
pub(crate) fn assert_says(text: &Option<String>, words: &str) {
    let text = text.as_deref().unwrap_or_default();
    assert!(text.contains(words), "{words:?} is not in\n{text}");
}

/// Waits until everything is delivered and the App has asked for nothing for two seconds: far longer
/// than an idle worker sleeps.
pub(crate) fn settle(github: &FakeGitHub) {
    github.delivered();
    let mut before = github.calls();
    loop {
        thread::sleep(std::time::Duration::from_secs(2));
        let after = github.calls();
        if after == before {
            return;
        }
        before = after;
    }
}

/// Time that a test lets pass.
#[derive(Debug, Clone, Default)]
pub(crate) struct Time {
    ahead: Arc<AtomicI64>,
    stopped_at: Option<Timestamp>,
}

impl Time {
    /// Time that stands still but for what the test lets pass.
    pub(crate) fn stopped() -> Self {
        Self { stopped_at: Some(Timestamp::now()), ..Self::default() }
    }

    /// The system's clock, or the one that stands still, ahead by what has passed.
    pub(crate) fn clock(&self) -> Clock {
        let Self { ahead, stopped_at } = self.clone();
        Clock::new(move || {
            let ahead = SignedDuration::from_secs(ahead.load(Ordering::SeqCst));
            let now = stopped_at.unwrap_or_else(Timestamp::now);
            now.checked_add(ahead).unwrap_or(Timestamp::MAX)
        })
    }

    /// Lets time pass for the App.
    pub(crate) fn pass(&self, minutes: i64) {
        self.ahead.fetch_add(minutes * 60, Ordering::SeqCst);
    }
}
