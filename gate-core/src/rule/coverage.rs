//! `coverage`: so much of the code must have run in the tests.

mod best;
mod changed;
mod indirect;
mod missed;

use super::{
    Case, Code, Comparison, Reason, pull_request,
    reports::{self, Absent, Present},
    short,
};
use crate::{
    evidence::{Coverage, FileCoverage, Line, Totals},
    measure::{Message, Outcome, Ratio},
    policy::{Bar, CoverageRule, Metric, Of, Partial, Paths},
};

pub(super) fn judge(rule: &CoverageRule, case: Case<'_>) -> Vec<Reason> {
    let head = match reports::present::<Coverage>(&rule.report, case) {
        Ok(head) => head,
        Err(reason) => return vec![*reason],
    };
    let mut reasons = reports::reach(&rule.report, head.report, rule.demands);
    let changes = match (rule.of, pull_request::changes(case)) {
        (Of::Project, _) => None,
        (Of::ChangedLines | Of::ChangedFiles | Of::Indirect, Ok(changes)) => Some(changes),
        (Of::ChangedLines | Of::ChangedFiles | Of::Indirect, Err(reason)) => {
            reasons.push(*reason);
            return reasons;
        }
    };
    match (rule.of, changes) {
        (Of::ChangedLines, Some(changes)) => {
            reasons.extend(changed::lines(rule, &head, changes, case));
        }
        (Of::ChangedFiles, Some(changes)) => {
            reasons.extend(changed::files(rule, &head, changes, case));
        }
        (Of::Indirect, Some(changes)) => {
            reasons.extend(indirect::judge(rule, &head, changes, case));
        }
        (Of::Project, _) | (_, None) => {
            let all = |coverage: &Coverage| of_project(rule, coverage);
            let judged = by_bars(rule, all(head.content), &head, case, all);
            let looked_at = |file: &FileCoverage| rule.paths.contain(file.path());
            reasons.extend(missed::mended(rule, judged, || {
                missed::of_files(rule, head.content, looked_at)
            }));
        }
    }
    reasons
}

/// What follows from this value by the rule's bars; `base` is what is counted of the baseline.
fn by_bars(
    rule: &CoverageRule,
    value: Ratio,
    head: &Present<'_, Coverage>,
    case: Case<'_>,
    base: impl Fn(&Coverage) -> Ratio,
) -> Vec<Reason> {
    if value.is_empty() {
        return vec![nothing_measured(rule)];
    }
    let mut reasons = Vec::new();
    if let Some(bar) = rule.at_least {
        reasons.push(against_bar(rule, value, bar, case));
    }
    reasons.extend(against_baseline(rule, value, head, case, &base));
    if rule.needs_history() {
        reasons.extend(against_best(rule, value, case, base));
    }
    reasons
}

/// What follows from what the base branch has reached. A baseline that is on its way, or cannot be
/// read, may be the best of all.
fn against_best(
    rule: &CoverageRule,
    value: Ratio,
    case: Case<'_>,
    count: impl Fn(&Coverage) -> Ratio,
) -> Option<Reason> {
    let baseline = match reports::baseline::<Coverage>(&rule.report, case, rule.without_baseline) {
        Ok(base) => Some(count(base.content)),
        Err(Absent::Reason(reason)) if reason.code != Code::BaselineMissing => {
            return Some(*reason);
        }
        Err(Absent::Reason(_) | Absent::Absolute(_)) => None,
    };
    best::judge(rule, value, baseline, case)
}

/// What the rule counts, in the files it looks at.
pub(super) fn of_project(rule: &CoverageRule, coverage: &Coverage) -> Ratio {
    if rule.paths.is_everything() {
        return counted(rule, coverage.totals());
    }
    let files = coverage.files.iter().filter(|file| rule.paths.contain(file.path()));
    counted(rule, files.fold(Totals::default(), |sum, file| sum.plus(file.totals())))
}

/// What the rule counts of these totals.
fn counted(rule: &CoverageRule, totals: Totals) -> Ratio {
    let lines = match rule.partial {
        Partial::Covered => totals.lines,
        // Partial lines are covered lines, so what is left is never below zero.
        Partial::Missed => {
            Ratio::new(totals.lines.covered().saturating_sub(totals.partial), totals.lines.total())
                .unwrap_or_default()
        }
    };
    match rule.metric {
        Metric::Lines => lines,
        Metric::Branches => totals.branches,
        Metric::Combined => lines.plus(totals.branches),
    }
}

/// Whether a line leaves nothing to be desired, by what the rule counts.
const fn is_met(rule: &CoverageRule, line: Line) -> bool {
    let all_branches = line.branches_covered >= line.branches_total;
    match (rule.metric, rule.partial) {
        (Metric::Lines, Partial::Covered) => line.is_covered(),
        (Metric::Lines, Partial::Missed) => line.is_covered() && !line.is_partial(),
        (Metric::Branches, _) => all_branches,
        (Metric::Combined, _) => line.is_covered() && all_branches,
    }
}

