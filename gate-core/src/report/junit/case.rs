//! One `<testcase>`, and what its elements and attributes say of it.

use crate::{evidence::Cases, measure::RepoPath};

/// The longest text that is kept of a failure, in bytes.
const MAX_MESSAGE: usize = 300;

/// An element that says how a test case came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Failure,
    Error,
    Skipped,
    /// It failed first, and what counts is how it came out at last.
    Flaky,
    /// One more try of what fails.
    Rerun,
}

/// What stands below a test case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Child {
    Outcome(Outcome),
    /// Output and properties, which say nothing about the outcome.
    Output,
    Unknown,
}

impl Child {
    pub(super) fn named(name: &str) -> Self {
        match name {
            "failure" => Self::Outcome(Outcome::Failure),
            // PHPUnit warns of tests that it cannot run as they are written, and exits with 1.
            "error" | "warning" => Self::Outcome(Outcome::Error),
            "skipped" => Self::Outcome(Outcome::Skipped),
            "flakyFailure" | "flakyError" => Self::Outcome(Outcome::Flaky),
            "rerunFailure" | "rerunError" => Self::Outcome(Outcome::Rerun),
            "system-out" | "system-err" | "properties" => Self::Output,
            _ => Self::Unknown,
        }
    }
}

/// What an attribute `status` or `result` says, for the writers that have no element for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Ran,
    NotRun,
    Failed,
    Unknown,
}

impl Status {
    pub(super) fn named(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "run" | "completed" | "passed" | "pass" | "success" | "ok" => Self::Ran,
            "notrun" | "suppressed" | "skipped" | "disabled" => Self::NotRun,
            "fail" | "failed" | "failure" | "error" => Self::Failed,
            _ => Self::Unknown,
        }
    }
}

/// A test case as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) path: Option<RepoPath>,
    pub(super) failed: bool,
    pub(super) broke: bool,
    pub(super) skipped: bool,
    pub(super) flaky: bool,
    /// It was run again, and nothing says that it passed then.
    pub(super) rerun: bool,
    /// How often it was tried before it came out at last.
    pub(super) retries: u64,
    /// What its attributes say.
    pub(super) statuses: Vec<(String, Status)>,
    /// An element that nobody knows.
    pub(super) unknown: Option<String>,
    pub(super) message: Option<String>,
}

impl Case {
    pub(super) fn outcome(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Failure => self.failed = true,
            Outcome::Error => self.broke = true,
            Outcome::Skipped => self.skipped = true,
            Outcome::Flaky => {
                self.flaky = true;
                self.retries += 1;
            }
            Outcome::Rerun => {
                self.rerun = true;
                self.retries += 1;
            }
        }
    }

    /// What is said of a failure, kept to a sensible length. The first that says anything counts.
    pub(super) fn say(&mut self, message: &str) {
        if self.message.is_some() {
            return;
        }
        if let Some(line) = message.lines().map(str::trim).find(|line| !line.is_empty()) {
            let end = line.floor_char_boundary(MAX_MESSAGE);
            self.message = line.get(..end).map(str::to_owned);
        }
    }

    /// How it came out; or why nobody can tell. An element says more than an attribute.
    pub(super) fn cases(&self) -> Result<Cases, String> {
        let one = Cases::default();
        if self.failed {
            return Ok(Cases { failures: 1, ..one });
        }
        if self.broke {
            return Ok(Cases { errors: 1, ..one });
        }
        if self.rerun {
            return Ok(Cases { failures: 1, ..one });
        }
        if let Some(unknown) = &self.unknown {
            return Err(super::document::unknown(unknown));
        }
        let says = |wanted| self.statuses.iter().find(|(_, status)| *status == wanted);
        if says(Status::Failed).is_some() {
            return Ok(Cases { failures: 1, ..one });
        }
        if self.skipped || says(Status::NotRun).is_some() {
            return Ok(Cases { skipped: 1, ..one });
        }
        if let Some((word, _)) = says(Status::Unknown) {
            return Err(format!("its status is `{word}`, of which nothing is known"));
        }
        Ok(Cases { passed: 1, flaky: u64::from(self.flaky), ..one })
    }
}
