//! `coverage:` — so much of the code must have run in the tests.

use jiff::civil::Date;

use super::{
    best::{self, Best, Keys},
    decode::{Needed, Spanned, date_schema, percent_schema, section, words},
    demands::{self, Demands, WithoutBaseline},
    expected::Reports,
    needs::{Kind, Needs},
    paths::{self, Paths, RawPaths},
    problem::{Place, Problems},
};
use crate::measure::{ContentKind, Percent};

section! {
    /// So much of the code must have run in the tests.
    struct RawCoverage {
        /// The report, by its name under `reports`.
        report: Needed<String>,
        /// Of what. Default: `project`.
        of: Option<Spanned<Of>>,
        /// What is counted. Default: `lines`.
        metric: Option<Spanned<Metric>>,
        /// How a line counts of which only some branches ran. Default: `covered`.
        partial: Option<Spanned<Partial>>,
        /// The least that must be covered.
        #[schemars(schema_with = "percent_schema", default)]
        at_least: Option<Spanned<Percent>>,
        /// A climb of `at-least` by date.
        ramp: Option<Spanned<RawRamp>>,
        /// How many percentage points the coverage may be below the baseline's.
        #[schemars(schema_with = "percent_schema", default)]
        at_most_below_baseline: Option<Spanned<Percent>>,
        /// A ratchet: it must never be below the best that the base branch has reached.
        never_below: Option<Spanned<Best>>,
        /// How many percentage points the coverage may be below the best that the base branch has
        /// reached, by all drops together.
        #[schemars(schema_with = "percent_schema", default)]
        drift_budget: Option<Spanned<Percent>>,
        /// What holds when there is no baseline to compare with. Default: `inconclusive`.
        without_baseline: Option<Spanned<WithoutBaseline>>,
        /// Which files count. Default: all of the report.
        paths: Option<Spanned<RawPaths>>,
        /// Which uncovered lines count, of those that changed. Default: `[new, regressed]`.
        count: Option<Spanned<Vec<Spanned<LineClass>>>>,
        /// With fewer changed lines that can be covered than this, the rule passes.
        small_change: Option<Spanned<u64>>,
        /// How many files must have been measured. Default: 1.
        examined_at_least: Option<Spanned<u64>>,
        /// How many files or classes may have been left unmeasured. Default: 0.
        unread_at_most: Option<Spanned<u64>>,
    }
}

section! {
    /// A climb of `at-least` to another bar.
    struct RawRamp {
        /// The bar at the end.
        #[schemars(schema_with = "percent_schema")]
        to: Needed<Percent>,
        /// The day from which the bar at the end holds (UTC).
        #[schemars(schema_with = "date_schema")]
        by: Needed<Date>,
        /// The day on which the climb begins (UTC); from there the bar rises a little every day.
        /// Without it, the bar stays at `at-least` until the day `by`.
        #[schemars(schema_with = "date_schema", default)]
        from: Option<Spanned<Date>>,
    }
}

words! {
    /// Of what the coverage is.
    enum Of, "scope" {
        /// Of everything the report measures.
        Project = "project",
        /// Of the lines that the pull request brings.
        ChangedLines = "changed-lines",
        /// Of the files that it changes, with all their lines.
        ChangedFiles = "changed-files",
        /// Of the lines that it leaves as they are.
        Indirect = "indirect",
    }
}

words! {
    /// What an uncovered line among the changed ones is.
    enum LineClass, "class" {
        /// Nothing like it was there.
        New = "new",
        /// It was covered where it stood before.
        Regressed = "regressed",
        /// It was not covered where it stood before, elsewhere.
        Moved = "moved",
        /// It was not covered before, in another form.
        Reformatted = "reformatted",
    }
}

words! {
    /// What is counted.
    enum Metric, "metric" {
        /// Lines.
        Lines = "lines",
        /// Branches.
        Branches = "branches",
        /// Lines and branches together, (lines + branches covered) / (lines + branches). This is
        /// coverage.py's own total, with and without branch measurement.
        Combined = "combined",
    }
}

words! {
    /// How a partially covered line counts.
    enum Partial, "choice" {
        /// As covered.
        Covered = "covered",
        /// As missed.
        Missed = "missed",
    }
}

