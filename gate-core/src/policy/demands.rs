//! What every rule over a report demands of the report itself: that something was examined, and
//! that nothing was left unread.

use super::decode::{Spanned, words};

/// The demands of a rule on the reach of its report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Demands {
    /// At least so many files or dependencies must have been examined. Default: 1.
    pub examined_at_least: u64,
    /// At most so many may have been left unread. Default: 0.
    pub unread_at_most: u64,
}

impl Demands {
    /// Something was examined, and nothing was left unread.
    pub const DEFAULT: Self = Self { examined_at_least: 1, unread_at_most: 0 };

    pub(super) fn new(examined: Option<Spanned<u64>>, unread: Option<Spanned<u64>>) -> Self {
        Self {
            examined_at_least: examined.map_or(1, |examined| examined.value),
            unread_at_most: unread.map_or(0, |unread| unread.value),
        }
    }
}

words! {
    /// What a rule that compares with the baseline is worth when there is none.
    enum WithoutBaseline, "answer to a missing baseline" {
        /// It cannot be decided.
        Inconclusive = "inconclusive",
        /// It fails.
        Fail = "fail",
        /// It passes.
        Pass = "pass",
        /// It judges what is present as if all of it were new.
        Absolute = "absolute",
    }
}

words! {
    /// Which of what a report lists counts.
    enum Only, "choice" {
        /// All that is present.
        Present = "present",
        /// What the baseline does not have.
        Introduced = "introduced",
    }
}
