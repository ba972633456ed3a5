//! `covered/total` as two integers, compared by cross-multiplication.

use serde::{Deserialize, Serialize};

use super::Percent;

/// The largest total a ratio may have: over a trillion lines, far above any repository, and small
/// enough that every comparison below fits into 128 bits (2^40 · 2^40 · 10^8 < 2^107).
const MAX_TOTAL: u64 = 1 << 40;

/// So many of so many, for example 412 covered lines of 500.
///
/// `covered` is never above `total`. `0/0` is representable and means that nothing was there to be
/// covered; it meets no bar and misses none, so every reader has to name the case (see
/// [`Ratio::is_empty`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Ratio {
    covered: u64,
    total: u64,
}

/// Why two numbers are no ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RatioError {
    /// More is covered than is there.
    #[error("{covered} of {total} is more than all of it")]
    AboveTotal {
        /// The larger number.
        covered: u64,
        /// The smaller number.
        total: u64,
    },
    /// The total is beyond 2^40.
    #[error("{0} is more than a repository can hold")]
    TooLarge(u64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    covered: u64,
    total: u64,
}

impl TryFrom<Unchecked> for Ratio {
    type Error = RatioError;

    fn try_from(raw: Unchecked) -> Result<Self, RatioError> {
        Self::new(raw.covered, raw.total)
    }
}

impl Ratio {
    /// Nothing of nothing.
    pub const EMPTY: Self = Self { covered: 0, total: 0 };

    /// `covered` of `total`.
    ///
    /// # Errors
    /// When `covered` is above `total`, or `total` is above 2^40.
    pub fn new(covered: u64, total: u64) -> Result<Self, RatioError> {
        if total > MAX_TOTAL {
            Err(RatioError::TooLarge(total))
        } else if covered > total {
            Err(RatioError::AboveTotal { covered, total })
        } else {
            Ok(Self { covered, total })
        }
    }

    /// How many are covered.
    #[must_use]
    pub const fn covered(self) -> u64 {
        self.covered
    }

