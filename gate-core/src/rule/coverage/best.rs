//! The coverage against the best that the base branch has reached.

use super::{Case, Comparison, Message, Outcome, Ratio, Reason, cover, missed, scoped};
use crate::{
    measure::{Percent, Points},
    policy::{CoverageRule, Kind as _},
    rule::{
        ratchet::{self, Ledger},
        reason::Drift,
        reports::Absent,
        short,
    },
};

/// What follows from the past of the base; nothing where the rule does not ask for it. `baseline` is
/// what is counted of the baseline, where that is known.
pub(super) fn judge(
    rule: &CoverageRule,
    value: Ratio,
    baseline: Option<Ratio>,
    case: Case<'_>,
) -> Option<Reason> {
    let measure = rule.measure()?;
    let baseline = baseline.filter(|baseline| !baseline.is_empty());
    let without = rule.without_baseline;
    let ledger = ratchet::ledger(&measure, baseline, case, without, ratchet::is_below);
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
    rule: &CoverageRule,
    value: Ratio,
    tolerance: Percent,
    ledger: &Ledger<'_, Ratio>,
) -> (Comparison, Message) {
    let (metric, baseline) = (rule.metric, ledger.best);
    let comparison = Comparison::AtMostBelow { metric, value, baseline, tolerance };
    let message = scoped(Message::new(comparison.against("best of the base")), &rule.paths);
    let message = message.say(", reached by ").quote(short(ledger.best_at));
    (comparison, message)
}

/// The ratchet.
fn held(rule: &CoverageRule, value: Ratio, ledger: &Ledger<'_, Ratio>) -> Reason {
    let (comparison, message) = against_best(rule, value, Percent::ZERO, ledger);
    let reason = ratchet::held(comparison, message, ledger.commits);
    if reason.outcome == Outcome::Passed {
        return reason;
    }
    reason.hint(cover(value.missing_to_base(ledger.best, Percent::ZERO), rule.metric))
}

fn drift(rule: &CoverageRule, value: Ratio, budget: Percent, ledger: &Ledger<'_, Ratio>) -> Reason {
    let (comparison, message) = against_best(rule, value, budget, ledger);
    let places = budget.decimals().max(2);
    let here = ratchet::step(ledger.last, value, ledger.best, ratchet::is_below);
    let (spent_here, refilled_here) = here.sides();
    let down = |pairs: &[(Ratio, Ratio)]| Points::down(pairs).up(places).to_string();
    let rise = |pairs: &[(Ratio, Ratio)]| {
        let up: Vec<(Ratio, Ratio)> = pairs.iter().map(|(from, to)| (*to, *from)).collect();
        Points::down(&up).floor(places).to_string()
    };
    let below = if ratchet::is_below(value, ledger.best) {
        Points::down(&[(ledger.best, value)])
    } else {
        Points::down(&[])
    };
    let drift = Drift {
        budget: budget.display(places).to_string().replace(" %", ""),
        spent: down(&ledger.spent),
        refilled: rise(&ledger.refilled),
        spent_here: down(&spent_here),
        refilled_here: rise(&refilled_here),
        left: below.left_of(budget).floor(places).to_string(),
        commits: ledger.commits as u64,
    };
    let reason = ratchet::budgeted(comparison, message, drift, !spent_here.is_empty());
    if reason.outcome == Outcome::Passed {
        return reason;
    }
    let missing = value
        .missing_to_base(ledger.best, budget)
        .min(value.missing_to_base(ledger.last, Percent::ZERO));
    reason.hint(cover(missing, rule.metric)).mended_by(missed::wanting(missing))
}
