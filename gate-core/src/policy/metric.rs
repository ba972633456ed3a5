//! `metric:` — a number of a report is as it should be.

use super::{
    best::{self, Best, Keys},
    decode::{Needed, Spanned, number_schema, section, tolerance_schema, words},
    demands::{self, WithoutBaseline},
    expected::Reports,
    needs::{Kind, Needs},
    problem::Problems,
};
use crate::measure::{ContentKind, Decimal, Percent};

section! {
    /// A number of a report is as it should be.
    struct RawMetric {
        /// The report, by its name under `reports`.
        report: Needed<String>,
        /// The JSON pointer of the number, for example `/startup/p99`.
        pointer: Needed<String>,
        /// Which direction is better.
        better: Needed<Better>,
        /// The most that it may be; where lower is better.
        #[schemars(schema_with = "number_schema", default)]
        at_most: Option<Spanned<Decimal>>,
        /// The least that it must be; where higher is better.
        #[schemars(schema_with = "number_schema", default)]
        at_least: Option<Spanned<Decimal>>,
        /// How much worse than the baseline's it may be: a number, or a percentage of the
        /// baseline's.
        #[schemars(schema_with = "tolerance_schema", default)]
        worse_by_at_most: Option<Spanned<Tolerance>>,
        /// A ratchet where higher is better: never below the best that the base branch has reached.
        never_below: Option<Spanned<Best>>,
        /// A ratchet where lower is better: never above the best that the base branch has reached.
        never_above: Option<Spanned<Best>>,
        /// How much worse than the best that the base branch has reached it may be, by all of what
        /// became worse together: a number, or a percentage of the best.
        #[schemars(schema_with = "tolerance_schema", default)]
        drift_budget: Option<Spanned<Tolerance>>,
        /// What holds when there is no baseline to compare with. Default: `inconclusive`.
        without_baseline: Option<Spanned<WithoutBaseline>>,
    }
}

words! {
    /// Which direction of a number is better.
    enum Better, "direction" {
        /// The lower the better.
        Lower = "lower",
        /// The higher the better.
        Higher = "higher",
    }
}

/// How much worse a number may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tolerance {
    /// By so much.
    Amount(Decimal),
    /// By so much of the baseline's number.
    Share(Percent),
}

impl Tolerance {
    /// How much that is where the baseline is so much.
    #[must_use]
    pub fn of(self, baseline: Decimal) -> Decimal {
        match self {
            Self::Amount(amount) => amount,
            Self::Share(percent) => baseline.magnitude().percent(percent),
        }
    }
}

/// A metric rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetricRule {
    /// The report's name.
    pub report: String,
    /// The JSON pointer of the number.
    pub pointer: String,
    /// Which direction is better.
    pub better: Better,
    /// The bar, which is a maximum where lower is better and else a minimum.
    pub bar: Option<Decimal>,
    /// How much worse than the baseline's it may be.
    pub worse_by_at_most: Option<Tolerance>,
    /// Whether it must never be worse than the best that the base branch has reached.
    pub never_worse: Option<Best>,
    /// How much worse than that best it may become, by all together.
    pub drift_budget: Option<Tolerance>,
    /// What holds without a baseline.
    pub without_baseline: WithoutBaseline,
}

impl MetricRule {
    /// Whether it compares with what the base branch has reached.
    #[must_use]
    pub const fn needs_history(&self) -> bool {
        self.never_worse.is_some() || self.drift_budget.is_some()
    }
}

impl Kind for MetricRule {
    fn report(&self) -> Option<&str> {
        Some(&self.report)
    }

    fn needs(&self) -> Needs {
        let history = self.needs_history();
        let baseline = self.worse_by_at_most.is_some() || history;
        Needs { baseline, history, ..Needs::default() }
    }

    fn measure(&self) -> Option<String> {
        let (report, pointer) = (&self.report, &self.pointer);
        // Which of two is the better one is a part of it: the best is kept by that.
        let better = self.better.word();
        self.needs_history().then(|| format!("{pointer:?} of {report:?}, {better} is better"))
    }
}

