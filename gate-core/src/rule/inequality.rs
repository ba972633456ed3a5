//! Numbers side by side, as a true statement with its sign: `412/500 = 82.40 % ≥ 82 % ✓`.

use std::{cmp::Ordering, fmt};

use super::reason::Comparison;
use crate::{
    measure::{Decimal, Outcome, Percent, Ratio},
    policy::{Better, Tolerance},
};

impl Comparison {
    /// Whether the numbers compare as they had to. `None` when something is `0/0`.
    #[must_use]
    pub fn holds(self) -> Option<bool> {
        match self {
            Self::AtLeast { value, bar, .. } => value.meets(bar),
            Self::AtMostBelow { value, baseline, tolerance, .. } => {
                value.at_most_below(baseline, tolerance)
            }
            Self::AtMost { value, maximum } => Some(value <= maximum),
            Self::CountAtLeast { value, minimum } => Some(value >= minimum),
            Self::Number { value, bar, better: Better::Lower } => Some(value <= bar),
            Self::Number { value, bar, better: Better::Higher } => Some(value >= bar),
            Self::NotWorse { value, baseline, tolerance, better } => {
                let allowed = tolerance.of(baseline).negated();
                let [one, other] = worse(value, baseline, better);
                let excess = Decimal::sum(&[one, other, allowed]);
                Some(excess.sign() != Ordering::Greater)
            }
        }
    }
}

/// The statement. Percentages are rounded down for display, to as many decimals as it takes to tell
/// them from the bar, and drops are rounded up: what is shown never looks better than what is.
impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, "baseline")
    }
}

impl Comparison {
    /// The statement, where what is compared with has another name than the baseline.
    pub(super) fn against(self, name: &str) -> impl fmt::Display {
        fmt::from_fn(move |f| self.write(f, name))
    }

    fn write(self, f: &mut fmt::Formatter<'_>, base: &str) -> fmt::Result {
        let Some(holds) = self.holds() else {
            return f.write_str("0/0: nothing was measured");
        };
        let sign = Outcome::of(holds).sign();
        let relation = |held: &'static str, missed: &'static str| if holds { held } else { missed };
        match self {
            Self::AtLeast { metric, value, bar } => {
                let relation = relation("≥", "<");
                let shown = Shown { value, places: bar.decimals().max(2) };
                write!(f, "{} {shown} {relation} {bar} {sign}", metric.word())
            }
            Self::AtMostBelow { metric, value, baseline, tolerance } => {
                let places = tolerance.decimals().max(2);
                let (now, then) = (Shown { value, places }, Shown { value: baseline, places });
                let drop = value.drop_from(baseline).unwrap_or(Percent::ZERO);
                let drop = points(drop, places);
                let (tolerance, relation) = (points(tolerance, places), relation("≤", ">"));
                let word = metric.word();
                write!(
                    f,
                    "{word} {now}, {base} {then}: drop of {drop} {relation} {tolerance} {sign}"
                )
            }
            Self::AtMost { value, maximum } => {
                write!(f, "{value} {} {maximum} {sign}", relation("≤", ">"))
            }
            Self::CountAtLeast { value, minimum } => {
                write!(f, "{value} {} {minimum} {sign}", relation("≥", "<"))
            }
            Self::Number { value, bar, better: Better::Lower } => {
                write!(f, "{value} {} {bar} {sign}", relation("≤", ">"))
            }
            Self::Number { value, bar, better: Better::Higher } => {
                write!(f, "{value} {} {bar} {sign}", relation("≥", "<"))
            }
            Self::NotWorse { value, baseline, tolerance, better } => {
                let [one, other] = worse(value, baseline, better);
                let by = Decimal::sum(&[one, other]);
                write!(f, "{value}, {base} {baseline}: ")?;
                match by.sign() {
                    Ordering::Greater => {
                        let allowed = tolerance.of(baseline);
                        write!(f, "worse by {by} {} {allowed}", relation("≤", ">"))?;
                        match tolerance {
                            Tolerance::Share(percent) => write!(f, " ({percent}) {sign}"),
                            Tolerance::Amount(_) => write!(f, " {sign}"),
                        }
                    }
                    Ordering::Equal => write!(f, "unchanged {sign}"),
                    Ordering::Less => {
                        let by = Decimal::sum(&[one.negated(), other.negated()]);
                        write!(f, "better by {by} {sign}")
                    }
                }
            }
        }
    }
}

/// The terms of how much worse a number is than the baseline's.
fn worse(value: Decimal, baseline: Decimal, better: Better) -> [Decimal; 2] {
    match better {
        Better::Lower => [value, baseline.negated()],
        Better::Higher => [baseline, value.negated()],
    }
}

/// `412/500 = 82.40 %`.
struct Shown {
    value: Ratio,
    places: usize,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.value.covered(), self.value.total())?;
        match self.value.floor() {
            Some(percent) => write!(f, " = {}", percent.display(self.places)),
            None => Ok(()),
        }
    }
}

/// Percentage points, rounded up.
fn points(points: Percent, places: usize) -> String {
    let text = points.ceil_to(places).display(places).to_string();
    text.replace(" %", " points")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Metric;

    fn at_least(covered: u64, total: u64, bar: &str) -> String {
        let value = Ratio::new(covered, total).unwrap();
        Comparison::AtLeast { metric: Metric::Lines, value, bar: bar.parse().unwrap() }.to_string()
    }

    #[test]
    fn states_the_inequality_that_is_true() {
        assert_eq!(at_least(412, 500, "82%"), "lines 412/500 = 82.40 % ≥ 82 % ✓");
        assert_eq!(at_least(409, 500, "82%"), "lines 409/500 = 81.80 % < 82 % ✗");
        assert_eq!(at_least(0, 0, "82%"), "0/0: nothing was measured");
    }

    #[test]
    fn rounding_never_reaches_the_bar_from_below() {
        assert_eq!(at_least(25_001, 25_002, "100%"), "lines 25001/25002 = 99.99 % < 100 % ✗");
        assert_eq!(at_least(159, 200, "80%"), "lines 159/200 = 79.50 % < 80 % ✗");
        assert_eq!(
            at_least(82_006, 100_000, "82.005%"),
            "lines 82006/100000 = 82.006 % ≥ 82.005 % ✓"
        );
    }

    #[test]
    fn a_drop_is_rounded_up() {
        let comparison = |covered, tolerance: &str| Comparison::AtMostBelow {
            metric: Metric::Combined,
            value: Ratio::new(covered, 30_000).unwrap(),
            baseline: Ratio::new(1, 2).unwrap(),
            tolerance: tolerance.parse().unwrap(),
        };
        assert_eq!(
            comparison(14_999, "0%").to_string(),
            "combined 14999/30000 = 49.99 %, baseline 1/2 = 50.00 %: drop of 0.01 points > 0.00 points ✗"
        );
        assert_eq!(
            comparison(14_999, "0.2%").to_string(),
            "combined 14999/30000 = 49.99 %, baseline 1/2 = 50.00 %: drop of 0.01 points ≤ 0.20 points ✓"
        );
    }
}
