//! The numbers that writers of coverage write, read with integers only.

/// How often a line ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Hits {
    /// Plain digits.
    Usual(u32),
    /// A sign, separators, a decimal point or an exponent.
    Unusual(u32),
    /// Below zero, which gcov writes when its counter overflows.
    Negative,
}

/// Which line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Place {
    /// A line of the file.
    Line(u32),
    /// None that a file has: 0, below 0, `undefined`, `NaN`, empty.
    Nowhere,
}

/// Branches of one line: how many ran, of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::report) struct Branches {
    pub(in crate::report) covered: u16,
    pub(in crate::report) total: u16,
}

/// The hits that `text` states; counts beyond 2^32 − 1 stay there.
pub(in crate::report) fn hits(text: &str) -> Option<Hits> {
    if let Some(count) = digits(text) {
        return Some(Hits::Usual(count));
    }
    let number = Decimal::read(text)?;
    let is_zero =
        number.whole.bytes().chain(number.fraction.bytes()).all(|b| matches!(b, b'0' | b','));
    match (number.negative, is_zero) {
        (true, false) => Some(Hits::Negative),
        _ => Some(Hits::Unusual(u32::try_from(number.floor()).unwrap_or(u32::MAX))),
    }
}

/// The count that `text` states, rounded down; those beyond 2^64 − 1 stay there. Below zero is no
/// count.
pub(in crate::report) fn count(text: &str) -> Option<u64> {
    let number = Decimal::read(text)?;
    (!number.negative).then(|| number.floor())
}

/// Whether `text` is a number at all.
pub(in crate::report) fn is_number(text: &str) -> bool {
    Decimal::read(text).is_some()
}

/// The line that `text` names.
pub(in crate::report) fn place(text: &str) -> Option<Place> {
    match text {
        "" | "undefined" | "NaN" => return Some(Place::Nowhere),
        _ => {}
    }
    if let Some(below) = text.strip_prefix('-') {
        return digits(below).map(|_| Place::Nowhere);
    }
    match digits(text)? {
        0 => Some(Place::Nowhere),
        // A number that does not fit is no line of any file.
        u32::MAX => None,
        line => Some(Place::Line(line)),
    }
}

/// The branches that a `condition-coverage` states in its `(a/b)`. `Some(None)` where it has no
/// such part: only a percentage, or nothing.
pub(in crate::report) fn fraction(text: &str) -> Option<Option<Branches>> {
    let Some((_, parts)) = text.split_once('(') else {
        let rate = text.trim().trim_end_matches('%');
        return (rate.is_empty() || rate == "NaN" || is_number(rate)).then_some(None);
    };
    let (covered, total) = parts.trim_end().strip_suffix(')')?.split_once('/')?;
    let part = |text: &str| u16::try_from(digits(text.trim())?).ok();
    let branches = Branches { covered: part(covered)?, total: part(total)? };
    (branches.covered <= branches.total).then_some(Some(branches))
}

/// The branches that the `coverage` of a `<condition>` stands for: a percentage for two of them,
/// grcov's bare `0` or `1` for one.
pub(in crate::report) fn condition(text: &str) -> Option<Branches> {
    match text.strip_suffix('%') {
        Some(rate) => {
            let number = Decimal::read(rate).filter(|number| !number.negative)?;
            let whole = number.floor();
            let is_above =
                whole > 100 || whole == 100 && number.fraction.bytes().any(|b| b != b'0');
            let covered = u16::from(whole >= 50) + u16::from(whole >= 100);
            (!is_above).then_some(Branches { covered, total: 2 })
        }
        None => {
            let number = Decimal::read(text).filter(|number| !number.negative)?;
            let is_whole = number.fraction.bytes().all(|b| b == b'0');
            match number.floor() {
                covered @ (0 | 1) if is_whole => {
                    Some(Branches { covered: u16::from(covered == 1), total: 1 })
                }
                _ => None,
            }
        }
    }
}

/// Plain digits; what is beyond 2^32 − 1 stays there.
pub(in crate::report) fn digits(text: &str) -> Option<u32> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let add = |value: u32, byte: u8| {
        value.saturating_mul(10).saturating_add(u32::from(byte.saturating_sub(b'0')))
    };
    is_plain.then(|| text.bytes().fold(0, add))
}

/// A decimal number in the parts of its writing.
struct Decimal<'t> {
    negative: bool,
    /// Digits, with commas between groups of three.
    whole: &'t str,
    /// Digits.
    fraction: &'t str,
    /// Bounded; what is beyond does not change any value here.
    exponent: i32,
}

