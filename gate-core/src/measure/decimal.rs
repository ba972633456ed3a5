//! Exact decimal numbers, as reports and policies write them.

use std::{cmp::Ordering, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Percent;

/// A number, exactly as it was written: `mantissa × 10^exponent`, without trailing zeros in the
/// mantissa.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal {
    mantissa: i128,
    exponent: i32,
}

/// A text that is no number that is kept exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// It is not a number as JSON writes them.
    #[error("a number is written with digits, for example 12 or 0.25 or 1.5e-3")]
    NotANumber,
    /// It has more digits than are kept exactly.
    #[error("a number has at most {MAX_DIGITS} digits, leading and trailing zeros aside")]
    TooLong,
    /// It is too large, or too near to zero.
    #[error("a number is at most 1e{MAX_EXPONENT}, and not nearer to zero than 1e-{MAX_EXPONENT}")]
    TooFar,
}

/// So many digits leave room for a percentage of the number.
const MAX_DIGITS: usize = 28;

/// As far as the numbers of other programs go.
const MAX_EXPONENT: i32 = 330;

/// So many decimals and no more are written without an exponent.
const MAX_PLAIN: i32 = 30;

impl Decimal {
    /// 0.
    pub const ZERO: Self = Self { mantissa: 0, exponent: 0 };

    const fn normalised(mut mantissa: i128, mut exponent: i32) -> Self {
        if mantissa == 0 {
            return Self::ZERO;
        }
        while mantissa % 10 == 0 {
            mantissa /= 10;
            exponent += 1;
        }
        Self { mantissa, exponent }
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// The same with the other sign.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { mantissa: -self.mantissa, ..self }
    }

    /// The same without its sign.
    #[must_use]
    pub const fn magnitude(self) -> Self {
        Self { mantissa: self.mantissa.abs(), ..self }
    }

    /// So much of it.
    #[must_use]
    pub fn percent(self, percent: Percent) -> Self {
        // 28 digits and 9 digits are 37 digits, which is less than an i128 holds.
        let millionths = i128::try_from(percent.millionths()).unwrap_or_default();
        Self::normalised(self.mantissa.saturating_mul(millionths), self.exponent - 8)
    }

    /// The sum of these, exactly.
    #[must_use]
    pub fn sum(terms: &[Self]) -> Total {
        Total::of(terms)
    }
}

/// An exact sum, digit by digit: its terms may lie hundreds of digits apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    sign: Ordering,
    /// The digits of its magnitude, the lowest first.
    digits: Vec<i8>,
    /// The power of ten of the lowest digit.
    exponent: i32,
}

impl Total {
    fn of(terms: &[Decimal]) -> Self {
        let exponent = terms.iter().map(|term| term.exponent).min().unwrap_or_default();
        let mut columns: Vec<i64> = Vec::new();
        for term in terms {
            let mut place = usize::try_from(term.exponent - exponent).unwrap_or_default();
            let sign = if term.is_negative() { -1 } else { 1 };
            let mut left = term.mantissa.unsigned_abs();
            while left > 0 {
                if columns.len() <= place {
                    columns.resize(place + 1, 0);
                }
                if let Some(column) = columns.get_mut(place) {
                    *column += sign * i64::try_from(left % 10).unwrap_or_default();
                }
                left /= 10;
                place += 1;
            }
        }
        let (digits, carry) = carried(&columns);
        if carry >= 0 {
            return Self::from_digits(Ordering::Greater, digits, carry, exponent);
        }
        let turned: Vec<i64> = columns.iter().map(|column| -column).collect();
        let (digits, carry) = carried(&turned);
        Self::from_digits(Ordering::Less, digits, carry, exponent)
    }

    fn from_digits(sign: Ordering, mut digits: Vec<i8>, mut carry: i64, exponent: i32) -> Self {
        while carry > 0 {
            digits.push(i8::try_from(carry % 10).unwrap_or_default());
            carry /= 10;
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let sign = if digits.is_empty() { Ordering::Equal } else { sign };
        Self { sign, digits, exponent }
    }

    /// How it compares with zero.
    #[must_use]
    pub const fn sign(&self) -> Ordering {
        self.sign
    }
}

/// Every column brought to one digit, and what is carried beyond the last.
fn carried(columns: &[i64]) -> (Vec<i8>, i64) {
    let mut carry = 0_i64;
    let mut digits = Vec::with_capacity(columns.len());
    for column in columns {
        let here = column + carry;
        carry = here.div_euclid(10);
        digits.push(i8::try_from(here.rem_euclid(10)).unwrap_or_default());
    }
    (digits, carry)
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        Self::sum(&[*self, other.negated()]).sign()
    }
}

