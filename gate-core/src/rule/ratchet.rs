//! The best that the base branch has reached, and what its drops have spent of a budget: from the past
//! values, one after the other, exactly.

use std::collections::BTreeMap;

use super::{
    Case, Code, Comparison, Reason,
    reason::Drift,
    reports::{self, Absent},
};
use crate::{
    evidence::{History, Past, Piece, Quantity, Report},
    measure::{Decimal, Message, Outcome, Ratio},
    policy::{Better, Policy, RuleKind, WithoutBaseline},
};

/// What can be kept of a commit and compared.
pub(super) trait Worth: Copy {
    fn of(quantity: Quantity) -> Option<Self>;
}

impl Worth for Ratio {
    fn of(quantity: Quantity) -> Option<Self> {
        if let Quantity::Ratio(ratio) = quantity { Some(ratio) } else { None }
    }
}

impl Worth for Decimal {
    fn of(quantity: Quantity) -> Option<Self> {
        if let Quantity::Number(number) = quantity { Some(number) } else { None }
    }
}

/// Changes, each from what to what.
type Changes<T> = Vec<(T, T)>;

/// Past values, added up.
#[derive(Debug, Clone)]
pub(super) struct Ledger<'a, T> {
    pub(super) best: T,
    /// The commit that reached it first.
    pub(super) best_at: &'a str,
    pub(super) last: T,
    /// Of how many commits a value is known.
    pub(super) commits: usize,
    /// Every change for the worse, from what to what.
    pub(super) spent: Changes<T>,
    /// Every change for the better, as far as it makes good what was spent.
    pub(super) refilled: Changes<T>,
}

