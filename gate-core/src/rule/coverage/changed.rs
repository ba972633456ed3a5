//! `of: changed-lines` and `of: changed-files`: what the pull request brings.
//!
//! Of an uncovered line that changed, it counts where it comes from. What stood elsewhere or in
//! another form, and was not covered there, is no new debt; what was covered there is lost.

use std::collections::{BTreeMap, BTreeSet};

use super::{against_bar, by_bars, counted, is_met, missed, of};
use crate::{
    evidence::{ChangeSet, Coverage, FileChange, FileCoverage, Line, LineOrigin, Motion, Totals},
    measure::{Location, Message, Outcome, Ratio, RepoPath},
    policy::{CoverageRule, LineClass},
    rule::{
        Case, Code, Item, Reason,
        reports::{self, Absent, Present},
    },
};

/// A changed line of the report.
pub(super) struct Changed<'a> {
    /// The place of its file in the report.
    pub(super) file: u32,
    path: &'a RepoPath,
    pub(super) line: Line,
    pub(super) class: Class<'a>,
}

/// What a changed line is.
pub(super) enum Class<'a> {
    /// New, covered or not.
    New,
    /// It stood there before; whether it was covered, the baseline has told.
    Known { from: &'a RepoPath, line: u32, how: Motion, was_met: bool },
}

/// The lines that the pull request brings.
pub(super) fn lines(
    rule: &CoverageRule,
    head: &Present<'_, Coverage>,
    changes: &ChangeSet,
    case: Case<'_>,
) -> Vec<Reason> {
    let by_path = changes.by_path();
    let mut reasons: Vec<Reason> = unmeasured(rule, head.content, &by_path).into_iter().collect();
    // Moved lines are looked up in the baseline; it is only asked for where there are any.
    let baseline = reports::baseline::<Coverage>(&rule.report, case, rule.without_baseline);
    let base = baseline.as_ref().ok().map(|base| base.content);
    let mut unknown = false;
    let mut all = Vec::new();
    for (place, file) in (0_u32..).zip(&head.content.files) {
        let looked_at = rule.paths.contain(file.path());
        let Some(change) = by_path.get(file.path()).filter(|_| looked_at) else { continue };
        for &line in file.lines() {
            let class = match change.origin(line.number) {
                LineOrigin::Unchanged(_) => continue,
                LineOrigin::New => Class::New,
                LineOrigin::From(from, old, how) => {
                    let was = base.and_then(|base| base.file(from)?.line(old));
                    unknown |= base.is_none() && !is_met(rule, line);
                    match was {
                        Some(was) => {
                            Class::Known { from, line: old, how, was_met: is_met(rule, was) }
                        }
                        // Nobody knows that it was not covered.
                        None => Class::New,
                    }
                }
            };
            all.push(Changed { file: place, path: file.path(), line, class });
        }
    }
    if let Some(reason) = undecided(baseline, unknown) {
        reasons.push(reason);
    }
    reasons.extend(judge(rule, &all, unknown, case));
    reasons
}

/// A baseline that is on its way or broken may still excuse what is not covered.
fn undecided<T>(baseline: Result<T, Absent>, unknown: bool) -> Option<Reason> {
    match baseline {
        Err(Absent::Reason(reason)) if unknown && reason.code != Code::BaselineMissing => {
            Some(*reason)
        }
        Ok(_) | Err(_) => None,
    }
}

