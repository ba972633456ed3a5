//! Sums of differences between ratios, exactly: each ratio has a total of its own, and so the sum of
//! many has a denominator that no machine word holds.

use std::fmt;

use num_rational::BigRational;

use super::{Percent, Ratio};

/// So many percentage points, exactly; may be below zero.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Points(BigRational);

impl Points {
    /// How far it goes down from the first to the second of each pair, all in all. What is `0/0` is
    /// no number, and its pair says nothing.
    #[must_use]
    pub fn down(pairs: &[(Ratio, Ratio)]) -> Self {
        let sides = pairs.iter().filter(|(from, to)| !from.is_empty() && !to.is_empty());
        let sum = sides
            .fold(BigRational::from_integer(0.into()), |sum, (from, to)| sum + of(*from) - of(*to));
        Self(sum)
    }

    /// What is left of so many percentage points; never below zero.
    #[must_use]
    pub fn left_of(&self, budget: Percent) -> Self {
        let none = BigRational::from_integer(0.into());
        let millionths = BigRational::from_integer(1_000_000.into());
        let budget = BigRational::from_integer(budget.millionths().into()) / millionths;
        Self((budget - &self.0).max(none))
    }

    /// For people, rounded up to so many decimals: what was spent.
    pub fn up(&self, places: usize) -> impl fmt::Display + use<> {
        Self::shown(&(self.scaled(places).ceil()), places)
    }

    /// For people, with the decimals after these cut off: what came back, and what is left.
    pub fn floor(&self, places: usize) -> impl fmt::Display + use<> {
        Self::shown(&(self.scaled(places).floor()), places)
    }

    fn scaled(&self, places: usize) -> BigRational {
        let power = u32::try_from(places).unwrap_or_default().min(18);
        &self.0 * BigRational::from_integer(10_u64.pow(power).into())
    }

    /// A whole number of the last decimal, with its point.
    fn shown(whole: &BigRational, places: usize) -> String {
        let digits = whole.to_integer().to_string();
        let (sign, digits) = match digits.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", digits.as_str()),
        };
        let width = places + 1;
        let padded = format!("{digits:0>width$}");
        let (whole, fraction) = padded.split_at(padded.len() - places);
        if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

/// A ratio in percent.
fn of(ratio: Ratio) -> BigRational {
    let hundred = BigRational::from_integer(100.into());
    BigRational::new(ratio.covered().into(), ratio.total().max(1).into()) * hundred
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(covered: u64, total: u64) -> Ratio {
        Ratio::new(covered, total).unwrap()
    }

    #[test]
    fn thirds_and_sevenths_add_up_exactly() {
        // 1/3 − 1/7 + 1/7 − 0 = 1/3.
        let down = Points::down(&[
            (ratio(1, 3), ratio(1, 7)),
            (ratio(1, 7), ratio(0, 1)),
            (ratio(1, 1), ratio(1, 1)),
        ]);
        assert_eq!(
            (down.up(2).to_string(), down.floor(2).to_string()),
            ("33.34".into(), "33.33".into())
        );
        assert_eq!(down, Points::down(&[(ratio(1, 3), ratio(0, 9))]));
    }

    #[test]
    fn what_was_spent_is_rounded_up_and_what_is_left_down() {
        let down = Points::down(&[(ratio(1, 1), ratio(999_999, 1_000_000))]);
        assert_eq!(down.up(2).to_string(), "0.01");
        let left = down.left_of("1%".parse().unwrap());
        assert_eq!(left.floor(2).to_string(), "0.99");
        assert_eq!(left.floor(4).to_string(), "0.9999");
        assert_eq!(down.left_of(Percent::ZERO).floor(2).to_string(), "0.00");
    }

    #[test]
    fn a_rise_is_below_zero() {
        let down = Points::down(&[(ratio(1, 2), ratio(3, 4))]);
        assert_eq!(down.up(1).to_string(), "-25.0");
        assert_eq!(down.up(0).to_string(), "-25");
    }
}