    /// How many there are.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.total
    }

    /// How many are not covered.
    #[must_use]
    pub const fn uncovered(self) -> u64 {
        self.total - self.covered
    }

    /// Whether this is `0/0`: nothing was measured, which is neither 0 % nor 100 %.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.total == 0
    }

    /// Both counts added up. A sum beyond 2^40 stays there, scaled down in neither part: it cannot
    /// be reached by reports within any limit this crate accepts.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let total = self.total.saturating_add(other.total).min(MAX_TOTAL);
        Self { covered: self.covered.saturating_add(other.covered).min(total), total }
    }

    /// Whether `covered/total ≥ bar`, exactly. `None` for `0/0`.
    #[must_use]
    pub fn meets(self, bar: Percent) -> Option<bool> {
        (!self.is_empty()).then(|| {
            u128::from(self.covered) * Percent::HUNDRED.millionths()
                >= bar.millionths() * u128::from(self.total)
        })
    }

    /// How many more must be covered, of the same total, until `bar` is met.
    #[must_use]
    pub fn missing_to(self, bar: Percent) -> u64 {
        let needed =
            (bar.millionths() * u128::from(self.total)).div_ceil(Percent::HUNDRED.millionths());
        u64::try_from(needed).unwrap_or(u64::MAX).saturating_sub(self.covered)
    }

    /// Whether this is at most `tolerance` percentage points below `base`, exactly. `None` when
    /// either is `0/0`.
    #[must_use]
    pub fn at_most_below(self, base: Self, tolerance: Percent) -> Option<bool> {
        if self.is_empty() || base.is_empty() {
            return None;
        }
        let scale = Percent::HUNDRED.millionths();
        let (here, there) = (u128::from(self.total), u128::from(base.total));
        Some(
            u128::from(self.covered) * there * scale + tolerance.millionths() * here * there
                >= u128::from(base.covered) * here * scale,
        )
    }

    /// How many more must be covered, of the same total, until this is at most `tolerance`
    /// percentage points below `base`.
    #[must_use]
    pub fn missing_to_base(self, base: Self, tolerance: Percent) -> u64 {
        let scale = Percent::HUNDRED.millionths();
        let (here, there) = (u128::from(self.total), u128::from(base.total));
        let bar = (u128::from(base.covered) * here * scale)
            .saturating_sub(tolerance.millionths() * here * there);
        let needed = bar.div_ceil((there * scale).max(1));
        u64::try_from(needed).unwrap_or(u64::MAX).saturating_sub(self.covered)
    }

    /// The percentage in millionths of a percent, rounded down. `None` for `0/0`.
    #[must_use]
    pub fn floor(self) -> Option<Percent> {
        let scaled = u128::from(self.covered) * Percent::HUNDRED.millionths();
        scaled.checked_div(u128::from(self.total)).map(Percent::from_millionths)
    }

    /// How many percentage points this is below `base`, rounded up to a millionth, so that a drop
    /// never reads as none; zero when it is not below. `None` when either is `0/0`.
    #[must_use]
    pub fn drop_from(self, base: Self) -> Option<Percent> {
        if self.is_empty() || base.is_empty() {
            return None;
        }
        let scale = Percent::HUNDRED.millionths();
        let (here, there) = (u128::from(self.total), u128::from(base.total));
        let (now, then) =
            (u128::from(self.covered) * there * scale, u128::from(base.covered) * here * scale);
        Some(Percent::from_millionths(then.saturating_sub(now).div_ceil(here * there)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ratio(covered: u64, total: u64) -> Ratio {
        Ratio::new(covered, total).unwrap()
    }

    #[test]
    fn a_bar_is_met_exactly_at_the_bar() {
        let bar: Percent = "82%".parse().unwrap();
        assert_eq!(ratio(410, 500).meets(bar), Some(true));
        assert_eq!(ratio(409, 500).meets(bar), Some(false));
        assert_eq!(ratio(409, 500).missing_to(bar), 1);
    }

    #[test]
    fn near_one_hundred_is_not_one_hundred() {
        let all: Percent = "100%".parse().unwrap();
        assert_eq!(ratio(25_001, 25_002).meets(all), Some(false));
        assert_eq!(ratio(25_001, 25_002).floor().unwrap().display(2).to_string(), "99.99 %");
    }

    #[test]
    fn nothing_measured_is_no_number() {
        assert_eq!(Ratio::EMPTY.meets(Percent::ZERO), None);
        assert_eq!(Ratio::EMPTY.floor(), None);
        assert_eq!(Ratio::EMPTY.at_most_below(ratio(1, 2), Percent::ZERO), None);
    }

    #[test]
    fn a_drop_never_reads_as_none() {
        let drop = ratio(999_999_999, 1_000_000_000).drop_from(ratio(1, 1)).unwrap();
        assert_eq!(drop, Percent::from_millionths(1));
    }

    proptest! {
        #[test]
        fn meets_agrees_with_counting(total in 1_u64..=MAX_TOTAL, part in 0_u64..=MAX_TOTAL, bar in 0_u128..=100_000_000) {
            let here = ratio(part % (total + 1), total);
            let bar = Percent::from_millionths(bar);
            let met = here.meets(bar).unwrap();
            prop_assert_eq!(met, here.missing_to(bar) == 0);
            if !met {
                prop_assert_eq!(ratio(here.covered() + here.missing_to(bar), total).meets(bar), Some(true));
                prop_assert!(here.floor().unwrap() < bar);
            }
        }

        #[test]
        fn a_drop_within_the_tolerance_is_the_same_as_at_most_below(
            a in 1_u64..=MAX_TOTAL, b in 1_u64..=MAX_TOTAL, x: u64, y: u64, tolerance in 0_u128..=100_000_000,
        ) {
            let (here, base) = (ratio(x % (a + 1), a), ratio(y % (b + 1), b));
            let tolerance = Percent::from_millionths(tolerance);
            let holds = here.at_most_below(base, tolerance).unwrap();
            prop_assert_eq!(holds, here.drop_from(base).unwrap() <= tolerance);
            let missing = here.missing_to_base(base, tolerance);
            prop_assert_eq!(holds, missing == 0);
            if missing > 0 {
                let covered = here.covered() + missing;
                prop_assert_eq!(ratio(covered, a).at_most_below(base, tolerance), Some(true));
                prop_assert_eq!(ratio(covered - 1, a).at_most_below(base, tolerance), Some(false));
            }
        }
    }
}
