//! A length of time as a policy states it: `45m`, `2h`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A length of time in whole minutes, hours or days: `45m`, `2h`, `1d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    minutes: u32,
}

/// A text that is no length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a length of time is a whole number with its unit, m, h or d, for example 45m; at most 30d"
)]
pub struct SpanError;

const MAX_MINUTES: u32 = 30 * 24 * 60;

impl Span {
    /// So many minutes, at most thirty days' worth.
    #[must_use]
    pub fn minutes(minutes: u32) -> Self {
        Self { minutes: minutes.min(MAX_MINUTES) }
    }

    /// As a duration that can be added to a timestamp.
    #[must_use]
    pub fn to_signed_duration(self) -> jiff::SignedDuration {
        jiff::SignedDuration::from_mins(i64::from(self.minutes))
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let (number, unit) = if let Some(number) = text.strip_suffix('m') {
            (number, 1)
        } else if let Some(number) = text.strip_suffix('h') {
            (number, 60)
        } else {
            (text.strip_suffix('d').ok_or(SpanError)?, 24 * 60)
        };
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(SpanError);
        }
        let minutes = number.parse::<u32>().ok().and_then(|n| n.checked_mul(unit));
        match minutes {
            Some(minutes @ 1..=MAX_MINUTES) => Ok(Self { minutes }),
            Some(_) | None => Err(SpanError),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minutes {
            minutes if minutes % (24 * 60) == 0 => write!(f, "{}d", minutes / (24 * 60)),
            minutes if minutes % 60 == 0 => write!(f, "{}h", minutes / 60),
            minutes => write!(f, "{minutes}m"),
        }
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;

    fn try_from(text: String) -> Result<Self, SpanError> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_with_its_unit_only() {
        assert_eq!("45m".parse(), Ok(Span::minutes(45)));
        assert_eq!("2h".parse::<Span>().unwrap().to_string(), "2h");
        for wrong in ["", "m", "45", "0m", "-1m", "1.5h", "31d", "45s", "+5m"] {
            assert_eq!(wrong.parse::<Span>(), Err(SpanError), "{wrong}");
        }
    }
}
