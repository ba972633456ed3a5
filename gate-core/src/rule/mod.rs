//! Floor 2: one file a rule kind, rule + evidence → reasons. The kinds do not know each other; what
//! they share stands in `reports` (how a report is looked up) and `waived` (how waivers apply).

mod coverage;
mod findings;
mod inequality;
mod reason;
mod reports;
mod review;
mod vulnerabilities;
mod waived;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    evidence::Evidence,
    measure::Outcome,
    policy::{Policy, Rule, RuleKind},
};

pub use reason::{Code, Comparison, Item, MAX_ITEMS, Reason, RuleVerdict};
pub(crate) use waived::WaiverUse;

/// What is judged: the evidence, under a policy, at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) evidence: &'a Evidence,
    pub(crate) now: Timestamp,
}

impl Case<'_> {
    /// The day in UTC, by which ramps climb and waivers end.
    pub(crate) fn today(&self) -> Date {
        TimeZone::UTC.to_datetime(self.now).date()
    }
}

/// How this rule comes out. What waivers excepted is counted in `waivers`, which has one entry for
/// each of the policy.
pub(crate) fn judge(rule: &Rule, case: Case<'_>, waivers: &mut [WaiverUse]) -> RuleVerdict {
    let mut reasons = match &rule.kind {
        RuleKind::Coverage(kind) => coverage::judge(kind, case),
        RuleKind::Findings(kind) => findings::judge(rule, kind, case, waivers),
        RuleKind::Vulnerabilities(kind) => vulnerabilities::judge(rule, kind, case, waivers),
        RuleKind::Review(kind) => review::judge(kind, case),
    };
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.outcome));
    RuleVerdict {
        name: rule.name.clone(),
        kind: rule.kind.word(),
        mode: rule.mode,
        outcome: Outcome::all_of(reasons.iter().map(|reason| reason.outcome)),
        reasons,
        line: rule.line,
    }
}
