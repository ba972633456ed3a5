//! Findings: by fingerprint. What several parts found is one finding; of copies there are as many as
//! in the part that found the most.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    evidence::{Counted, Finding, Findings},
    measure::Fingerprint,
};

impl Findings {
    /// Every finding is one of this part.
    pub(super) fn name_part(&mut self, name: &str) {
        for finding in &mut self.findings {
            finding.parts = BTreeSet::from([name.to_owned()]);
        }
    }

    /// Both as one.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        let hidden = [&self, &other].map(hidden);
        let mut all = copies(self.findings);
        for (fingerprint, Copies { list: copies, parts }) in copies(other.findings) {
            let known = all.entry(fingerprint).or_default();
            known.parts.extend(parts);
            let known = &mut known.list;
            // The most copies; of as many, the worse; of as bad, always the same.
            let worth = |copies: &[Finding]| {
                let worst: Vec<_> =
                    copies.iter().map(|each| (each.severity, each.confidence)).collect();
                (copies.len(), worst)
            };
            let (ours, theirs) = (worth(known), worth(&copies));
            if theirs > ours || theirs == ours && copies < *known {
                *known = copies;
            }
        }
        let mut findings: Vec<Finding> = all.into_values().flat_map(Copies::with_parts).collect();
        findings.sort_by(order);
        let mut merged = Self { findings, counted: None };
        let [ours, theirs] = hidden;
        merged.counted = match (ours, theirs) {
            (Some(ours), Some(theirs)) => Some(merged.counted_with(&higher(ours, theirs))),
            (Some(one), None) | (None, Some(one)) => Some(merged.counted_with(&one)),
            (None, None) => None,
        };
        merged
    }

    /// The totals of a tool that hid so many.
    fn counted_with(&self, hidden: &Counted) -> Counted {
        Counted {
            by_severity: sum(self.by_severity(), &hidden.by_severity),
            by_confidence: sum(self.by_confidence(), &hidden.by_confidence),
        }
    }
}

/// By place, so that reports list file by file.
fn order(one: &Finding, other: &Finding) -> std::cmp::Ordering {
    (&one.location, one).cmp(&(&other.location, other))
}

/// The findings of one fingerprint, and the parts that have any of them: which copy is of which part
/// cannot be told, so that each is of all of these.
#[derive(Default)]
struct Copies {
    list: Vec<Finding>,
    parts: BTreeSet<String>,
}

impl Copies {
    fn with_parts(self) -> impl Iterator<Item = Finding> {
        let Self { list, parts } = self;
        list.into_iter().map(move |finding| Finding { parts: parts.clone(), ..finding })
    }
}

/// The findings of each fingerprint, in one order whatever the report's was.
fn copies(findings: Vec<Finding>) -> BTreeMap<Fingerprint, Copies> {
    let mut copies: BTreeMap<Fingerprint, Copies> = BTreeMap::new();
    for mut finding in findings {
        let known = copies.entry(finding.fingerprint).or_default();
        known.parts.append(&mut finding.parts);
        known.list.push(finding);
    }
    for copies in copies.values_mut() {
        copies.list.sort_by(order);
    }
    copies
}

/// How many of each level the tool counted and did not list.
fn hidden(findings: &Findings) -> Option<Counted> {
    let counted = findings.counted.as_ref()?;
    Some(Counted {
        by_severity: less(&counted.by_severity, &findings.by_severity()),
        by_confidence: less(&counted.by_confidence, &findings.by_confidence()),
    })
}

fn less<L: Copy + Ord>(counted: &BTreeMap<L, u64>, listed: &BTreeMap<L, u64>) -> BTreeMap<L, u64> {
    let of = |(&level, &counted): (&L, &u64)| {
        (level, counted.saturating_sub(listed.get(&level).copied().unwrap_or_default()))
    };
    counted.iter().map(of).collect()
}

fn sum<L: Ord + Copy>(mut listed: BTreeMap<L, u64>, hidden: &BTreeMap<L, u64>) -> BTreeMap<L, u64> {
    for (&level, &count) in hidden {
        let here = listed.entry(level).or_default();
        *here = here.saturating_add(count);
    }
    listed
}

fn higher(one: Counted, other: Counted) -> Counted {
    fn of<L: Ord>(mut one: BTreeMap<L, u64>, other: BTreeMap<L, u64>) -> BTreeMap<L, u64> {
        for (level, count) in other {
            let here = one.entry(level).or_default();
            *here = count.max(*here);
        }
        one
    }
    Counted {
        by_severity: of(one.by_severity, other.by_severity),
        by_confidence: of(one.by_confidence, other.by_confidence),
    }
}
