//! How `gate` ends.

use std::process::ExitCode;

use gate_core::measure::Outcome;

/// The exit codes, all of them. They are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: passed, or what was asked for was done.
    Passed = 0,
    /// 1: failed. The evidence is in and does not meet the policy.
    Failed = 1,
    /// 2: unusable. The command line, the policy, the report or the record cannot be used.
    Unusable = 2,
    /// 3: undecided. Inconclusive or pending.
    Undecided = 3,
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Passed,
            Outcome::Failed => Self::Failed,
            // A gate is never skipped as a whole, and what may come later is no pass.
            Outcome::Skipped | Outcome::Pending | Outcome::Inconclusive => Self::Undecided,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
