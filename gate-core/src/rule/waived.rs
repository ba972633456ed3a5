//! How waivers apply, and what became of each.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    evidence::{Dependency, Finding, Test, Vulnerability},
    measure::{RepoPath, normalised_package},
    policy::{ExpectedReport, Policy, Rule, Waiver, WaiverSubject},
};

/// What became of one waiver in one evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct WaiverUse {
    /// Whether a report was read in which it might have matched.
    looked: bool,
    /// What it matched, whether or not it counts for a rule.
    matched: Vec<Entry>,
    /// What of that would have counted for a rule.
    excepted: Vec<Entry>,
}

/// An entry of a report: the report's place in the policy, and the entry's in the report. Several
/// rules may look at one.
pub(super) type Entry = (usize, usize);

impl WaiverUse {
    /// Whether a report was read in which it might have matched.
    pub(crate) const fn looked(&self) -> bool {
        self.looked
    }

    /// How many different entries it matched.
    pub(crate) fn matched(&self) -> u64 {
        different(&self.matched)
    }

    /// How many different entries it excepted that would have counted for some rule.
    pub(crate) fn excepted(&self) -> u64 {
        different(&self.excepted)
    }
}

fn different(entries: &[Entry]) -> u64 {
    let mut entries = entries.to_vec();
    entries.sort_unstable();
    entries.dedup();
    entries.len() as u64
}

/// The waivers that concern one rule.
pub(super) struct Waivers<'a> {
    relevant: Vec<Relevant<'a>>,
    /// The place in the policy of the report that is read.
    report: usize,
    today: Date,
    uses: &'a mut [WaiverUse],
}

/// One of them, with its place in the policy, and whether it reaches into the file at hand.
struct Relevant<'a> {
    index: usize,
    waiver: &'a Waiver,
    in_file: bool,
}

/// Something that a waiver may except.
pub(super) enum Subject<'a> {
    Finding(&'a Finding),
    Vulnerability(&'a Dependency, &'a Vulnerability),
    Test(&'a Test),
}

impl<'a> Waivers<'a> {
    /// The waivers of `policy` that concern `rule` and things of the kind of `is_kind`, whose
    /// report is being read now.
    pub(super) fn of(
        policy: &'a Policy,
        rule: &Rule,
        today: Date,
        uses: &'a mut [WaiverUse],
        is_kind: fn(&WaiverSubject) -> bool,
    ) -> Self {
        let concerns = |waiver: &Waiver| {
            is_kind(&waiver.subject) && waiver.rule.as_ref().is_none_or(|name| *name == rule.name)
        };
        let numbered = policy.waivers().iter().enumerate();
        let relevant: Vec<Relevant<'_>> = numbered
            .filter(|(_, waiver)| concerns(waiver))
            .map(|(index, waiver)| Relevant { index, waiver, in_file: false })
            .collect();
        for &Relevant { index, .. } in &relevant {
            if let Some(entry) = uses.get_mut(index) {
                entry.looked = true;
            }
        }
        let is_read =
            |expected: &ExpectedReport| Some(expected.name.as_str()) == rule.kind.report();
        let report = policy.reports().iter().position(is_read).unwrap_or_default();
        Self { relevant, report, today, uses }
    }

    /// Turns to the findings of another file.
    pub(super) fn enter(&mut self, path: &RepoPath) {
        for Relevant { waiver, in_file, .. } in &mut self.relevant {
            if let WaiverSubject::Finding { paths, .. } = &waiver.subject {
                *in_file = paths.contain(path);
            }
        }
    }

    /// Whether a waiver that holds today excepts the entry at this place of the report, which is
    /// `subject` (a finding: of the file entered last). `counts` says whether it would count
    /// otherwise. The first waiver of the policy that matches is the one that excepts.
    pub(super) fn except(&mut self, index: usize, subject: &Subject<'_>, counts: bool) -> bool {
        let mut excepted = false;
        for relevant in self.relevant.iter().filter(|relevant| relevant.matches(subject)) {
            let Some(entry) = self.uses.get_mut(relevant.index) else { continue };
            entry.matched.push((self.report, index));
            if counts && !excepted && relevant.waiver.holds_on(self.today) {
                entry.excepted.push((self.report, index));
                excepted = true;
            }
        }
        excepted
    }
}

impl Relevant<'_> {
    fn matches(&self, subject: &Subject<'_>) -> bool {
        match (&self.waiver.subject, subject) {
            (WaiverSubject::Finding { rule, .. }, Subject::Finding(finding)) => {
                self.in_file
                    && finding.rule.eq_ignore_ascii_case(rule)
                    && self.reaches(&finding.parts)
            }
            (
                WaiverSubject::Vulnerability { id, package, versions },
                Subject::Vulnerability(dependency, vulnerability),
            ) => {
                // Not every reader normalises the names of every ecosystem.
                let named = |name: &String| *name == normalised_package(&dependency.package);
                vulnerability.is_known_as(id)
                    && package.as_ref().is_none_or(named)
                    && versions.as_ref().is_none_or(|range| range.contain(&dependency.version))
                    && self.reaches(&vulnerability.parts)
            }
            (WaiverSubject::Test { name, paths }, Subject::Test(test)) => {
                let part = &self.waiver.part;
                // Where the report names no file, a waiver for some files does not reach.
                let is_there = match &test.path {
                    Some(path) => paths.contain(path),
                    None => paths.is_everything(),
                };
                test.name == *name && is_there && (part.is_none() || test.part == *part)
            }
            (
                WaiverSubject::Finding { .. }
                | WaiverSubject::Vulnerability { .. }
                | WaiverSubject::Test { .. },
                Subject::Finding(_) | Subject::Vulnerability(..) | Subject::Test(_),
            ) => false,
        }
    }

    /// Whether it reaches into all of these parts: what another part has too, it does not except.
    fn reaches(&self, parts: &BTreeSet<String>) -> bool {
        self.waiver.part.as_ref().is_none_or(|part| parts.len() == 1 && parts.contains(part))
    }
}