fn judge(rule: &CoverageRule, all: &[Changed<'_>], unknown: bool, case: Case<'_>) -> Vec<Reason> {
    let (counting, excused): (Vec<&Changed<'_>>, Vec<&Changed<'_>>) =
        all.iter().partition(|changed| counts(rule, changed));
    // What was moved and is covered as it was says nothing about this change.
    let excused: Vec<&Changed<'_>> =
        excused.into_iter().filter(|changed| !is_met(rule, changed.line)).collect();
    let value = counting.iter().fold(Ratio::default(), |sum, one| sum.plus(one.share(rule)));
    let size = size(rule, all);
    let mut reasons = Vec::new();
    match rule.at_least {
        _ if value.is_empty() => reasons.push(nothing_counts(rule, all)),
        Some(bar) => {
            let reason = against_bar(rule, value, bar, case);
            let unmet: Vec<&Changed<'_>> =
                counting.iter().copied().filter(|changed| !is_met(rule, changed.line)).collect();
            let mut reason = reason.about(&runs(&unmet), Run::item);
            if reason.outcome == Outcome::Failed {
                let spared = rule.small_change.map(|limit| (size + 1).saturating_sub(limit));
                let bar = bar.on(case.today());
                reason = reason.mended_by(missed::of_changed(rule, all, value, bar, spared));
            }
            reasons.push(match rule.small_change {
                Some(limit) if size < limit => small(reason, size, limit),
                Some(_) | None => reason,
            });
        }
        None => {}
    }
    if !excused.is_empty() {
        let (count, s) = (excused.len(), if excused.len() == 1 { "" } else { "s" });
        let message = Message::new(format_args!(
            "{count} line{s} that came from elsewhere or from another form, and not covered \
             there either, not counted"
        ));
        let reason = Reason::new(Code::NotIntroduced, Outcome::Skipped, message);
        reasons.push(reason.about(&runs(&excused), Run::item));
    }
    if unknown && let Some(reason) = reasons.first_mut() {
        reason.message = std::mem::take(&mut reason.message)
            .say("; without a baseline, lines that were moved or reformatted count as new");
    }
    reasons
}

impl Changed<'_> {
    /// Whether it came from elsewhere or from another form, covered there and here.
    fn is_held(&self, rule: &CoverageRule) -> bool {
        matches!(self.class, Class::Known { was_met: true, .. }) && is_met(rule, self.line)
    }

    /// What the line brings to the sum. Of one that was covered before, what is lost: what still is as
    /// it was says nothing about this change, and would make it worse to cover the rest.
    pub(super) fn share(&self, rule: &CoverageRule) -> Ratio {
        let whole = counted(rule, Totals::of_lines(&[self.line]));
        match self.class {
            Class::Known { was_met: true, .. } => {
                let lost = whole.total().saturating_sub(whole.covered());
                Ratio::new(0, lost).unwrap_or_default()
            }
            Class::New | Class::Known { was_met: false, .. } => whole,
        }
    }
}

/// How many changed lines can be covered, for `small-change`: those that the bar is about, and those
/// that it would be about if they were covered, so that covering a line never brings the bar back.
fn size(rule: &CoverageRule, all: &[Changed<'_>]) -> u64 {
    let such = |one: &&Changed<'_>| matches!(one.class, Class::New) || counts(rule, one);
    all.iter().filter(such).count() as u64
}

/// Where the bar is about no line. Lines that are as well covered as they were hold it; a change
/// without any line that can be covered says nothing.
fn nothing_counts(rule: &CoverageRule, all: &[Changed<'_>]) -> Reason {
    let held = all.iter().filter(|changed| changed.is_held(rule)).count();
    if held == 0 {
        let message = match all.is_empty() {
            true => "no line that can be covered was changed",
            false => "no line was changed that the rule counts",
        };
        return Reason::new(Code::NothingChanged, Outcome::Skipped, Message::new(message));
    }
    let message = match held {
        1 => {
            Message::new("1 line came from elsewhere or from another form, covered there and here")
        }
        _ => Message::new(format_args!(
            "{held} lines came from elsewhere or from another form, covered there and here"
        )),
    };
    Reason::new(Code::CoveredAsBefore, Outcome::Passed, message)
}

/// Whether the line is one that the bar is about.
fn counts(rule: &CoverageRule, changed: &Changed<'_>) -> bool {
    let class = match changed.class {
        Class::New => return rule.count.contains(&LineClass::New) || is_met(rule, changed.line),
        Class::Known { .. } if changed.is_held(rule) => return false,
        Class::Known { was_met: true, .. } => LineClass::Regressed,
        Class::Known { how: Motion::Moved, .. } => LineClass::Moved,
        Class::Known { how: Motion::Reformatted, .. } => LineClass::Reformatted,
    };
    rule.count.contains(&class)
}

/// The bar is not applied to a few lines; what it would have said stays in sight.
fn small(mut reason: Reason, lines: u64, limit: u64) -> Reason {
    reason.message = Message::new(format_args!(
        "{lines} changed line{s} that can be covered, fewer than {limit}, so the bar does not \
         apply: ",
        s = if lines == 1 { "" } else { "s" }
    ))
    .then(&reason.message);
    reason.mend = None;
    reason.code = Code::SmallChange;
    reason.outcome = Outcome::Passed;
    reason.hint = None;
    reason
}

/// Uncovered lines in a row that are the same in every respect.
struct Run<'a> {
    path: &'a RepoPath,
    first: u32,
    last: u32,
    /// How they came there, and from where.
    from: Option<(&'a RepoPath, u32, Motion, bool)>,
    /// Whether some of them ran, and branches are missing only.
    partial: bool,
}

fn runs<'a>(lines: &[&Changed<'a>]) -> Vec<Run<'a>> {
    let mut runs: Vec<Run<'a>> = Vec::new();
    for changed in lines {
        let from = match changed.class {
            Class::New => None,
            Class::Known { from, line, how, was_met } => Some((from, line, how, was_met)),
        };
        let (number, partial) = (changed.line.number, changed.line.is_covered());
        // Of another file, the lines begin anew.
        let before = runs.last_mut().filter(|run| run.path == changed.path);
        if let Some(run) = before {
            let same = match (&run.from, &from) {
                (None, None) => true,
                (Some((path, line, how, met)), Some((now, at, now_how, now_met))) => {
                    let further = number.checked_sub(run.first);
                    path == now
                        && how == now_how
                        && met == now_met
                        && further.and_then(|further| line.checked_add(further)) == Some(*at)
                }
                (None, Some(_)) | (Some(_), None) => false,
            };
            if same && run.last + 1 == number && run.partial == partial {
                run.last = number;
                continue;
            }
        }
        runs.push(Run { path: changed.path, first: number, last: number, from, partial });
    }
    runs
}