/// A coverage rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CoverageRule {
    /// The report's name.
    pub report: String,
    /// Of what.
    pub of: Of,
    /// What is counted.
    pub metric: Metric,
    /// How a partially covered line counts.
    pub partial: Partial,
    /// The absolute bar.
    pub at_least: Option<Bar>,
    /// The tolerance below the baseline, in percentage points.
    pub at_most_below_baseline: Option<Percent>,
    /// Whether it must never be below the best that the base branch has reached.
    pub never_below: Option<Best>,
    /// How far all drops together may lead below that best, in percentage points.
    pub drift_budget: Option<Percent>,
    /// What holds without a baseline.
    pub without_baseline: WithoutBaseline,
    /// Which files count.
    pub paths: Paths,
    /// Which uncovered lines count, of those that changed.
    pub count: Vec<LineClass>,
    /// With fewer changed lines that can be covered, the rule passes.
    pub small_change: Option<u64>,
    /// The demands on the report.
    pub demands: Demands,
}

/// An absolute bar that may climb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bar {
    /// The bar at the beginning.
    pub at_least: Percent,
    /// Its climb.
    pub ramp: Option<Ramp>,
}

/// A climb to a higher bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ramp {
    /// The bar at the end.
    pub to: Percent,
    /// The day from which it holds.
    pub by: Date,
    /// The day on which the climb begins; none for a single step.
    pub from: Option<Date>,
}

impl Bar {
    /// The bar on this day: in a straight line between the two days, rounded down to a hundredth
    /// of a percent, so that it is a number one can write down.
    #[must_use]
    pub fn on(self, day: Date) -> Percent {
        let Some(Ramp { to, by, from }) = self.ramp else {
            return self.at_least;
        };
        if day >= by {
            return to;
        }
        let days = |start: Date, end: Date| {
            u128::try_from(start.duration_until(end).as_hours() / 24).unwrap_or_default()
        };
        match from {
            Some(from) if day > from => {
                let climb = to.millionths().saturating_sub(self.at_least.millionths());
                let climbed = climb * days(from, day) / days(from, by).max(1);
                Percent::from_millionths(self.at_least.millionths() + climbed).floor_to(2)
            }
            Some(_) | None => self.at_least,
        }
    }
}

impl CoverageRule {
    /// Whether it compares with what the base branch has reached.
    #[must_use]
    pub const fn needs_history(&self) -> bool {
        self.never_below.is_some() || self.drift_budget.is_some()
    }
}

impl Kind for CoverageRule {
    fn report(&self) -> Option<&str> {
        Some(&self.report)
    }

    fn needs(&self) -> Needs {
        let changes = self.of != Of::Project;
        // Whether a moved line was covered before, only the baseline tells.
        let history = self.needs_history();
        let compares = self.at_most_below_baseline.is_some() || self.of == Of::ChangedLines;
        Needs { baseline: compares || history, changes, history, ..Needs::default() }
    }

    fn measure(&self) -> Option<String> {
        let partial = match self.partial {
            Partial::Covered => "",
            Partial::Missed => ", partial lines missed",
        };
        self.needs_history().then(|| {
            let (metric, paths) = (self.metric.word(), self.paths.exactly());
            format!("{metric} of {:?}{partial}{paths}", self.report)
        })
    }
}

pub(super) fn validate(
    raw: &Spanned<RawCoverage>,
    reports: &Reports,
    problems: &mut Problems,
) -> Option<CoverageRule> {
    let RawCoverage {
        report,
        of,
        metric,
        partial,
        at_least,
        ramp,
        at_most_below_baseline,
        never_below,
        drift_budget,
        without_baseline,
        paths,
        count,
        small_change,
        examined_at_least,
        unread_at_most,
    } = &raw.value;
    let damaged = problems.are_in(raw.place);
    let report = reports.find(report.get(), ContentKind::Coverage, problems);
    let paths = paths::validate(paths.as_ref(), problems);
    let bar = bar(at_least.as_ref(), ramp.as_ref(), damaged, problems);
    let compares = at_most_below_baseline.is_some() || never_below.is_some();
    if at_least.is_none() && !compares && drift_budget.is_none() && !damaged {
        problems.add_with_hint(
            raw.place.first(),
            "this rule has no bar",
            "give `at-least: 80%`, `at-most-below-baseline: 0.2%` or `never-below: best-of-base`",
        );
    }
    let ratchet = never_below.as_ref().map(|best| (best, "never-below"));
    let tolerance = at_most_below_baseline.as_ref().map(|points| points.place);
    let tolerance = (tolerance, "at-most-below-baseline");
    best::check(&Keys { ratchet, budget: drift_budget.as_ref(), tolerance }, problems);
    let metric = metric.as_ref().map_or(Metric::Lines, |metric| metric.value);
    if let (Some(partial), Metric::Branches) = (partial, metric) {
        problems.add(partial.place, "`partial` is about lines; this rule counts branches");
    }
    let without_baseline = demands::without_baseline_or_bar(
        without_baseline.as_ref(),
        compares || damaged,
        "add `at-most-below-baseline: 0.2%`",
        (at_least.is_some() || damaged, "`at-least`"),
        problems,
    );
    let of = of.as_ref().map_or(Of::Project, |of| of.value);
    scope(of, &raw.value, problems);
    let default = || vec![LineClass::New, LineClass::Regressed];
    Some(CoverageRule {
        report: report?,
        of,
        metric,
        partial: partial.as_ref().map_or(Partial::Covered, |partial| partial.value),
        at_least: bar?,
        at_most_below_baseline: at_most_below_baseline.as_ref().map(|points| points.value),
        never_below: never_below.as_ref().map(|best| best.value),
        drift_budget: drift_budget.as_ref().map(|points| points.value),
        without_baseline,
        paths: paths?,
        count: count
            .as_ref()
            .map_or_else(default, |list| list.value.iter().map(|class| class.value).collect()),
        small_change: small_change.as_ref().map(|lines| lines.value),
        demands: Demands::new(examined_at_least.clone(), unread_at_most.clone()),
    })
}

