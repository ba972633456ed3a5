//! `tests:` — the tests were run, and nothing that they show is in the way.

use super::{
    decode::{Needed, Spanned, section},
    demands::{self, Demands, Only, WithoutBaseline},
    expected::Reports,
    needs::{Kind, Needs},
    problem::Problems,
};
use crate::measure::ContentKind;

section! {
    /// The tests were run, and as many came out as they should.
    struct RawTests {
        /// The report, by its name under `reports`.
        report: Needed<String>,
        /// How many tests must have been run. At least one, always. Default: 1.
        at_least: Option<Spanned<u64>>,
        /// How many test cases may have failed. Default: 0.
        failures_at_most: Option<Spanned<u64>>,
        /// How many test cases may have ended in an error. Default: 0.
        errors_at_most: Option<Spanned<u64>>,
        /// Which failures and errors count. Default: `present`.
        only: Option<Spanned<Only>>,
        /// How many test cases may have been skipped. Default: any number.
        skipped_at_most: Option<Spanned<u64>>,
        /// How many test cases may have passed after a failure. Default: any number.
        flaky_at_most: Option<Spanned<u64>>,
        /// How many tests that the baseline ran may not have been run here. Default: any number.
        vanished_at_most: Option<Spanned<u64>>,
        /// What holds when there is no baseline to compare with. Default: `inconclusive`.
        without_baseline: Option<Spanned<WithoutBaseline>>,
        /// How many test cases may have an outcome that nobody knows. Default: 0.
        unread_at_most: Option<Spanned<u64>>,
    }
}

/// A tests rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestsRule {
    /// The report's name.
    pub report: String,
    /// How many tests must have been run; at least one.
    pub at_least: u64,
    /// How many test cases may have failed.
    pub failures_at_most: u64,
    /// How many test cases may have ended in an error.
    pub errors_at_most: u64,
    /// Which failures and errors count.
    pub only: Only,
    /// How many test cases may have been skipped.
    pub skipped_at_most: Option<u64>,
    /// How many test cases may have passed after a failure.
    pub flaky_at_most: Option<u64>,
    /// How many tests that the baseline ran may not have been run here.
    pub vanished_at_most: Option<u64>,
    /// What holds without a baseline.
    pub without_baseline: WithoutBaseline,
    /// The demands on the report.
    pub demands: Demands,
}

impl Kind for TestsRule {
    fn report(&self) -> Option<&str> {
        Some(&self.report)
    }

    fn needs(&self) -> Needs {
        let baseline = self.only == Only::Introduced || self.vanished_at_most.is_some();
        Needs { baseline, ..Needs::default() }
    }
}

pub(super) fn validate(
    raw: &Spanned<RawTests>,
    reports: &Reports,
    problems: &mut Problems,
) -> Option<TestsRule> {
    let damaged = problems.are_in(raw.place);
    let raw = &raw.value;
    let report = reports.find(raw.report.get(), ContentKind::Tests, problems);
    if let Some(none) = raw.at_least.as_ref().filter(|least| least.value == 0) {
        problems.add(none.place, "a run of no test never passes; `at-least` is 1 or more");
        return None;
    }
    let only = raw.only.as_ref().map_or(Only::Present, |only| only.value);
    let without_baseline = demands::without_baseline(
        raw.without_baseline.as_ref(),
        only == Only::Introduced || raw.vanished_at_most.is_some() || damaged,
        "add `only: introduced` or `vanished-at-most: 0`",
        problems,
    );
    let number = |key: &Option<Spanned<u64>>| key.as_ref().map(|key| key.value);
    Some(TestsRule {
        report: report?,
        at_least: number(&raw.at_least).unwrap_or(1),
        failures_at_most: number(&raw.failures_at_most).unwrap_or(0),
        errors_at_most: number(&raw.errors_at_most).unwrap_or(0),
        only,
        skipped_at_most: number(&raw.skipped_at_most),
        flaky_at_most: number(&raw.flaky_at_most),
        vanished_at_most: number(&raw.vanished_at_most),
        without_baseline,
        demands: Demands::new(None, raw.unread_at_most.clone()),
    })
}
