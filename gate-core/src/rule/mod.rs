//! Floor 2: one file a rule kind, rule + evidence → reasons. The kinds do not know each other; what
//! they share stands in `reports` and `pull_request` (how evidence is looked up), `ratchet` (what the base
//! branch has reached), `opinions` (whose reviews count), `people` (who somebody is), `lack` (what nobody
//! went to find out), `waived` (how waivers apply), `when` (where a rule applies), `mend` (what would turn a
//! reason) and `group` (rules made of rules).

mod approval;
mod changes;
mod checks;
mod commits;
mod coverage;
mod findings;
mod group;
mod inequality;
mod labels;
mod lack;
mod mend;
mod metric;
mod opinions;
mod people;
mod protection;
mod pull_request;
mod ratchet;
mod reason;
mod reports;
mod review;
mod tests;
mod title;
mod vulnerabilities;
mod waived;
mod weakening;
mod when;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    evidence::{Content, Evidence, Piece, PullRequest, Quantity},
    measure::Outcome,
    policy::{Policy, Rule, RuleKind},
};

pub use lack::{Lack, lacking};
pub(crate) use mend::{Detail, Flaw, Gain, Lines, Mend, MissedLine, Offer, Repair, Step, What};
pub use ratchet::{measured, shortened};
pub use reason::{Code, Comparison, Drift, Item, MAX_ITEMS, Reason, RuleVerdict};
pub(crate) use waived::WaiverUse;

/// What is judged: the evidence, under a policy, at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) evidence: &'a Evidence,
    pub(crate) now: Timestamp,
    /// The pull request of the evidence, or as it would be.
    pub(crate) pull_request: &'a Piece<PullRequest>,
}

impl<'a> Case<'a> {
    pub(crate) const fn of(policy: &'a Policy, evidence: &'a Evidence, now: Timestamp) -> Self {
        Self { policy, evidence, now, pull_request: &evidence.pull_request }
    }

    /// The day in UTC, by which ramps climb and waivers end.
    pub(crate) fn today(&self) -> Date {
        TimeZone::UTC.to_datetime(self.now).date()
    }
}

/// How this rule comes out. What waivers excepted is counted in `waivers`, which has one entry for
/// each of the policy.
pub(crate) fn judge(rule: &Rule, case: Case<'_>, waivers: &mut [WaiverUse]) -> RuleVerdict {
    let (mode, not_rolled_out) = when::mode(rule, case);
    let (mut reasons, parts) = match when::inapplicable(rule, case) {
        Some(reason) => (vec![reason], Vec::new()),
        None => by_kind(rule, case, waivers),
    };
    reasons.extend(not_rolled_out);
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.outcome));
    RuleVerdict {
        name: rule.name.clone(),
        kind: rule.kind.word(),
        mode,
        outcome: Outcome::all_of(reasons.iter().map(|reason| reason.outcome)),
        reasons,
        parts,
        line: rule.line,
        source: rule.source.clone(),
    }
}

/// The reasons of a rule that applies, and of a group how its rules came out.
fn by_kind(
    rule: &Rule,
    case: Case<'_>,
    waivers: &mut [WaiverUse],
) -> (Vec<Reason>, Vec<RuleVerdict>) {
    let reasons = match &rule.kind {
        RuleKind::Coverage(kind) => coverage::judge(kind, case),
        RuleKind::Findings(kind) => findings::judge(rule, kind, case, waivers),
        RuleKind::Vulnerabilities(kind) => vulnerabilities::judge(rule, kind, case, waivers),
        RuleKind::Tests(kind) => tests::judge(rule, kind, case, waivers),
        RuleKind::Metric(kind) => metric::judge(kind, case),
        RuleKind::Review(kind) => review::judge(kind, case),
        RuleKind::Labels(kind) => labels::judge(kind, case),
        RuleKind::Title(kind) => title::judge(kind, case),
        RuleKind::Commits(kind) => commits::judge(kind, case),
        RuleKind::Changes(kind) => changes::judge(kind, case),
        RuleKind::Checks(kind) => checks::judge(kind, case),
        RuleKind::Weakening(kind) => weakening::judge(kind, case),
        RuleKind::Protection(kind) => protection::judge(kind, case),
        RuleKind::AnyOf(rules) => {
            let parts: Vec<_> = rules.iter().map(|rule| judge(rule, case, waivers)).collect();
            return (vec![group::any_of(&parts)], parts);
        }
        RuleKind::AllOf(rules) => {
            let parts: Vec<_> = rules.iter().map(|rule| judge(rule, case, waivers)).collect();
            return (vec![group::all_of(&parts)], parts);
        }
    };
    (reasons, Vec::new())
}

/// Whether a login is the one that a policy names. A bot's login is `name[bot]` in GitHub's answers
/// and `name` in its pages.
pub(crate) fn is_login(named: &str, login: &str) -> bool {
    let bare = |login: &str| login.strip_suffix("[bot]").unwrap_or(login).to_ascii_lowercase();
    bare(named) == bare(login)
}

/// What a rule counts of a report, where that is compared over time and there is something to count.
fn quantity(kind: &RuleKind, content: &Content) -> Option<Quantity> {
    if let (RuleKind::Coverage(rule), Content::Coverage(coverage)) = (kind, content) {
        let ratio = coverage::of_project(rule, coverage);
        return (!ratio.is_empty()).then_some(Quantity::Ratio(ratio));
    }
    if let (RuleKind::Metric(rule), Content::Metrics(metrics)) = (kind, content) {
        return metrics.numbers.get(&rule.pointer).copied().map(Quantity::Number);
    }
    None
}

/// A commit as people name it.
fn short(commit: &str) -> &str {
    let is_commit = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    commit.get(..12).filter(|_| is_commit).unwrap_or(commit)
}
