//! `vulnerabilities:` — at most so many known vulnerabilities of dependencies.

use super::{
    decode::{Needed, Spanned, section, words},
    demands::{self, Demands, Only, WithoutBaseline},
    expected::Reports,
    needs::{Kind, Needs},
    problem::Problems,
};
use crate::measure::ContentKind;

section! {
    /// At most so many known vulnerabilities of dependencies.
    struct RawVulnerabilities {
        /// The report, by its name under `reports`.
        report: Needed<String>,
        /// Which vulnerabilities count. Default: `present`.
        only: Option<Spanned<Only>>,
        /// Whether only those count that a release fixes, or only those that none does.
        /// Default: `any`.
        fix: Option<Spanned<Fix>>,
        /// How many may be there.
        at_most: Needed<u64>,
        /// What holds when there is no baseline to compare with. Default: `inconclusive`.
        without_baseline: Option<Spanned<WithoutBaseline>>,
        /// How many dependencies must have been audited. Default: 1.
        examined_at_least: Option<Spanned<u64>>,
        /// How many dependencies the tool may have been unable to audit. Default: 0.
        unread_at_most: Option<Spanned<u64>>,
    }
}

words! {
    /// Which vulnerabilities count, by whether a release is free of them.
    enum Fix, "choice" {
        /// Both.
        Any = "any",
        /// Those that a release fixes.
        Available = "available",
        /// Those that no release fixes.
        Unavailable = "unavailable",
    }
}

/// A vulnerabilities rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VulnerabilitiesRule {
    /// The report's name.
    pub report: String,
    /// Which vulnerabilities count.
    pub only: Only,
    /// Which count, by whether a release fixes them.
    pub fix: Fix,
    /// How many may be there.
    pub at_most: u64,
    /// What holds without a baseline.
    pub without_baseline: WithoutBaseline,
    /// The demands on the report.
    pub demands: Demands,
}

impl Kind for VulnerabilitiesRule {
    fn report(&self) -> Option<&str> {
        Some(&self.report)
    }

    fn needs(&self) -> Needs {
        Needs { baseline: self.only == Only::Introduced, ..Needs::default() }
    }
}

pub(super) fn validate(
    raw: &Spanned<RawVulnerabilities>,
    reports: &Reports,
    problems: &mut Problems,
) -> Option<VulnerabilitiesRule> {
    let damaged = problems.are_in(raw.place);
    let raw = &raw.value;
    let report = reports.find(raw.report.get(), ContentKind::Vulnerabilities, problems);
    let only = raw.only.as_ref().map_or(Only::Present, |only| only.value);
    let without_baseline = demands::without_baseline(
        raw.without_baseline.as_ref(),
        only == Only::Introduced || damaged,
        "add `only: introduced`",
        problems,
    );
    Some(VulnerabilitiesRule {
        report: report?,
        only,
        fix: raw.fix.as_ref().map_or(Fix::Any, |fix| fix.value),
        at_most: raw.at_most.get()?.value,
        without_baseline,
        demands: Demands::new(raw.examined_at_least.clone(), raw.unread_at_most.clone()),
    })
}