impl<'a, T: Copy> Ledger<'a, T> {
    const fn begin((commit, value): (&'a str, T)) -> Self {
        Self {
            best: value,
            best_at: commit,
            last: value,
            commits: 1,
            spent: Vec::new(),
            refilled: Vec::new(),
        }
    }

    fn add(mut self, (commit, value): (&'a str, T), is_worse: impl Fn(T, T) -> bool) -> Self {
        match step(self.last, value, self.best, &is_worse) {
            Step::Spent(drop) => self.spent.push(drop),
            Step::Refilled(rise) => self.refilled.push(rise),
            Step::Nothing => {}
        }
        if is_worse(self.best, value) {
            (self.best, self.best_at) = (value, commit);
        }
        self.last = value;
        self.commits += 1;
        self
    }
}

/// What going from one value to the next does to the budget.
pub(super) enum Step<T> {
    Spent((T, T)),
    Refilled((T, T)),
    Nothing,
}

impl<T> Step<T> {
    /// What it spends, and what it refills.
    pub(super) fn sides(self) -> (Changes<T>, Changes<T>) {
        match self {
            Self::Spent(drop) => (vec![drop], Vec::new()),
            Self::Refilled(rise) => (Vec::new(), vec![rise]),
            Self::Nothing => (Vec::new(), Vec::new()),
        }
    }
}

/// The ratchet, by a comparison with the best.
pub(super) fn held(comparison: Comparison, message: Message, commits: usize) -> Reason {
    let s = if commits == 1 { "" } else { "s" };
    let message = message.say(format_args!(", of {commits} measured commit{s}"));
    let holds = comparison.holds() == Some(true);
    let code = if holds { Code::BestHeld } else { Code::BestLost };
    Reason::new(code, Outcome::of(holds), message).comparing(comparison)
}

/// The budget, by a comparison with the best, where `spends` says whether something is spent here. What
/// the base has spent before is nobody's fault who comes now: where all of it and more is spent, what
/// does not become worse passes.
pub(super) fn budgeted(
    comparison: Comparison,
    message: Message,
    drift: Drift,
    spends: bool,
) -> Reason {
    let message = message.say(format_args!("; {drift}"));
    let is_within = comparison.holds() == Some(true);
    let (message, code, comparison) = if is_within {
        (message, Code::DriftWithinBudget, Some(comparison))
    } else if spends {
        (message, Code::DriftBeyondBudget, Some(comparison))
    } else {
        let message = message.say("; the budget is spent, and this does not add to it");
        (message, Code::DriftWithinBudget, None)
    };
    let mut reason = Reason::new(code, Outcome::of(is_within || !spends), message);
    (reason.comparison, reason.drift) = (comparison, Some(drift));
    reason
}

/// What is better than the best refills no more than all of the budget.
pub(super) fn step<T: Copy>(last: T, next: T, best: T, is_worse: impl Fn(T, T) -> bool) -> Step<T> {
    if is_worse(next, last) {
        return Step::Spent((last, next));
    }
    let reached = if is_worse(next, best) { next } else { best };
    if is_worse(last, reached) { Step::Refilled((last, reached)) } else { Step::Nothing }
}

/// The past of what a rule counts, the baseline last; or what takes its place.
pub(super) fn ledger<'a, T: Worth>(
    measure: &str,
    baseline: Option<T>,
    case: Case<'a>,
    without: WithoutBaseline,
    is_worse: impl Fn(T, T) -> bool,
) -> Result<Ledger<'a, T>, Absent> {
    let history = match &case.evidence.history {
        Piece::Present(history) => history,
        Piece::Awaited { from, .. } => {
            let message = Message::new("the base's history is awaited from ").then(from);
            let reason = Reason::new(Code::BaselineAwaited, Outcome::Pending, message);
            return Err(Absent::Reason(Box::new(reason)));
        }
        Piece::Broken { why } => {
            let message = Message::new("the base's history cannot be read: ").then(why);
            let reason = Reason::new(Code::HistoryBroken, Outcome::Inconclusive, message);
            return Err(Absent::Reason(Box::new(reason)));
        }
        Piece::Missing { why } => return Err(missing(&Message::default().then(why), without)),
    };
    let commit = case.evidence.baseline.commit.as_deref();
    let past = |past: &'a Past| {
        let value = past.values.get(measure).copied().and_then(T::of)?;
        // The baseline comes last, as it is now.
        let is_baseline = baseline.is_some() && commit == Some(&past.commit);
        (!is_baseline).then_some((past.commit.as_str(), value))
    };
    let baseline = baseline.map(|value| (commit.unwrap_or("the baseline"), value));
    let mut values = history.commits.iter().filter_map(past).chain(baseline);
    let Some(first) = values.next() else {
        let why = Message::new("no commit of it measured ").quote(measure);
        return Err(missing(&why, without));
    };
    Ok(values.fold(Ledger::begin(first), |ledger, next| ledger.add(next, &is_worse)))
}

fn missing(why: &Message, without: WithoutBaseline) -> Absent {
    let why = Message::new("what the base branch has reached is not known: ").then(why);
    let named = |mut reason: Box<Reason>| {
        reason.code = Code::HistoryMissing;
        if reason.hint.is_some() {
            reason.hint = Some(Message::new(
                "give the records of the base's commits (`--history`), or say in the rule what \
                 holds without them (`without-baseline`)",
            ));
        }
        reason
    };
    match reports::absent(why, without) {
        Absent::Reason(reason) => Absent::Reason(named(reason)),
        Absent::Absolute(reason) => Absent::Absolute(named(reason)),
    }
}

/// What the rules of a policy count in the reports of a commit, to be kept for those that come after
/// it. What cannot be told is not among it.
#[must_use]
pub fn measured(
    policy: &Policy,
    reports: &BTreeMap<String, Piece<Report>>,
) -> BTreeMap<String, Quantity> {
    let content = |name: &str| match reports.get(name) {
        Some(Piece::Present(report)) => Some(&report.content),
        Some(Piece::Awaited { .. } | Piece::Missing { .. } | Piece::Broken { .. }) | None => None,
    };
    let rules = policy.rules_and_parts().into_iter();
    rules
        .filter_map(|rule| {
            let value = super::quantity(&rule.kind, content(rule.kind.report()?)?)?;
            Some((rule.kind.measure()?, value))
        })
        .collect()
}

