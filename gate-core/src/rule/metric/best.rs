//! A number against the best that the base branch has reached.

use super::{Case, Comparison, Decimal, Message, MetricRule, Reason, Tolerance};
use crate::{
    policy::{Better, Kind as _},
    rule::{
        ratchet::{self, Ledger},
        reason::Drift,
        reports::Absent,
        short,
    },
};

/// What follows from the past of the base; nothing where the rule does not ask for it. `baseline` is
/// the baseline's number, where that is known.
pub(super) fn judge(
    rule: &MetricRule,
    value: Decimal,
    baseline: Option<Decimal>,
    case: Case<'_>,
) -> Option<Reason> {
    let measure = rule.measure()?;
    let is_worse = |value, other| ratchet::is_number_worse(value, other, rule.better);
    let ledger = ratchet::ledger(&measure, baseline, case, rule.without_baseline, is_worse);
    let ledger = match ledger {
        Ok(ledger) => ledger,
        Err(Absent::Reason(reason) | Absent::Absolute(reason)) => return Some(*reason),
    };
    Some(match rule.drift_budget {
        Some(budget) => drift(rule, value, budget, &ledger),
        None => held(rule, value, &ledger),
    })
}

fn against_best(
    rule: &MetricRule,
    value: Decimal,
    tolerance: Tolerance,
    ledger: &Ledger<'_, Decimal>,
) -> (Comparison, Message) {
    let (baseline, better) = (ledger.best, rule.better);
    let comparison = Comparison::NotWorse { value, baseline, tolerance, better };
    let message = Message::default().quote(&rule.pointer).say(": ");
    let message = message.say(comparison.against("best of the base"));
    (comparison, message.say(", reached by ").quote(short(ledger.best_at)))
}

/// The ratchet.
fn held(rule: &MetricRule, value: Decimal, ledger: &Ledger<'_, Decimal>) -> Reason {
    let (comparison, message) = against_best(rule, value, Tolerance::Amount(Decimal::ZERO), ledger);
    ratchet::held(comparison, message, ledger.commits)
}

fn drift(
    rule: &MetricRule,
    value: Decimal,
    budget: Tolerance,
    ledger: &Ledger<'_, Decimal>,
) -> Reason {
    let (comparison, message) = against_best(rule, value, budget, ledger);
    let is_worse = |value, other| ratchet::is_number_worse(value, other, rule.better);
    let here = ratchet::step(ledger.last, value, ledger.best, is_worse);
    let (spent_here, refilled_here) = here.sides();
    let budget = budget.of(ledger.best);
    let is_below_best = is_worse(value, ledger.best);
    let drift = Drift {
        budget: budget.to_string(),
        spent: distance(&ledger.spent, rule.better),
        refilled: distance(&ledger.refilled, turned(rule.better)),
        spent_here: distance(&spent_here, rule.better),
        refilled_here: distance(&refilled_here, turned(rule.better)),
        left: match (is_below_best, comparison.holds()) {
            (false, _) => budget.to_string(),
            (true, Some(true)) => {
                let [one, other] = terms((ledger.best, value), rule.better);
                Decimal::sum(&[budget, one.negated(), other.negated()]).to_string()
            }
            (true, Some(false) | None) => Decimal::ZERO.to_string(),
        },
        commits: ledger.commits as u64,
    };
    ratchet::budgeted(comparison, message, drift, !spent_here.is_empty())
}

/// How far it goes for the worse from the first to the second of each pair, all in all.
fn distance(pairs: &[(Decimal, Decimal)], better: Better) -> String {
    let terms: Vec<Decimal> = pairs.iter().flat_map(|pair| terms(*pair, better)).collect();
    Decimal::sum(&terms).to_string()
}

fn terms((from, to): (Decimal, Decimal), better: Better) -> [Decimal; 2] {
    match better {
        Better::Lower => [to, from.negated()],
        Better::Higher => [from, to.negated()],
    }
}

const fn turned(better: Better) -> Better {
    match better {
        Better::Lower => Better::Higher,
        Better::Higher => Better::Lower,
    }
}
