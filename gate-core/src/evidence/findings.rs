//! Flaws that a tool reported at places in the source.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::measure::{Confidence, Fingerprint, Location, Severity};

/// What a findings report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    /// The findings, in the order of the report.
    pub findings: Vec<Finding>,
}

/// One flaw at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        }
    }
}

impl Findings {
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

fn tally<L: Copy + Ord>(all: &[L], levels: impl Iterator<Item = L>) -> BTreeMap<L, u64> {
    let mut counts: BTreeMap<L, u64> = all.iter().map(|&level| (level, 0)).collect();
    for level in levels {
        *counts.entry(level).or_default() += 1;
    }
    counts
}
