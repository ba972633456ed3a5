//! What a verdict would have to know and does not, where somebody could go and find out.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Case, RuleVerdict, WaiverUse, judge};
use crate::{
    evidence::Evidence,
    policy::{Policy, Rule, RuleKind},
};

/// Something about people that nobody went to find out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Lack {
    /// Who is in this team, `organisation/team`.
    Team(String),
    /// Which of those who have reviewed belong to this organisation.
    Organisation(String),
    /// Whose this e-mail address is.
    Address(String),
    /// Who pushed to the head's branch.
    Pushes,
    /// What this commit changes, seen from the base.
    Diff(String),
}

/// What the rules that ask for approvals would have to know of people to be decided. Asked again once that is
/// known, they may lack something else.
#[must_use]
pub fn lacking(policy: &Policy, evidence: &Evidence, now: Timestamp) -> BTreeSet<Lack> {
    let case = Case::of(policy, evidence, now);
    let mut waivers = vec![WaiverUse::default(); policy.waivers().len()];
    let rules = policy.rules().iter().filter(|rule| asks_people(rule));
    let verdicts: Vec<RuleVerdict> = rules.map(|rule| judge(rule, case, &mut waivers)).collect();
    let mut all = BTreeSet::new();
    verdicts.iter().for_each(|verdict| collect(verdict, &mut all));
    all
}

fn asks_people(rule: &Rule) -> bool {
    matches!(rule.kind, RuleKind::Review(_) | RuleKind::Weakening(_))
        || rule.kind.parts().iter().any(asks_people)
}

fn collect(verdict: &RuleVerdict, all: &mut BTreeSet<Lack>) {
    all.extend(verdict.reasons.iter().flat_map(|reason| reason.lacks.iter().cloned()));
    verdict.parts.iter().for_each(|part| collect(part, all));
}
