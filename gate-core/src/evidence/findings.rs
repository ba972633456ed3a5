//! Flaws that a tool reported at places in the source.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::measure::{Confidence, Fingerprint, Location, Severity};

/// What a findings report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Findings {
    /// The findings, in the order of the report.
    pub findings: Vec<Finding>,
    /// How many the tool counted, where it states totals that no filter touches.
    pub counted: Option<Counted>,
}

/// How many findings of each level a tool counted, listed or not. Bandit's metrics hold what `-l`,
/// `-i` and `-b` took from its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// By severity.
    pub by_severity: BTreeMap<Severity, u64>,
    /// By confidence.
    pub by_confidence: BTreeMap<Confidence, u64>,
}

/// One flaw at one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Finding {
    /// The tool's name for the kind of flaw, for example `B602`.
    pub rule: String,
    /// The rule's readable name, where the tool gives one.
    pub name: Option<String>,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Where.
    pub location: Location,
    /// The tool's sentence.
    pub text: String,
    /// The weakness in the CWE list, where the tool names one.
    pub cwe: Option<u32>,
    /// Its identity across commits; two copies of one flaw share it.
    pub fingerprint: Fingerprint,
    /// The parts of the report that have it, where the report has parts.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub parts: BTreeSet<String>,
}

impl Finding {
    /// A finding of `rule` at `location`, with neither severity nor confidence stated.
    #[must_use]
    pub fn new(
        rule: impl Into<String>,
        location: Location,
        text: impl Into<String>,
        fingerprint: Fingerprint,
    ) -> Self {
        Self {
            rule: rule.into(),
            name: None,
            severity: Severity::Undefined,
            confidence: Confidence::Undefined,
            location,
            text: text.into(),
            cwe: None,
            fingerprint,
            parts: BTreeSet::new(),
        }
    }
}

impl Findings {
    /// These findings, of a tool that states no totals.
    #[must_use]
    pub const fn new(findings: Vec<Finding>) -> Self {
        Self { findings, counted: None }
    }

    /// How many findings from these levels on the tool counted and did not list, at the most. The
    /// totals are by one level at a time, so what both of them miss is all that can be missing.
    #[must_use]
    pub fn hidden_from(&self, severity: Severity, confidence: Confidence) -> u64 {
        let Some(counted) = &self.counted else { return 0 };
        let by_severity =
            missing(&counted.by_severity, &self.by_severity(), |level| level.counts_from(severity));
        let by_confidence = missing(&counted.by_confidence, &self.by_confidence(), |level| {
            level.counts_from(confidence)
        });
        by_severity.min(by_confidence)
    }

    /// How many findings of each severity there are; levels without any are there with 0.
    #[must_use]
    pub fn by_severity(&self) -> BTreeMap<Severity, u64> {
        tally(Severity::ALL, self.findings.iter().map(|finding| finding.severity))
    }

    /// How many findings of each confidence there are; levels without any are there with 0.
    #[must_use]
    pub fn by_confidence(&self) -> BTreeMap<Confidence, u64> {
        tally(Confidence::ALL, self.findings.iter().map(|finding| finding.confidence))
    }
}

/// How many of the levels that count were counted and are not listed.
fn missing<L: Copy + Ord>(
    counted: &BTreeMap<L, u64>,
    listed: &BTreeMap<L, u64>,
    counts: impl Fn(L) -> bool,
) -> u64 {
    let of = |(&level, &counted): (&L, &u64)| {
        counted.saturating_sub(listed.get(&level).copied().unwrap_or_default())
    };
    counted.iter().filter(|(level, _)| counts(**level)).map(of).fold(0, u64::saturating_add)
}

fn tally<L: Copy + Ord>(all: &[L], levels: impl Iterator<Item = L>) -> BTreeMap<L, u64> {
    let mut counts: BTreeMap<L, u64> = all.iter().map(|&level| (level, 0)).collect();
    for level in levels {
        *counts.entry(level).or_default() += 1;
    }
    counts
}