pub(super) fn validate(
    raw: &Spanned<RawMetric>,
    reports: &Reports,
    problems: &mut Problems,
) -> Option<MetricRule> {
    let RawMetric {
        report,
        pointer,
        better,
        at_most,
        at_least,
        worse_by_at_most,
        never_below,
        never_above,
        drift_budget,
        without_baseline,
    } = &raw.value;
    let damaged = problems.are_in(raw.place);
    let report = reports.find(report.get(), ContentKind::Metrics, problems);
    let pointer = pointer.get().and_then(|pointer| check_pointer(pointer, problems));
    if let (Some(report), Some(pointer)) = (&report, &pointer) {
        check_part(report, pointer, raw, reports, problems);
    }
    let bar = match better.get()?.value {
        Better::Lower => bar(at_most.as_ref(), at_least.as_ref(), "lower", "at-most", problems),
        Better::Higher => bar(at_least.as_ref(), at_most.as_ref(), "higher", "at-least", problems),
    }?;
    let ratchet = match better.get()?.value {
        Better::Lower => ratchet(never_above, never_below, ("lower", "never-above"), problems),
        Better::Higher => ratchet(never_below, never_above, ("higher", "never-below"), problems),
    }?;
    let tolerance = worse_by_at_most.as_ref().map(|tolerance| tolerance.place);
    let budget = drift_budget.as_ref();
    best::check(&Keys { ratchet, budget, tolerance: (tolerance, "worse-by-at-most") }, problems);
    let compares = worse_by_at_most.is_some() || ratchet.is_some();
    if bar.is_none() && !compares && drift_budget.is_none() && !damaged {
        problems.add_with_hint(
            raw.place.first(),
            "this rule has no bar",
            "give `at-most` or `at-least`, `worse-by-at-most: 5%`, or a ratchet (`never-above`, \
             `never-below`)",
        );
    }
    let without_baseline = demands::without_baseline_or_bar(
        without_baseline.as_ref(),
        compares || damaged,
        "add `worse-by-at-most: 5%`",
        (bar.is_some() || damaged, "`at-most` or `at-least`"),
        problems,
    );
    Some(MetricRule {
        report: report?,
        pointer: pointer?,
        better: better.get()?.value,
        bar,
        worse_by_at_most: worse_by_at_most.as_ref().map(|tolerance| tolerance.value),
        never_worse: ratchet.map(|(best, _)| best.value),
        drift_budget: drift_budget.as_ref().map(|tolerance| tolerance.value),
        without_baseline,
    })
}

/// The bar on the worse side; one on the better side would punish what is good.
#[expect(clippy::option_option, reason = "outer: a problem was added; inner: there is no bar")]
fn bar(
    bar: Option<&Spanned<Decimal>>,
    wrong: Option<&Spanned<Decimal>>,
    word: &str,
    key: &str,
    problems: &mut Problems,
) -> Option<Option<Decimal>> {
    if let Some(wrong) = wrong {
        let message = format!("where {word} is better, the bar is `{key}`");
        problems.add(wrong.place, message);
        return None;
    }
    Some(bar.map(|bar| bar.value))
}

/// The ratchet on the worse side, with its key.
#[expect(clippy::option_option, reason = "outer: a problem was added; inner: there is no ratchet")]
fn ratchet<'a>(
    ratchet: &'a Option<Spanned<Best>>,
    wrong: &Option<Spanned<Best>>,
    (word, key): (&str, &'static str),
    problems: &mut Problems,
) -> Option<Option<(&'a Spanned<Best>, &'static str)>> {
    if let Some(wrong) = wrong {
        problems.add(wrong.place, format!("where {word} is better, the ratchet is `{key}`"));
        return None;
    }
    Some(ratchet.as_ref().map(|best| (best, key)))
}

fn check_pointer(pointer: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    let text = &pointer.value;
    let escapes = text.split('~').skip(1).all(|after| after.starts_with(['0', '1']));
    if (text.is_empty() || text.starts_with('/')) && escapes {
        return Some(text.clone());
    }
    problems.add_with_hint(
        pointer.place,
        "a JSON pointer begins with `/`; in a key, `~` is written `~0` and `/` is written `~1`",
        "for example /startup/p99",
    );
    None
}

/// The numbers of a report with parts stand below the names of these.
fn check_part(
    report: &str,
    pointer: &str,
    raw: &Spanned<RawMetric>,
    reports: &Reports,
    problems: &mut Problems,
) {
    let parts = reports.parts(report);
    let is_in = |part: &String| {
        pointer.strip_prefix('/').is_some_and(|rest| {
            rest.strip_prefix(part.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    if !parts.is_empty() && !parts.iter().any(is_in) {
        let place = raw.value.pointer.get().map_or(raw.place, |pointer| pointer.place);
        problems.add_with_hint(
            place,
            format!("the numbers of `{report}` stand below the names of its parts"),
            format!("for example /{}{pointer}", parts.first().map_or("", String::as_str)),
        );
    }
}