/// A history in at most so many commits, and at most one more for each thing that the policy counts:
/// of what is left out the best stays.
#[must_use]
pub fn shortened(policy: &Policy, history: History, most: usize) -> History {
    let cut = history.commits.len().saturating_sub(most);
    let mut kept = Vec::new();
    for rule in policy.rules_and_parts() {
        let Some(measure) = rule.kind.measure() else { continue };
        let better =
            if let RuleKind::Metric(rule) = &rule.kind { rule.better } else { Better::Higher };
        let mut best: Option<(usize, Quantity)> = None;
        for (place, past) in history.commits.iter().enumerate().take(cut) {
            let Some(value) = past.values.get(&measure).copied() else { continue };
            if best.is_none_or(|(_, known)| is_better(value, known, better)) {
                best = Some((place, value));
            }
        }
        kept.extend(best.map(|(place, value)| (place, measure, value)));
    }
    kept.sort_by(|(one, a, _), (other, b, _)| (one, a).cmp(&(other, b)));
    kept.dedup();
    let mut short: Vec<Past> = Vec::new();
    for (place, measure, value) in kept {
        let Some(Past { commit, .. }) = history.commits.get(place) else { continue };
        let is_same = short.last().is_some_and(|last| last.commit == *commit);
        if !is_same {
            short.push(Past { commit: commit.clone(), values: BTreeMap::new() });
        }
        if let Some(last) = short.last_mut() {
            last.values.insert(measure, value);
        }
    }
    short.extend(history.commits.into_iter().skip(cut));
    History::new(short)
}

fn is_better(value: Quantity, known: Quantity, better: Better) -> bool {
    match (value, known) {
        (Quantity::Ratio(value), Quantity::Ratio(known)) => is_below(known, value),
        (Quantity::Number(value), Quantity::Number(known)) => is_number_worse(known, value, better),
        (Quantity::Ratio(_), Quantity::Number(_)) | (Quantity::Number(_), Quantity::Ratio(_)) => {
            false
        }
    }
}

/// Whether one share is below another, exactly.
pub(super) fn is_below(value: Ratio, other: Ratio) -> bool {
    value.at_most_below(other, crate::measure::Percent::ZERO) == Some(false)
}

/// Whether one number is worse than another.
pub(super) fn is_number_worse(value: Decimal, other: Decimal, better: Better) -> bool {
    match better {
        Better::Lower => value > other,
        Better::Higher => value < other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger_of(values: &[u64]) -> Ledger<'static, u64> {
        let is_worse = |value: u64, other: u64| value < other;
        let mut values = values.iter().map(|value| ("c", *value));
        let first = Ledger::begin(values.next().unwrap());
        values.fold(first, |ledger, next| ledger.add(next, is_worse))
    }

    #[test]
    fn what_was_spent_less_what_was_refilled_is_the_way_down_from_the_best() {
        let sum = |pairs: &[(u64, u64)]| pairs.iter().map(|(a, b)| a.abs_diff(*b)).sum::<u64>();
        for values in [
            &[80, 79, 78, 79, 90, 85, 84, 89][..],
            &[80],
            &[10, 20, 30],
            &[30, 20, 10],
            &[5, 1, 5, 1, 7, 7, 2],
        ] {
            let ledger = ledger_of(values);
            assert_eq!(ledger.best, *values.iter().max().unwrap());
            let (spent, refilled) = (sum(&ledger.spent), sum(&ledger.refilled));
            assert_eq!(spent - refilled, ledger.best - ledger.last, "{values:?}: {ledger:?}");
        }
    }

    #[test]
    fn a_new_best_fills_the_budget_and_no_more() {
        let ledger = ledger_of(&[80, 78, 95]);
        assert_eq!((ledger.spent, ledger.refilled), (vec![(80, 78)], vec![(78, 80)]));
    }
}