impl<'t> Decimal<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Self::read_exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_whole = match whole.split_once(',') {
            None => all_digits(whole),
            Some((first, groups)) => {
                matches!(first.len(), 1..=3)
                    && all_digits(first)
                    && groups.split(',').all(|group| group.len() == 3 && all_digits(group))
            }
        };
        let is_empty = whole.is_empty() && fraction.is_empty();
        let is_number = is_whole && all_digits(fraction) && !is_empty;
        is_number.then_some(Self { negative, whole, fraction, exponent })
    }

    fn read_exponent(text: &str) -> Option<i32> {
        let (below, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        // A tag is not longer than this, so a larger exponent is as good as endless.
        let size = i32::try_from(digits(text)?).unwrap_or(i32::MAX).min(1 << 30);
        Some(if below { -size } else { size })
    }

    /// The absolute value, rounded down; beyond 2^64 − 1 it stays there.
    fn floor(&self) -> u64 {
        let whole = self.whole.bytes().filter(u8::is_ascii_digit);
        let length = i32::try_from(whole.clone().count()).unwrap_or(i32::MAX);
        let mut left = length.saturating_add(self.exponent);
        let mut value = 0_u64;
        for byte in whole.chain(self.fraction.bytes()) {
            if left <= 0 {
                return value;
            }
            value = value.saturating_mul(10).saturating_add(u64::from(byte.saturating_sub(b'0')));
            left -= 1;
        }
        // The zeros that the exponent adds; after twenty of them every value is at its end.
        (0..left.clamp(0, 20)).fold(value, |value, _| value.saturating_mul(10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_of_every_writer() {
        for (text, expected) in [
            ("0", Some(Hits::Usual(0))),
            ("300001", Some(Hits::Usual(300_001))),
            ("18446744073709551616", Some(Hits::Usual(u32::MAX))),
            ("1.0", Some(Hits::Unusual(1))),
            ("0.9", Some(Hits::Unusual(0))),
            ("+5", Some(Hits::Unusual(5))),
            ("-0", Some(Hits::Unusual(0))),
            ("1,234", Some(Hits::Unusual(1234))),
            ("12,345,678", Some(Hits::Unusual(12_345_678))),
            ("1.8e+19", Some(Hits::Unusual(u32::MAX))),
            ("1.25e2", Some(Hits::Unusual(125))),
            ("1.25E1", Some(Hits::Unusual(12))),
            ("125e-2", Some(Hits::Unusual(1))),
            ("1e-99999999999999999999", Some(Hits::Unusual(0))),
            ("0e99999999999999999999", Some(Hits::Unusual(0))),
            ("-3", Some(Hits::Negative)),
            ("-0.5", Some(Hits::Negative)),
            ("", None),
            ("NaN", None),
            ("1,23", None),
            ("1,2345", None),
            (",123", None),
            ("1e", None),
            (".5", Some(Hits::Unusual(0))),
            ("5.", Some(Hits::Unusual(5))),
            (".", None),
            ("--1", None),
            ("٣", None),
            ("0x10", None),
        ] {
            assert_eq!(hits(text), expected, "{text}");
        }
    }

    #[test]
    fn lines_that_no_file_has_are_nowhere() {
        for text in ["0", "000", "-1", "-16707566", "undefined", "NaN", ""] {
            assert_eq!(place(text), Some(Place::Nowhere), "{text}");
        }
        assert_eq!(place("17"), Some(Place::Line(17)));
        for text in ["4294967295", "99999999999", "1.0", "null", "-", "-1.5", "+1", " 1"] {
            assert_eq!(place(text), None, "{text}");
        }
    }

    #[test]
    fn branches_come_from_the_fraction() {
        let of = |covered, total| Some(Some(Branches { covered, total }));
        assert_eq!(fraction("50% (1/2)"), of(1, 2));
        assert_eq!(fraction("37.5% (3/8)"), of(3, 8));
        assert_eq!(fraction("(0/0)"), of(0, 0));
        assert_eq!(fraction("NaN% (0/2)"), of(0, 2));
        assert_eq!(fraction("50%"), Some(None));
        assert_eq!(fraction("NaN%"), Some(None));
        assert_eq!(fraction(""), Some(None));
        for text in ["150% (3/2)", "(a/b)", "(1)", "(/)", "50% (1/2", "half", "(1/65536)", "(-1/2)"]
        {
            assert_eq!(fraction(text), None, "{text}");
        }
    }

    #[test]
    fn a_condition_is_two_branches_or_one() {
        let of = |covered, total| Some(Branches { covered, total });
        assert_eq!(condition("0%"), of(0, 2));
        assert_eq!(condition("49.99%"), of(0, 2));
        assert_eq!(condition("50%"), of(1, 2));
        assert_eq!(condition("62%"), of(1, 2));
        assert_eq!(condition("100%"), of(2, 2));
        assert_eq!(condition("100.0%"), of(2, 2));
        assert_eq!(condition("0"), of(0, 1));
        assert_eq!(condition("1"), of(1, 1));
        assert_eq!(condition("1.0"), of(1, 1));
        for text in ["", "%", "100.1%", "-1%", "0.5", "2", "NaN%"] {
            assert_eq!(condition(text), None, "{text}");
        }
    }
}
