//! Which lines would have to be covered, and how much each of them gains.

use super::{
    changed::{Changed, Class},
    is_met,
};
use crate::{
    evidence::{Coverage, FileCoverage, Line, Motion},
    measure::{Outcome, Percent, Ratio},
    policy::{CoverageRule, LineClass, Metric, Partial},
    rule::{Comparison, Lines, Mend, MissedLine, Reason},
};

/// How much is gained when a line is covered with all its branches.
fn gain(rule: &CoverageRule, line: Line) -> u64 {
    let lines = match rule.partial {
        Partial::Covered => u64::from(!line.is_covered()),
        Partial::Missed => u64::from(!line.is_covered() || line.is_partial()),
    };
    let branches = u64::from(line.branches_total.saturating_sub(line.branches_covered));
    match rule.metric {
        Metric::Lines => lines,
        Metric::Branches => branches,
        Metric::Combined => lines + branches,
    }
}

/// The lines of these files that gain something.
pub(super) fn of_files(
    rule: &CoverageRule,
    coverage: &Coverage,
    counts: impl Fn(&FileCoverage) -> bool,
) -> Vec<MissedLine> {
    let mut missed = Vec::new();
    for (file, of) in (0_u32..).zip(&coverage.files) {
        if !counts(of) {
            continue;
        }
        let lines = of.lines().iter().map(|&line| (line.number, gain(rule, line)));
        let lines = lines.filter(|(_, gain)| *gain > 0);
        missed.extend(lines.map(|(line, gain)| MissedLine { file, line, gain }));
    }
    missed
}

/// A line of the report that gains something.
pub(super) fn one(rule: &CoverageRule, file: u32, line: Line) -> Option<MissedLine> {
    let gain = gain(rule, line);
    (gain > 0).then_some(MissedLine { file, line: line.number, gain })
}

fn of_report(rule: &CoverageRule, lines: Vec<MissedLine>) -> Lines {
    let branches = rule.metric != Metric::Lines || rule.partial == Partial::Missed;
    Lines { report: rule.report.clone(), branches, lines }
}

/// So much more has to be covered; of which lines is said by [`mended`].
pub(super) fn wanting(need: u64) -> Mend {
    Mend::gain(need, Vec::new())
}

/// The reasons, where they need it with the lines that would mend them.
pub(super) fn mended(
    rule: &CoverageRule,
    mut reasons: Vec<Reason>,
    lines: impl Fn() -> Vec<MissedLine>,
) -> Vec<Reason> {
    for reason in &mut reasons {
        let need = match (&reason.mend, reason.comparison) {
            (Some(Mend::Gain(gain)), _) => gain.need,
            (None, Some(Comparison::AtLeast { value, bar, .. })) => value.missing_to(bar).into(),
            (None, Some(Comparison::AtMostBelow { value, baseline, tolerance, .. })) => {
                value.missing_to_base(baseline, tolerance).into()
            }
            (Some(_) | None, _) => 0,
        };
        if need > 0 && reason.outcome == Outcome::Failed {
            reason.mend = Some(Mend::cover(need, of_report(rule, lines())));
        }
    }
    reasons
}

/// What lifts the coverage of the changed lines to the bar.
///
/// A new line that is covered is one more of as many. A line that was covered before and is so again
/// does not count any more: it is one less of those that are counted. In hundred millionths, both are
/// steps towards the bar of a fixed length.
pub(super) fn of_changed(
    rule: &CoverageRule,
    all: &[Changed<'_>],
    value: Ratio,
    bar: Percent,
    spared_below: Option<u64>,
) -> Mend {
    let scale = Percent::HUNDRED.millionths();
    let covered = scale * u128::from(value.covered());
    let need = (bar.millionths() * u128::from(value.total())).saturating_sub(covered);
    let mut lines = Vec::new();
    let mut again = Vec::new();
    for changed in all.iter().filter(|changed| !is_met(rule, changed.line)) {
        let share = changed.share(rule).total();
        let counts = |class| rule.count.contains(&class);
        let steps = match changed.class {
            Class::New if counts(LineClass::New) => scale * u128::from(gain(rule, changed.line)),
            Class::New => scale.saturating_sub(bar.millionths()) * u128::from(share),
            Class::Known { was_met: true, .. } if counts(LineClass::Regressed) => {
                again.push(MissedLine { file: changed.file, line: changed.line.number, gain: 1 });
                bar.millionths() * u128::from(share)
            }
            Class::Known { was_met: true, .. } => 0,
            Class::Known { how: Motion::Moved, .. } if counts(LineClass::Moved) => {
                scale * u128::from(gain(rule, changed.line))
            }
            Class::Known { how: Motion::Reformatted, .. } if counts(LineClass::Reformatted) => {
                scale * u128::from(gain(rule, changed.line))
            }
            Class::Known { .. } => 0,
        };
        if let Some(gain) = u64::try_from(steps).ok().filter(|gain| *gain > 0) {
            lines.push(MissedLine { file: changed.file, line: changed.line.number, gain });
        }
    }
    let to_the_bar = Mend::cover(need, of_report(rule, lines));
    match spared_below {
        // With a few lines less, the bar does not apply.
        Some(excess) if again.len() as u64 >= excess => {
            Mend::AnyOf(vec![to_the_bar, Mend::cover(excess, of_report(rule, again))])
        }
        Some(_) | None => to_the_bar,
    }
}
