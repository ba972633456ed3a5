//! `findings:` — at most so many flaws of such a severity.

use super::{
    decode::{Needed, Spanned, section, word},
    demands::{self, Demands, Only, WithoutBaseline},
    expected::Reports,
    needs::{Kind, Needs},
    paths::{self, Paths, RawPaths},
    problem::Problems,
    yaml::Node,
};
use crate::measure::{Confidence, ContentKind, Severity};

section! {
    /// At most so many flaws of such a severity.
    struct RawFindings {
        /// The report, by its name under `reports`.
        report: Needed<String>,
        /// The least severity that counts. Findings of undefined severity always count.
        /// Default: `low`.
        severity: Option<Spanned<Severity>>,
        /// The least confidence that counts. Findings of undefined confidence always count.
        /// Default: `low`.
        confidence: Option<Spanned<Confidence>>,
        /// Which findings count. Default: `present`.
        only: Option<Spanned<Only>>,
        /// How many may be there.
        at_most: Needed<u64>,
        /// What holds when there is no baseline to compare with. Default: `inconclusive`.
        without_baseline: Option<Spanned<WithoutBaseline>>,
        /// Which files count. Default: all of the report.
        paths: Option<Spanned<RawPaths>>,
        /// How many files must have been examined. Default: 1.
        examined_at_least: Option<Spanned<u64>>,
        /// How many files the tool may have left unread. Default: 0.
        unread_at_most: Option<Spanned<u64>>,
    }
}

impl super::decode::Decode for Severity {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let words: Vec<_> = Self::ALL.iter().map(|&level| (level.word(), level)).collect();
        word(node, "severity", &words, problems)
    }
}

impl super::decode::Decode for Confidence {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let words: Vec<_> = Self::ALL.iter().map(|&level| (level.word(), level)).collect();
        word(node, "confidence", &words, problems)
    }
}

/// A findings rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FindingsRule {
    /// The report's name.
    pub report: String,
    /// The least severity that counts.
    pub severity: Severity,
    /// The least confidence that counts.
    pub confidence: Confidence,
    /// Which findings count.
    pub only: Only,
    /// How many may be there.
    pub at_most: u64,
    /// What holds without a baseline.
    pub without_baseline: WithoutBaseline,
    /// Which files count.
    pub paths: Paths,
    /// The demands on the report.
    pub demands: Demands,
}

impl Kind for FindingsRule {
    fn report(&self) -> Option<&str> {
        Some(&self.report)
    }

    fn needs(&self) -> Needs {
        Needs { baseline: self.only == Only::Introduced, ..Needs::default() }
    }
}

pub(super) fn validate(
    raw: &Spanned<RawFindings>,
    reports: &Reports,
    problems: &mut Problems,
) -> Option<FindingsRule> {
    let damaged = problems.are_in(raw.place);
    let raw = &raw.value;
    let report = reports.find(raw.report.get(), ContentKind::Findings, problems);
    let paths = paths::validate(raw.paths.as_ref(), problems);
    let only = raw.only.as_ref().map_or(Only::Present, |only| only.value);
    let without_baseline = demands::without_baseline(
        raw.without_baseline.as_ref(),
        only == Only::Introduced || damaged,
        "add `only: introduced`",
        problems,
    );
    Some(FindingsRule {
        report: report?,
        severity: raw.severity.as_ref().map_or(Severity::Low, |severity| severity.value),
        confidence: raw.confidence.as_ref().map_or(Confidence::Low, |confidence| confidence.value),
        only,
        at_most: raw.at_most.get()?.value,
        without_baseline,
        paths: paths?,
        demands: Demands::new(raw.examined_at_least.clone(), raw.unread_at_most.clone()),
    })
}
