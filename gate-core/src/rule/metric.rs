//! `metric`: a number of a report is as it should be.

mod best;

use super::{
    Case, Code, Comparison, Detail, Mend, Reason, Step,
    reports::{self, Absent},
};
use crate::{
    evidence::Metrics,
    measure::{Decimal, Message, Outcome},
    policy::{Better, Demands, MetricRule, Tolerance},
};

pub(super) fn judge(rule: &MetricRule, case: Case<'_>) -> Vec<Reason> {
    let head = match reports::present::<Metrics>(&rule.report, case) {
        Ok(head) => head,
        Err(reason) => return vec![*reason],
    };
    let mut reasons = reports::reach(&rule.report, head.report, Demands::DEFAULT);
    let Some(value) = head.content.numbers.get(&rule.pointer).copied() else {
        reasons.push(missing(rule, head.content));
        return reasons;
    };
    if let Some(bar) = rule.bar {
        let comparison = Comparison::Number { value, bar, better: rule.better };
        reasons.push(judged(rule, comparison, Code::MetricWithinBar, Code::MetricBeyondBar));
    }
    if let Some(tolerance) = rule.worse_by_at_most {
        reasons.push(against_baseline(rule, value, tolerance, case));
    }
    if rule.needs_history() {
        reasons.extend(against_best(rule, value, case));
    }
    reasons.into_iter().map(|reason| mended(rule, reason)).collect()
}

/// The reason, where it is in the way with what the number has to come to.
fn mended(rule: &MetricRule, reason: Reason) -> Reason {
    let Some(comparison) = reason.comparison.filter(|_| reason.outcome == Outcome::Failed) else {
        return reason;
    };
    let step = Step::Number {
        report: rule.report.clone(),
        pointer: rule.pointer.clone(),
        lower: rule.better == Better::Lower,
    };
    reason.mended_by(Mend::all([(step, Detail::Words(wanted(comparison)))]))
}

/// What follows from what the base branch has reached. A baseline that is on its way, or cannot be
/// read, may be the best of all.
fn against_best(rule: &MetricRule, value: Decimal, case: Case<'_>) -> Option<Reason> {
    let baseline = match reports::baseline::<Metrics>(&rule.report, case, rule.without_baseline) {
        Ok(base) => base.content.numbers.get(&rule.pointer).copied(),
        Err(Absent::Reason(reason)) if reason.code != Code::BaselineMissing => {
            return Some(*reason);
        }
        Err(Absent::Reason(_) | Absent::Absolute(_)) => None,
    };
    best::judge(rule, value, baseline, case)
}

/// A number that is not there is not zero.
fn missing(rule: &MetricRule, metrics: &Metrics) -> Reason {
    let message =
        Message::new("there is no number at ").quote(&rule.pointer).say(" in ").quote(&rule.report);
    let hint = if metrics.numbers.is_empty() {
        Message::new("it has no number at all")
    } else {
        Message::new("there are numbers at ").quote_each(metrics.numbers.keys(), 5)
    };
    Reason::new(Code::MetricMissing, Outcome::Inconclusive, message).hint(hint)
}

fn judged(rule: &MetricRule, comparison: Comparison, within: Code, beyond: Code) -> Reason {
    let holds = comparison.holds().unwrap_or_default();
    let message = Message::default().quote(&rule.pointer).say(": ").say(comparison);
    let code = if holds { within } else { beyond };
    Reason::new(code, Outcome::of(holds), message).comparing(comparison)
}

/// What the number has to come to.
fn wanted(comparison: Comparison) -> Message {
    match comparison {
        Comparison::Number { bar, better: Better::Lower, .. } => {
            Message::new(format_args!("at most {bar}"))
        }
        Comparison::Number { bar, better: Better::Higher, .. } => {
            Message::new(format_args!("at least {bar}"))
        }
        Comparison::NotWorse { baseline, tolerance, .. } => {
            let message = Message::new(format_args!("not worse than the baseline's {baseline}"));
            match tolerance {
                Tolerance::Amount(amount) => message.say(format_args!(" by more than {amount}")),
                Tolerance::Share(percent) => message.say(format_args!(" by more than {percent}")),
            }
        }
        Comparison::AtLeast { .. }
        | Comparison::AtMostBelow { .. }
        | Comparison::AtMost { .. }
        | Comparison::CountAtLeast { .. } => Message::default(),
    }
}

fn against_baseline(
    rule: &MetricRule,
    value: Decimal,
    tolerance: Tolerance,
    case: Case<'_>,
) -> Reason {
    let base = match reports::baseline::<Metrics>(&rule.report, case, rule.without_baseline) {
        Ok(base) => base,
        Err(Absent::Reason(reason) | Absent::Absolute(reason)) => return *reason,
    };
    let Some(baseline) = base.content.numbers.get(&rule.pointer).copied() else {
        let why = Message::new("the baseline has no number at ").quote(&rule.pointer);
        return match reports::absent(why, rule.without_baseline) {
            Absent::Reason(reason) | Absent::Absolute(reason) => *reason,
        };
    };
    let comparison = Comparison::NotWorse { value, baseline, tolerance, better: rule.better };
    judged(rule, comparison, Code::MetricNotWorse, Code::MetricWorse)
}
