//! `findings`: at most so many flaws of such a severity.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Case, Code, Comparison, Detail, Item, Mend, Offer, Reason, Step, WaiverUse,
    reports::{self, Absent},
    waived::{Subject, Waivers},
};
use crate::{
    evidence::{Finding, Findings},
    measure::{Confidence, Fingerprint, Message, Outcome, RepoPath, Severity},
    policy::{FindingsRule, Only, Rule, WaiverSubject},
};

pub(super) fn judge(
    rule: &Rule,
    kind: &FindingsRule,
    case: Case<'_>,
    uses: &mut [WaiverUse],
) -> Vec<Reason> {
    let head = match reports::present::<Findings>(&kind.report, case) {
        Ok(head) => head,
        Err(reason) => return vec![*reason],
    };
    let mut reasons = reports::reach(&kind.report, head.report, kind.demands);
    reasons.extend(hidden(kind, head.content));
    let present = &head.content.findings;
    let known = match kind.only {
        Only::Present => Known::default(),
        Only::Introduced => {
            match reports::baseline::<Findings>(&kind.report, case, kind.without_baseline) {
                Ok(base) => Known::of(&base.content.findings),
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
    let introduced = known.mark_introduced(present);

    let is_finding = |subject: &WaiverSubject| matches!(subject, WaiverSubject::Finding { .. });
    let mut waivers = Waivers::of(case.policy, rule, case.today(), uses, is_finding);
    let mut counting: Vec<(usize, &Finding)> = Vec::new();
    let mut waived: Vec<&Finding> = Vec::new();
    let mut file: Option<&RepoPath> = None;
    let mut in_scope = false;
    for (index, (finding, introduced)) in present.iter().zip(introduced).enumerate() {
        // Reports list file by file: what depends on the path alone is asked once for each.
        if file != Some(&finding.location.path) {
            file = Some(&finding.location.path);
            in_scope = kind.paths.contain(&finding.location.path);
            waivers.enter(&finding.location.path);
        }
        let counts = introduced
            && in_scope
            && finding.severity.counts_from(kind.severity)
            && finding.confidence.counts_from(kind.confidence);
        let excepted = waivers.except(index, &Subject::Finding(finding), counts);
        match (counts, excepted) {
            (true, false) => counting.push((index, finding)),
            (true, true) => waived.push(finding),
            (false, _) => {}
        }
    }
    // The worst first, then as the report has them.
    counting.sort_by_key(|(_, finding)| std::cmp::Reverse(worth(finding)));

    let comparison = Comparison::AtMost { value: counting.len() as u64, maximum: kind.at_most };
    let holds = comparison.holds().unwrap_or_default();
    let code = if holds { Code::FindingsWithinMaximum } else { Code::FindingsAboveMaximum };
    let mut message = describe(kind).say(comparison);
    if !waived.is_empty() {
        message = message.say(format_args!(", {} waived", waived.len()));
    }
    let excess = (counting.len() as u64).saturating_sub(kind.at_most);
    let mut reason = Reason::new(code, Outcome::of(holds), message)
        .comparing(comparison)
        .about(&counting, |(_, finding)| item(finding, false))
        .about(&waived, |finding| item(finding, true));
    if !holds {
        let s = if excess == 1 { "" } else { "s" };
        reason = reason
            .hint(Message::new(format_args!("mend {excess} finding{s}, or waive what is no flaw")))
            .mended_by(mend(kind, &counting, present, excess));
    }
    reasons.push(reason);
    reasons
}

/// Of findings that have copies, of which the baseline knows some, any copy may go.
fn mend(
    kind: &FindingsRule,
    counting: &[(usize, &Finding)],
    present: &[Finding],
    excess: u64,
) -> Mend {
    let mut counted: HashMap<Fingerprint, u64> = HashMap::new();
    for (_, finding) in counting {
        *counted.entry(finding.fingerprint).or_default() += 1;
    }
    let mut copies: BTreeMap<Fingerprint, Vec<usize>> = BTreeMap::new();
    for (place, finding) in present.iter().enumerate() {
        if counted.contains_key(&finding.fingerprint) {
            copies.entry(finding.fingerprint).or_default().push(place);
        }
    }
    let needed = |print: &Fingerprint| counted.get(print).copied().unwrap_or_default();
    copies.retain(|print, places| {
        kind.only == Only::Introduced && places.len() as u64 > needed(print)
    });
    let offers = |places: &mut dyn Iterator<Item = usize>| -> Vec<Offer> {
        let step = |place| Step::Finding { report: kind.report.clone(), place };
        places.map(|place| Offer::of(step(place), Detail::Plain, 1)).collect()
    };
    let all = |but_copies: bool| {
        let listed =
            counting.iter().filter(|(_, f)| !but_copies || !copies.contains_key(&f.fingerprint));
        offers(&mut listed.map(|(place, _)| *place))
    };
    if copies.is_empty() {
        return Mend::gain(excess, all(false));
    }
    if excess < counting.len() as u64 || copies.len() > MAX_COPIED {
        // Which of them go is free, within bounds that a sum does not know.
        return Mend::gain(excess, all(false)).among_others();
    }
    let single = all(true);
    let single = Mend::gain(single.len() as u64, single);
    let copied = copies
        .iter()
        .map(|(print, places)| Mend::gain(needed(print), offers(&mut places.iter().copied())));
    Mend::AllOf(std::iter::once(single).chain(copied).collect())
}

/// So many findings with copies are told apart.
const MAX_COPIED: usize = 50;

/// What the tool counted and did not list is not known to be no flaw.
fn hidden(kind: &FindingsRule, findings: &Findings) -> Option<Reason> {
    let value = findings.hidden_from(kind.severity, kind.confidence);
    let s = if value == 1 { "" } else { "s" };
    let message =
        Message::new(format_args!("{value} finding{s} that would count may be hidden in "))
            .quote(&kind.report)
            .say(": the tool counted more than it listed");
    let reason = Reason::new(Code::FindingsHidden, Outcome::Inconclusive, message)
        .comparing(Comparison::AtMost { value, maximum: 0 })
        .hint(Message::new(
            "run the tool without a filter or a baseline of its own; gate filters and compares itself",
        ));
    (value > 0).then_some(reason)
}

/// "introduced findings of severity medium or above: ".
fn describe(kind: &FindingsRule) -> Message {
    let word = match kind.only {
        Only::Present => "findings",
        Only::Introduced => "introduced findings",
    };
    let mut message = Message::new(word);
    if kind.severity > Severity::Undefined {
        message = message.say(format_args!(", severity {} or above", kind.severity));
    }
    if kind.confidence > Confidence::Low {
        message = message.say(format_args!(", confidence {} or above", kind.confidence));
    }
    if !kind.paths.is_everything() {
        message = message.say(", ").quote(kind.paths.describe());
    }
    message.say(": ")
}

/// Undefined severity is shown first: nobody knows how bad it is.
fn worth(finding: &Finding) -> (bool, Severity, Confidence) {
    (finding.severity == Severity::Undefined, finding.severity, finding.confidence)
}

fn item(finding: &Finding, waived: bool) -> Item {
    let mut message =
        Message::new(format_args!("{} ", finding.severity)).quote(&finding.rule).say(" ");
    message = message.quote(&finding.text);
    // A tool may report what is wrong with a project and with no file of it.
    let is_somewhere = !finding.location.path.as_str().is_empty();
    Item {
        location: is_somewhere.then(|| finding.location.clone()),
        severity: Some(finding.severity),
        message,
        waived,
    }
}

/// The findings that the baseline has, as a multiset: a second copy of a known one is new.
#[derive(Default)]
struct Known<'a> {
    findings: &'a [Finding],
    counts: HashMap<Fingerprint, u64>,
}

impl<'a> Known<'a> {
    fn of(findings: &'a [Finding]) -> Self {
        let mut counts = HashMap::with_capacity(findings.len());
        for finding in findings {
            *counts.entry(finding.fingerprint).or_default() += 1;
        }
        Self { findings, counts }
    }

    /// For each finding, whether it is introduced. How many of a fingerprint are introduced does
    /// not depend on lines; which of its copies are, does: see [`Self::settle`].
    fn mark_introduced(&self, findings: &[Finding]) -> Vec<bool> {
        if self.counts.is_empty() {
            return vec![true; findings.len()];
        }
        let mut left = self.counts.clone();
        let mut contested = HashSet::new();
        let mut introduced = Vec::with_capacity(findings.len());
        for finding in findings {
            let fingerprint = finding.fingerprint;
            let known = take(left.get_mut(&fingerprint));
            if !known && self.counts.contains_key(&fingerprint) {
                contested.insert(fingerprint);
            }
            introduced.push(!known);
        }
        if !contested.is_empty() {
            self.settle(findings, &contested, &mut introduced);
        }
        introduced
    }

    /// Which copies of a contested fingerprint are introduced: those that stand where the baseline
    /// has one are known first, then the others in their order.
    fn settle(
        &self,
        findings: &[Finding],
        contested: &HashSet<Fingerprint>,
        introduced: &mut [bool],
    ) {
        let mut by_line: HashMap<(Fingerprint, Option<u32>), u64> = HashMap::new();
        for finding in self.findings.iter().filter(|f| contested.contains(&f.fingerprint)) {
            *by_line.entry((finding.fingerprint, finding.location.line)).or_default() += 1;
        }
        let mut left = self.counts.clone();
        let copies =
            || findings.iter().enumerate().filter(|(_, f)| contested.contains(&f.fingerprint));
        let mut moved = Vec::new();
        for (index, finding) in copies() {
            let at = (finding.fingerprint, finding.location.line);
            let known = take(by_line.get_mut(&at)) && take(left.get_mut(&at.0));
            if !known {
                moved.push((index, at.0));
            }
            if let Some(entry) = introduced.get_mut(index) {
                *entry = !known;
            }
        }
        for (index, fingerprint) in moved {
            if let Some(entry) = introduced.get_mut(index) {
                *entry = !take(left.get_mut(&fingerprint));
            }
        }
    }
}

/// Takes one of what is left.
fn take(left: Option<&mut u64>) -> bool {
    left.is_some_and(|left| {
        let some = *left > 0;
        *left -= u64::from(some);
        some
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Location, RepoPath};

    fn finding(context: &str, line: u32) -> Finding {
        let location =
            Location { path: RepoPath::normalised("a.py"), line: Some(line), end_line: None };
        Finding::new("B602", location, "text", Fingerprint::of(&["B602", "a.py", context]))
    }

    fn introduced(base: &[Finding], head: &[Finding]) -> Vec<bool> {
        Known::of(base).mark_introduced(head)
    }

    #[test]
    fn a_second_copy_of_a_known_finding_is_new() {
        let base = [finding("call(x)", 3)];
        let head = [finding("call(x)", 3), finding("call(x)", 9)];
        assert_eq!(introduced(&base, &head), [false, true]);
    }

    #[test]
    fn a_finding_that_moved_is_not_new() {
        let base = [finding("call(x)", 3)];
        assert_eq!(introduced(&base, &[finding("call(x)", 30)]), [false]);
    }

    #[test]
    fn the_copy_at_the_old_line_is_the_known_one() {
        let base = [finding("call(x)", 9)];
        let head = [finding("call(x)", 3), finding("call(x)", 9)];
        assert_eq!(introduced(&base, &head), [true, false]);
    }

    #[test]
    fn a_finding_that_went_does_not_excuse_another() {
        let base = [finding("call(x)", 3)];
        assert_eq!(introduced(&base, &[finding("call(y)", 3)]), [true]);
    }
}
