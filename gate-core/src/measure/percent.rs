//! A percentage as an exact decimal: `82 %` is 82 000 000 millionths of a percent.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An exact percentage, in millionths of a percent.
///
/// Written with its sign (`82%`, `0.2%`), with at most six decimals, from 0 to 100. The same type
/// serves for percentage points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Percent(u128);

/// Why a text is no percentage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PercentError {
    /// The `%` is missing.
    #[error("a percentage is written with its sign, for example 80%")]
    NoSign,
    /// What stands before the `%` is not a plain decimal number.
    #[error("a percentage is a plain decimal number, for example 80% or 82.5%")]
    NotANumber,
    /// More than six decimals.
    #[error("a percentage has at most six decimals")]
    TooFine,
    /// Above one hundred.
    #[error("a percentage is at most 100%")]
    AboveHundred,
}

const ONE: u128 = 1_000_000;
const DECIMALS: usize = 6;

impl Percent {
    /// 0 %.
    pub const ZERO: Self = Self(0);
    /// 100 %.
    pub const HUNDRED: Self = Self(100 * ONE);

    pub(crate) const fn from_millionths(millionths: u128) -> Self {
        Self(millionths)
    }

    pub(crate) const fn millionths(self) -> u128 {
        self.0
    }

    /// How many decimals the number needs to be written in full.
    #[must_use]
    pub fn decimals(self) -> usize {
        (0..DECIMALS).find(|&places| self.0.is_multiple_of(unit(places))).unwrap_or(DECIMALS)
    }

    /// The same, with the decimals after the first `places` cut off.
    #[must_use]
    pub fn floor_to(self, places: usize) -> Self {
        Self(self.0 - self.0 % unit(places))
    }

    /// The same, rounded up to `places` decimals.
    #[must_use]
    pub fn ceil_to(self, places: usize) -> Self {
        let unit = unit(places);
        Self(self.0.div_ceil(unit) * unit)
    }

    /// For people: rounded down to `places` decimals (at most six), `82.40 %`.
    pub fn display(self, places: usize) -> impl fmt::Display {
        let places = places.min(DECIMALS);
        let floored = self.floor_to(places).0;
        fmt::from_fn(move |f| {
            let fraction = (floored % ONE) / unit(places);
            if places == 0 {
                write!(f, "{} %", floored / ONE)
            } else {
                write!(f, "{}.{fraction:0places$} %", floored / ONE)
            }
        })
    }
}

/// Millionths in one step of the last of `places` decimals.
fn unit(places: usize) -> u128 {
    u32::try_from(DECIMALS.saturating_sub(places)).map_or(1, |power| 10_u128.pow(power))
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.display(self.decimals()).fmt(f)
    }
}

impl FromStr for Percent {
    type Err = PercentError;

    fn from_str(text: &str) -> Result<Self, PercentError> {
        let number = text.strip_suffix('%').ok_or(PercentError::NoSign)?.trim_end();
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return Err(PercentError::NotANumber);
        }
        if fraction.len() > DECIMALS {
            return Err(PercentError::TooFine);
        }
        let whole: u128 = whole.parse().map_err(|_| PercentError::AboveHundred)?;
        let fraction: u128 =
            format!("{fraction:0<DECIMALS$}").parse().map_err(|_| PercentError::NotANumber)?;
        let millionths = whole.saturating_mul(ONE).saturating_add(fraction);
        if millionths > Self::HUNDRED.0 {
            return Err(PercentError::AboveHundred);
        }
        Ok(Self(millionths))
    }
}

impl TryFrom<String> for Percent {
    type Error = PercentError;

    fn try_from(text: String) -> Result<Self, PercentError> {
        text.parse()
    }
}

impl From<Percent> for String {
    fn from(percent: Percent) -> Self {
        percent.to_string().replace(' ', "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_and_written_exactly() {
        for text in ["0%", "0.2%", "40%", "82.5%", "99.999999%", "100%"] {
            let percent: Percent = text.parse().unwrap();
            assert_eq!(String::from(percent), text);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let wrong = |text: &str| text.parse::<Percent>().unwrap_err();
        assert_eq!(wrong("80"), PercentError::NoSign);
        assert_eq!(wrong("0,8%"), PercentError::NotANumber);
        assert_eq!(wrong("-1%"), PercentError::NotANumber);
        assert_eq!(wrong("1e1%"), PercentError::NotANumber);
        assert_eq!(wrong(".5%"), PercentError::NotANumber);
        assert_eq!(wrong("0.1234567%"), PercentError::TooFine);
        assert_eq!(wrong("100.000001%"), PercentError::AboveHundred);
        assert_eq!(
            wrong("99999999999999999999999999999999999999999999%"),
            PercentError::AboveHundred
        );
    }

    #[test]
    fn is_shown_rounded_down() {
        let percent = Percent::from_millionths(82_409_999);
        assert_eq!(percent.display(2).to_string(), "82.40 %");
        assert_eq!(percent.display(0).to_string(), "82 %");
    }
}