fn nothing_measured(rule: &CoverageRule) -> Reason {
    let message =
        Message::new(format_args!("{}: 0/0, nothing was measured in ", rule.metric.word()))
            .quote(&rule.report);
    let message = scoped(message, &rule.paths);
    let hint = match rule.metric {
        Metric::Branches => "measure branches too (coverage.py: `--branch`)",
        Metric::Lines | Metric::Combined => {
            "check that the tests ran, and that the report and `paths` name the source"
        }
    };
    Reason::new(Code::NothingMeasured, Outcome::Inconclusive, message).hint(Message::new(hint))
}

fn against_bar(rule: &CoverageRule, value: Ratio, bar: Bar, case: Case<'_>) -> Reason {
    let today = bar.on(case.today());
    let comparison = Comparison::AtLeast { metric: rule.metric, value, bar: today };
    let mut message = scoped(of(rule).say(comparison), &rule.paths);
    if let Some(ramp) = bar.ramp.filter(|ramp| today < ramp.to) {
        message = message.say(format_args!(" (climbs to {} by {})", ramp.to, ramp.by));
    }
    if value.meets(today) == Some(true) {
        return Reason::new(Code::CoverageAtMinimum, Outcome::Passed, message)
            .comparing(comparison);
    }
    let missing = value.missing_to(today);
    Reason::new(Code::CoverageBelowMinimum, Outcome::Failed, message)
        .comparing(comparison)
        .hint(cover(missing, rule.metric))
}

/// "cover 12 more lines".
fn cover(missing: u64, metric: Metric) -> Message {
    let what = match (metric, missing) {
        (Metric::Lines, 1) => "line",
        (Metric::Lines, _) => "lines",
        (Metric::Branches, 1) => "branch",
        (Metric::Branches, _) => "branches",
        (Metric::Combined, 1) => "line or branch",
        (Metric::Combined, _) => "lines or branches",
    };
    Message::new(format_args!("cover {missing} more {what}"))
}

fn against_baseline(
    rule: &CoverageRule,
    value: Ratio,
    head: &Present<'_, Coverage>,
    case: Case<'_>,
    count: impl Fn(&Coverage) -> Ratio,
) -> Option<Reason> {
    let tolerance = rule.at_most_below_baseline?;
    let base = match reports::baseline::<Coverage>(&rule.report, case, rule.without_baseline) {
        Ok(base) => base,
        Err(Absent::Reason(reason) | Absent::Absolute(reason)) => return Some(*reason),
    };
    let baseline = count(base.content);
    let comparison = Comparison::AtMostBelow { metric: rule.metric, value, baseline, tolerance };
    let Some(holds) = comparison.holds() else {
        let why = Message::new("the baseline measured nothing for ").quote(&rule.report);
        return match reports::absent(why, rule.without_baseline) {
            Absent::Reason(reason) | Absent::Absolute(reason) => Some(*reason),
        };
    };
    let mut message = scoped(of(rule).say(comparison), &rule.paths);
    if let Some(commit) = &case.evidence.baseline.commit {
        message = message.say(", baseline of ").quote(short(commit));
    }
    if let Some((then, now)) = writers_differ(base.content, head.content) {
        // The number of branches moves between versions of one tool over the same code.
        message =
            message.say("; the report's writer changed from ").quote(then).say(" to ").quote(now);
    }
    let (code, outcome) = if holds {
        (Code::CoverageNotDropped, Outcome::Passed)
    } else {
        (Code::CoverageDropped, Outcome::Failed)
    };
    let reason = Reason::new(code, outcome, message).comparing(comparison);
    if holds {
        return Some(reason);
    }
    Some(reason.hint(cover(value.missing_to_base(baseline, tolerance), rule.metric)))
}

/// What is measured, where that is not everything.
fn of(rule: &CoverageRule) -> Message {
    match rule.of {
        Of::Project => Message::default(),
        Of::ChangedLines => Message::new("of the changed lines, "),
        Of::ChangedFiles => Message::new("of the changed files, "),
        Of::Indirect => Message::new("of the lines that did not change, "),
    }
}

fn writers_differ<'a>(base: &'a Coverage, head: &'a Coverage) -> Option<(&'a str, &'a str)> {
    let version = |coverage: &'a Coverage| coverage.reported.get("version").map(String::as_str);
    let (then, now) = (version(base)?, version(head)?);
    (then != now).then_some((then, now))
}

fn scoped(message: Message, paths: &Paths) -> Message {
    if paths.is_everything() { message } else { message.say(", ").quote(paths.describe()) }
}