impl Run<'_> {
    fn item(&self) -> Item {
        let what = if self.partial { "not all branches covered" } else { "not covered" };
        let message = match self.from {
            None => Message::new(format_args!("new, {what}")),
            Some((path, line, _, true)) => {
                Message::new(format_args!("{what}, and was at ")).quote(format!("{path}:{line}"))
            }
            Some((path, line, how, false)) => {
                let how = match how {
                    Motion::Moved => "moved from ",
                    Motion::Reformatted => "reformatted from ",
                };
                Message::new(how).quote(format!("{path}:{line}")).say(", where it was not covered")
            }
        };
        Item {
            location: Some(Location {
                path: self.path.clone(),
                line: Some(self.first),
                end_line: (self.last > self.first).then_some(self.last),
            }),
            ..Item::new(message)
        }
    }
}

/// The changed files that the report should have and has not.
fn unmeasured(
    rule: &CoverageRule,
    coverage: &Coverage,
    by_path: &BTreeMap<&RepoPath, &FileChange>,
) -> Option<Reason> {
    let ending = |path: &RepoPath| {
        let name = path.as_str().rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map(|(_, ending)| ending.to_owned())
    };
    // Where the policy does not say what source is, what ends like the files of the report is.
    let endings: BTreeSet<String> = if rule.paths.names_files() {
        BTreeSet::new()
    } else {
        coverage.files.iter().filter_map(|file| ending(file.path())).collect()
    };
    let is_source = |path: &RepoPath| {
        rule.paths.contain(path)
            && (rule.paths.names_files()
                || ending(path).is_some_and(|ending| endings.contains(&ending)))
    };
    let missing: Vec<&RepoPath> = by_path
        .values()
        .filter(|change| !change.binary && change.added_lines() > 0)
        .map(|change| &change.path)
        .filter(|path| is_source(path) && coverage.file(path).is_none())
        .collect();
    if missing.is_empty() {
        return None;
    }
    let (count, s) = (missing.len(), if missing.len() == 1 { "" } else { "s" });
    let is = if count == 1 { "is" } else { "are" };
    let message =
        Message::new(format_args!("{count} changed source file{s} {is} not in the report "))
            .quote(&rule.report)
            .say(": ")
            .quote_each(missing.iter().map(|path| path.as_str()), 5);
    let item = |path: &&RepoPath| Item {
        location: Some(Location { path: (*path).clone(), line: None, end_line: None }),
        ..Item::new(Message::new("not measured"))
    };
    Some(
        Reason::new(Code::ChangedFileUnmeasured, Outcome::Inconclusive, message)
            .hint(Message::new(
                "measure it, or say in the rule that it is no source (`paths: { exclude: […] }`)",
            ))
            .about(&missing, item),
    )
}

/// The files that the pull request changes, with all their lines.
pub(super) fn files(
    rule: &CoverageRule,
    head: &Present<'_, Coverage>,
    changes: &ChangeSet,
    case: Case<'_>,
) -> Vec<Reason> {
    let by_path = changes.by_path();
    let mut reasons: Vec<Reason> = unmeasured(rule, head.content, &by_path).into_iter().collect();
    let is_chosen =
        |file: &FileCoverage| rule.paths.contain(file.path()) && by_path.contains_key(file.path());
    let chosen: Vec<&FileCoverage> =
        head.content.files.iter().filter(|file| is_chosen(file)).collect();
    let sum = |files: &[&FileCoverage]| {
        files.iter().fold(Totals::default(), |sum, file| sum.plus(file.totals()))
    };
    let value = counted(rule, sum(&chosen));
    if value.is_empty() {
        let message = of(rule).say("none can be covered");
        reasons.push(Reason::new(Code::NothingChanged, Outcome::Skipped, message));
        return reasons;
    }
    let judged = by_bars(rule, value, head, case, |base| {
        let old = chosen.iter().filter_map(|file| {
            base.file(by_path.get(file.path()).map_or(file.path(), |change| change.base_path()))
        });
        counted(rule, sum(&old.collect::<Vec<_>>()))
    });
    reasons
        .extend(missed::mended(rule, judged, || missed::of_files(rule, head.content, is_chosen)));
    reasons
}
