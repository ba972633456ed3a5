//! `vulnerabilities`: at most so many known vulnerabilities of dependencies.

use std::collections::{BTreeMap, HashSet};

use super::{
    Case, Code, Comparison, Detail, Flaw, Item, Mend, Offer, Reason, Step, WaiverUse,
    reports::{self, Absent},
    waived::{Subject, Waivers},
};
use crate::{
    evidence::{Dependency, Fixes, Vulnerabilities, Vulnerability},
    measure::{Message, Outcome},
    policy::{Fix, Only, Rule, VulnerabilitiesRule, WaiverSubject},
};

/// A vulnerability and the dependency that has it.
type Affected<'a> = (&'a Dependency, &'a Vulnerability);

pub(super) fn judge(
    rule: &Rule,
    kind: &VulnerabilitiesRule,
    case: Case<'_>,
    uses: &mut [WaiverUse],
) -> Vec<Reason> {
    let head = match reports::present::<Vulnerabilities>(&kind.report, case) {
        Ok(head) => head,
        Err(reason) => return vec![*reason],
    };
    let mut reasons = reports::reach(&kind.report, head.report, kind.demands);
    let known = match kind.only {
        Only::Present => Known::default(),
        Only::Introduced => {
            let base =
                reports::baseline::<Vulnerabilities>(&kind.report, case, kind.without_baseline);
            match base {
                Ok(base) => Known::of(base.content),
                Err(Absent::Absolute(reason)) => {
                    reasons.push(*reason);
                    Known::default()
                }
                Err(Absent::Reason(reason)) => {
                    reasons.push(*reason);
                    return reasons;
                }
            }
        }
    };

    let is_vulnerability =
        |subject: &WaiverSubject| matches!(subject, WaiverSubject::Vulnerability { .. });
    let mut waivers = Waivers::of(case.policy, rule, case.today(), uses, is_vulnerability);
    let mut counting: Vec<Affected<'_>> = Vec::new();
    let mut waived: Vec<Affected<'_>> = Vec::new();
    let mut index = 0;
    for dependency in &head.content.dependencies {
        for vulnerability in &dependency.vulnerabilities {
            index += 1;
            let counts =
                is_counted(vulnerability, kind.fix) && !known.has(dependency, vulnerability);
            let subject = Subject::Vulnerability(dependency, vulnerability);
            match (counts, waivers.except(index, &subject, counts)) {
                (true, false) => counting.push((dependency, vulnerability)),
                (true, true) => waived.push((dependency, vulnerability)),
                (false, _) => {}
            }
        }
    }
    reasons.push(compare(kind, &counting, &waived));
    reasons
}

