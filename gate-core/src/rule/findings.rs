//! `findings`: at most so many flaws of such a severity.

use std::collections::HashMap;

use super::{
    Case, Code, Comparison, Item, Reason, WaiverUse,
    reports::{self, Absent},
    waived::{Subject, Waivers},
};
use crate::{
    evidence::{Finding, Findings},
    measure::{Confidence, Fingerprint, Message, Outcome, Severity},
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
    let mut reasons = reports::reach(&kind.report, &head.report.account, kind.demands);
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
    let mut counting: Vec<&Finding> = Vec::new();
    let mut waived: Vec<&Finding> = Vec::new();
    for (finding, introduced) in present.iter().zip(introduced) {
        let counts = introduced
            && finding.severity.counts_from(kind.severity)
            && finding.confidence.counts_from(kind.confidence)
            && kind.paths.contain(&finding.location.path);
        let excepted = waivers.except(&Subject::Finding(finding), counts);
        match (counts, excepted) {
            (true, false) => counting.push(finding),
            (true, true) => waived.push(finding),
            (false, _) => {}
        }
    }
    // The worst first, then as the report has them.
    counting.sort_by_key(|finding| std::cmp::Reverse(worth(finding)));

    let comparison = Comparison::AtMost { value: counting.len() as u64, maximum: kind.at_most };
    let holds = comparison.holds().unwrap_or_default();
    let code = if holds { Code::FindingsWithinMaximum } else { Code::FindingsAboveMaximum };
    let mut message = describe(kind).say(comparison);
    if !waived.is_empty() {
        message = message.say(format_args!(", {} waived", waived.len()));
    }
    let excess = (counting.len() as u64).saturating_sub(kind.at_most);
    let mut reason = Reason::new(code, Outcome::of(holds), message).comparing(comparison).about(
        counting
            .iter()
            .map(|finding| item(finding, false))
            .chain(waived.iter().map(|finding| item(finding, true))),
    );
    if !holds {
        let s = if excess == 1 { "" } else { "s" };
        reason = reason
            .hint(Message::new(format_args!("mend {excess} finding{s}, or waive what is no flaw")));
    }
    reasons.push(reason);
    reasons
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
    Item {
        location: Some(finding.location.clone()),
        severity: Some(finding.severity),
        message,
        waived,
    }
}

/// The findings that the baseline has, as a multiset: a second copy of a known one is new.
#[derive(Default)]
struct Known {
    by_fingerprint: HashMap<Fingerprint, u64>,
    by_line: HashMap<(Fingerprint, Option<u32>), u64>,
}

impl Known {
    fn of(findings: &[Finding]) -> Self {
        let mut known = Self::default();
        for finding in findings {
            let fingerprint = finding.fingerprint;
            *known.by_fingerprint.entry(fingerprint).or_default() += 1;
            *known.by_line.entry((fingerprint, finding.location.line)).or_default() += 1;
        }
        known
    }

    /// For each finding, whether it is introduced. How many of a fingerprint are introduced does
    /// not depend on lines; which of the copies are is decided by them: first those that stand
    /// where the baseline has one are known, then the others in their order.
    fn mark_introduced(mut self, findings: &[Finding]) -> Vec<bool> {
        let mut introduced = vec![true; findings.len()];
        for (finding, introduced) in findings.iter().zip(&mut introduced) {
            let at = (finding.fingerprint, finding.location.line);
            if take(self.by_line.get_mut(&at)) && take(self.by_fingerprint.get_mut(&at.0)) {
                *introduced = false;
            }
        }
        for (finding, introduced) in findings.iter().zip(&mut introduced) {
            if *introduced && take(self.by_fingerprint.get_mut(&finding.fingerprint)) {
                *introduced = false;
            }
        }
        introduced
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