/// The keys that belong to some scopes only.
fn scope(of: Of, raw: &RawCoverage, problems: &mut Problems) {
    let mut refuse = |place: Option<Place>, message: String| {
        if let Some(place) = place {
            problems.add(place, message);
        }
    };
    let word = of.word();
    if of != Of::Project {
        let message = "the best of the base is that of the whole project; leave `of` out";
        refuse(raw.never_below.as_ref().map(|key| key.place), message.to_owned());
        refuse(raw.drift_budget.as_ref().map(|key| key.place), message.to_owned());
    }
    let place = raw.at_most_below_baseline.as_ref().map(|key| key.place);
    if of == Of::ChangedLines {
        refuse(place, format!("`{word}` has no baseline of its own; give `at-least`"));
    } else {
        let only = "is about `of: changed-lines`";
        refuse(raw.count.as_ref().map(|key| key.place), format!("`count` {only}"));
        refuse(raw.small_change.as_ref().map(|key| key.place), format!("`small-change` {only}"));
    }
    if of == Of::Indirect {
        let place = raw.at_least.as_ref().map(|key| key.place);
        refuse(place, format!("`{word}` compares with the baseline: `at-most-below-baseline: 0%`"));
    }
}

#[expect(clippy::option_option, reason = "outer: a problem was added; inner: there is no bar")]
fn bar(
    at_least: Option<&Spanned<Percent>>,
    ramp: Option<&Spanned<RawRamp>>,
    damaged: bool,
    problems: &mut Problems,
) -> Option<Option<Bar>> {
    let Some(ramp) = ramp else {
        return Some(at_least.map(|bar| Bar { at_least: bar.value, ramp: None }));
    };
    let Some(at_least) = at_least else {
        if !damaged {
            problems.add(ramp.place, "a ramp climbs from `at-least`, which is missing here");
        }
        return None;
    };
    let RawRamp { to, by, from } = &ramp.value;
    let (to, by) = (to.get()?, by.get()?);
    if to.value <= at_least.value {
        problems.add(to.place, format!("a ramp climbs; this one starts at {}", at_least.value));
        return None;
    }
    if let Some(from) = from.as_ref().filter(|from| from.value >= by.value) {
        problems.add(from.place, "a ramp begins before the day it ends");
        return None;
    }
    let ramp = Ramp { to: to.value, by: by.value, from: from.as_ref().map(|from| from.value) };
    Some(Some(Bar { at_least: at_least.value, ramp: Some(ramp) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(from: Option<&str>) -> Bar {
        let ramp = Ramp {
            to: "80%".parse().unwrap(),
            by: "2027-06-30".parse().unwrap(),
            from: from.map(|day| day.parse().unwrap()),
        };
        Bar { at_least: "40%".parse().unwrap(), ramp: Some(ramp) }
    }

    fn on(bar: Bar, day: &str) -> String {
        bar.on(day.parse().unwrap()).to_string()
    }

    #[test]
    fn a_ramp_without_a_beginning_is_one_step() {
        assert_eq!(on(bar(None), "2027-06-29"), "40 %");
        assert_eq!(on(bar(None), "2027-06-30"), "80 %");
    }

    #[test]
    fn a_ramp_climbs_a_little_every_day() {
        let bar = bar(Some("2026-06-30"));
        assert_eq!(on(bar, "2026-01-01"), "40 %");
        assert_eq!(on(bar, "2026-06-30"), "40 %");
        assert_eq!(on(bar, "2026-07-01"), "40.1 %");
        assert_eq!(on(bar, "2026-12-30"), "60.05 %");
        assert_eq!(on(bar, "2027-06-29"), "79.89 %");
        assert_eq!(on(bar, "2027-06-30"), "80 %");
        assert_eq!(on(bar, "2030-01-01"), "80 %");
    }
}