fn compare(
    kind: &VulnerabilitiesRule,
    counting: &[Affected<'_>],
    waived: &[Affected<'_>],
) -> Reason {
    let comparison = Comparison::AtMost { value: counting.len() as u64, maximum: kind.at_most };
    let holds = comparison.holds().unwrap_or_default();
    let code =
        if holds { Code::VulnerabilitiesWithinMaximum } else { Code::VulnerabilitiesAboveMaximum };
    let mut message = describe(kind).say(comparison);
    if !waived.is_empty() {
        message = message.say(format_args!(", {} waived", waived.len()));
    }
    let reason = Reason::new(code, Outcome::of(holds), message)
        .comparing(comparison)
        .about(counting, |&affected| item(affected, false))
        .about(waived, |&affected| item(affected, true));
    if holds {
        return reason;
    }
    let excess = (counting.len() as u64).saturating_sub(kind.at_most);
    reason.hint(upgrade(counting)).mended_by(Mend::gain(excess, offers(counting)))
}

/// For each dependency: an upgrade takes away what a release mends, and a replacement everything.
fn offers(counting: &[Affected<'_>]) -> Vec<Offer> {
    let mut of: BTreeMap<(&str, &str), Vec<&Vulnerability>> = BTreeMap::new();
    for (dependency, vulnerability) in counting {
        let key = (dependency.package.as_str(), dependency.version.as_str());
        of.entry(key).or_default().push(vulnerability);
    }
    let mut offers = Vec::new();
    for ((package, version), flaws) in of {
        let (package, version) = (package.to_owned(), version.to_owned());
        let may_be_mended =
            |flaw: &&&Vulnerability| !flaw.fix_versions.is_empty() || flaw.fixes == Fixes::Unknown;
        let known = |flaw: &&Vulnerability| Flaw {
            ids: flaw.ids.clone(),
            fixes: flaw.fix_versions.clone(),
        };
        let mended: Vec<Flaw> = flaws.iter().filter(may_be_mended).map(known).collect();
        let (some, all) = (mended.len() as u64, flaws.len() as u64);
        if some > 0 {
            let step = Step::Upgrade { package: package.clone(), version: version.clone() };
            offers.push(Offer::of(step, Detail::Fixes(mended), some));
        }
        if some < all {
            offers.push(Offer::of(Step::Replace { package, version }, Detail::Plain, all));
        }
    }
    offers
}

fn is_counted(vulnerability: &Vulnerability, fix: Fix) -> bool {
    match fix {
        Fix::Any => true,
        // Where nobody says whether there is a fix, the flaw counts in both.
        Fix::Available => {
            !vulnerability.fix_versions.is_empty() || vulnerability.fixes == Fixes::Unknown
        }
        Fix::Unavailable => vulnerability.fix_versions.is_empty(),
    }
}

/// "introduced vulnerabilities with a fix: ".
fn describe(kind: &VulnerabilitiesRule) -> Message {
    let only = match kind.only {
        Only::Present => "vulnerabilities",
        Only::Introduced => "introduced vulnerabilities",
    };
    let fix = match kind.fix {
        Fix::Any => "",
        Fix::Available => " that a release fixes",
        Fix::Unavailable => " that no release fixes",
    };
    Message::new(format_args!("{only}{fix}: "))
}

/// "upgrade jinja2 (fixed in 3.1.4), urllib3 (fixed in 2.2.2)", or what to do where nothing is fixed.
fn upgrade(counting: &[Affected<'_>]) -> Message {
    let mut seen = HashSet::new();
    let fixable =
        counting.iter().filter(|(_, vulnerability)| !vulnerability.fix_versions.is_empty());
    let packages: Vec<&str> = fixable
        .map(|(dependency, _)| dependency.package.as_str())
        .filter(|package| seen.insert(*package))
        .collect();
    let is_unknown = |(_, vulnerability): &Affected<'_>| vulnerability.fixes == Fixes::Unknown;
    if packages.is_empty() && counting.iter().any(is_unknown) {
        return Message::new(
            "upgrade them; the report does not say which releases are free of these flaws",
        );
    }
    if packages.is_empty() {
        return Message::new(
            "no release is free of them: replace the package, or waive it with a reason",
        );
    }
    Message::new("upgrade ").quote_each(packages, 10)
}

fn item((dependency, vulnerability): Affected<'_>, waived: bool) -> Item {
    let Dependency { package, version, .. } = dependency;
    let mut message = Message::default().quote(package).say(" ").quote(version).say(": ");
    message = message.quote(&vulnerability.id);
    let aliases: Vec<&String> =
        vulnerability.ids.iter().filter(|id| **id != vulnerability.id).collect();
    if !aliases.is_empty() {
        message = message.say(" (").quote_each(aliases, 5).say(")");
    }
    message = if vulnerability.fix_versions.is_empty() && vulnerability.fixes == Fixes::Unknown {
        message
    } else if vulnerability.fix_versions.is_empty() {
        message.say(", no release is free of it")
    } else {
        message.say(", fixed in ").quote_each(&vulnerability.fix_versions, 5)
    };
    Item { waived, ..Item::new(message) }
}

/// What the baseline has already: packages with every id of their flaws, so that an advisory that
/// was re-worded or re-numbered is not new, and neither is one of another version.
#[derive(Default)]
struct Known(HashSet<(String, String)>);

impl Known {
    fn of(base: &Vulnerabilities) -> Self {
        let flaws = base.dependencies.iter().flat_map(|dependency| {
            let ids = dependency.vulnerabilities.iter().flat_map(|flaw| &flaw.ids);
            ids.map(|id| (dependency.package.clone(), id.to_ascii_uppercase()))
        });
        Self(flaws.collect())
    }

    fn has(&self, dependency: &Dependency, vulnerability: &Vulnerability) -> bool {
        !self.0.is_empty()
            && vulnerability
                .ids
                .iter()
                .any(|id| self.0.contains(&(dependency.package.clone(), id.to_ascii_uppercase())))
    }
}