/// Digits as people write them, or with an exponent where that would be long.
fn write(f: &mut fmt::Formatter<'_>, negative: bool, digits: &str, exponent: i32) -> fmt::Result {
    let trimmed = digits.trim_end_matches('0');
    if trimmed.is_empty() {
        return f.write_str("0");
    }
    let exponent = exponent + i32::try_from(digits.len() - trimmed.len()).unwrap_or_default();
    let digits = trimmed;
    if negative {
        f.write_str("-")?;
    }
    let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let point = length + exponent;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    if exponent >= 0 && point <= MAX_PLAIN {
        return write!(f, "{digits}{}", zeros(exponent));
    }
    if point > 0 && exponent < 0 {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or_default());
        return write!(f, "{whole}.{fraction}");
    }
    if point <= 0 && -exponent <= MAX_PLAIN {
        return write!(f, "0.{}{digits}", zeros(-point));
    }
    let (first, rest) = digits.split_at(1);
    let dot = if rest.is_empty() { "" } else { "." };
    write!(f, "{first}{dot}{rest}e{}", point - 1)
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        write(f, self.is_negative(), &digits, self.exponent)
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits: String = self
            .digits
            .iter()
            .rev()
            .filter_map(|&digit| char::from_digit(u32::try_from(digit).ok()?, 10))
            .collect();
        write(f, self.sign == Ordering::Less, &digits, self.exponent)
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// A number as JSON writes it.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (number, exponent) = match rest.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, Some(exponent)),
            None => (rest, None),
        };
        let (whole, fraction) = match number.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (number, None),
        };
        let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let leads = whole.len() > 1 && whole.starts_with('0');
        if !are_digits(whole) || leads || fraction.is_some_and(|part| !are_digits(part)) {
            return Err(DecimalError::NotANumber);
        }
        let fraction = fraction.unwrap_or_default();
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_start_matches('0');
        let kept = digits.trim_end_matches('0');
        let shift = match exponent {
            None => 0,
            Some(exponent) => {
                let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                if !are_digits(unsigned) {
                    return Err(DecimalError::NotANumber);
                }
                exponent.parse::<i64>().unwrap_or(i64::MAX)
            }
        };
        if kept.is_empty() {
            return Ok(Self::ZERO);
        }
        if kept.len() > MAX_DIGITS {
            return Err(DecimalError::TooLong);
        }
        let dropped = i64::try_from(digits.len() - kept.len()).unwrap_or(i64::MAX);
        let behind = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
        let exponent = shift.saturating_add(dropped).saturating_sub(behind);
        let length = i64::try_from(kept.len()).unwrap_or(i64::MAX);
        let magnitude = exponent.saturating_add(length);
        if magnitude.abs() > i64::from(MAX_EXPONENT) || exponent.abs() > i64::from(MAX_EXPONENT) {
            return Err(DecimalError::TooFar);
        }
        let mantissa: i128 = kept.parse().map_err(|_| DecimalError::TooLong)?;
        let exponent = i32::try_from(exponent).map_err(|_| DecimalError::TooFar)?;
        Ok(Self { mantissa: if negative { -mantissa } else { mantissa }, exponent })
    }
}

impl TryFrom<String> for Decimal {
    type Error = DecimalError;

    fn try_from(text: String) -> Result<Self, DecimalError> {
        text.parse()
    }
}

impl From<Decimal> for String {
    fn from(decimal: Decimal) -> Self {
        decimal.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn is_read_as_json_writes_it_and_written_as_people_do() {
        for (text, written) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("12", "12"),
            ("12.50", "12.5"),
            ("-0.25", "-0.25"),
            ("1200", "1200"),
            ("1.5e-3", "0.0015"),
            ("1.5E+3", "1500"),
            ("1.2345678901234567e-05", "0.000012345678901234567"),
            ("1e300", "1e300"),
            ("1.25e-300", "1.25e-300"),
            ("0.0000000000000000000000000000000000001", "1e-37"),
            ("100000000000000000000000000000", "100000000000000000000000000000"),
            ("1e31", "1e31"),
        ] {
            assert_eq!(decimal(text).to_string(), written, "{text}");
            assert_eq!(decimal(written), decimal(text), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for text in [
            "", "-", "1.", ".5", "01", "+1", "1e", "1e+", "NaN", "Infinity", "0x1", "1_0", "1,5",
            " 1",
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(DecimalError::NotANumber), "{text}");
        }
        assert_eq!("12345678901234567890123456789".parse::<Decimal>(), Err(DecimalError::TooLong));
        for text in ["1e400", "1e-400", "1e99999999999999999999"] {
            assert_eq!(text.parse::<Decimal>(), Err(DecimalError::TooFar), "{text}");
        }
    }

    #[test]
    fn a_part_of_it_is_exact() {
        assert_eq!(decimal("12.5").percent("10%".parse().unwrap()), decimal("1.25"));
        assert_eq!(decimal("3").percent("0.000001%".parse().unwrap()), decimal("3e-8"));
        let longest = decimal("9999999999999999999999999999");
        assert_eq!(longest.percent(Percent::HUNDRED), longest);
    }

    #[test]
    fn sums_are_exact_however_far_apart_their_terms_are() {
        let sum = |terms: &[&str]| {
            Decimal::sum(&terms.iter().map(|term| decimal(term)).collect::<Vec<_>>()).to_string()
        };
        assert_eq!(sum(&["0.1", "0.2"]), "0.3");
        assert_eq!(sum(&["1", "-1.5"]), "-0.5");
        assert_eq!(sum(&["1e30", "-1e30"]), "0");
        assert_eq!(sum(&["999", "1"]), "1000");
        assert_eq!(sum(&[]), "0");
        assert!(decimal("1e300") < decimal("1.0000000000000000000000001e300"));
        assert!(decimal("-1e300") < decimal("1e-300"));
    }

    proptest! {
        #[test]
        fn compares_as_whole_numbers_do(a in -1_000_000_i128..1_000_000, b in -1_000_000_i128..1_000_000, places in 0_i32..6) {
            let of = |number| Decimal::normalised(number, -places);
            prop_assert_eq!(of(a).cmp(&of(b)), a.cmp(&b));
            let sum = Decimal::sum(&[of(a), of(b)]).to_string();
            prop_assert_eq!(decimal(&sum), of(a + b));
        }

        #[test]
        fn is_read_back_as_written(mantissa in -10_i128.pow(28) + 1..10_i128.pow(28), exponent in -60_i32..60) {
            let number = Decimal::normalised(mantissa, exponent);
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }
    }
}
