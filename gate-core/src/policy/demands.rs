//! What every rule over a report demands of the report itself: that something was examined, and
//! that nothing was left unread.

use super::{
    decode::{Spanned, words},
    problem::Problems,
};

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

/// What a rule is worth without a baseline, by what it says. An answer makes sense only where there
/// is a comparison; `compare` says how to have one.
pub(super) fn without_baseline(
    answer: Option<&Spanned<WithoutBaseline>>,
    compares: bool,
    compare: &str,
    problems: &mut Problems,
) -> WithoutBaseline {
    if let Some(answer) = answer.filter(|_| !compares) {
        problems.add_with_hint(
            answer.place,
            "this rule does not compare with a baseline",
            format!("{compare}, or leave this key out"),
        );
    }
    answer.map_or(WithoutBaseline::Inconclusive, |answer| answer.value)
}

/// The same, of a rule that can judge by itself only where it has one of these bars.
pub(super) fn without_baseline_or_bar(
    answer: Option<&Spanned<WithoutBaseline>>,
    compares: bool,
    compare: &str,
    (has_bar, bars): (bool, &str),
    problems: &mut Problems,
) -> WithoutBaseline {
    let absolute = |answer: &&Spanned<WithoutBaseline>| answer.value == WithoutBaseline::Absolute;
    if let Some(answer) = answer.filter(absolute).filter(|_| compares && !has_bar) {
        problems.add(answer.place, format!("`absolute` needs an {bars} to judge by"));
    }
    without_baseline(answer, compares, compare, problems)
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
