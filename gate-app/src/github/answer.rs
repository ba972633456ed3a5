//! What GitHub answered, and which error it is if it is one.

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use serde::de::DeserializeOwned;

use super::{Error, Quota, route::Route};

/// How long to wait when GitHub asks us to slow down and does not say for how long.
const A_MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// The most of GitHub's words that an error repeats.
const WORDS: usize = 300;

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) body: Vec<u8>,
}

/// The headers that are read.
#[derive(Debug, Default)]
pub(super) struct Headers {
    pub(super) link: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) tag: Option<String>,
    pub(super) retry_after: Option<String>,
    pub(super) limit: Option<String>,
    pub(super) remaining: Option<String>,
    pub(super) reset: Option<String>,
    pub(super) permissions: Option<String>,
    pub(super) date: Option<String>,
    /// Every answer of GitHub's own has it; those of the storage behind it do not.
    pub(super) request_id: Option<String>,
}

impl Headers {
    /// Reads them by name.
    pub(super) fn read(header: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            link: header("link"),
            content_type: header("content-type"),
            tag: header("etag"),
            retry_after: header("retry-after"),
            limit: header("x-ratelimit-limit"),
            remaining: header("x-ratelimit-remaining"),
            reset: header("x-ratelimit-reset"),
            permissions: header("x-accepted-github-permissions"),
            date: header("date"),
            request_id: header("x-github-request-id"),
        }
    }

    /// The quota that they tell of.
    pub(super) fn quota(&self) -> Option<Quota> {
        Some(Quota {
            limit: number(self.limit.as_deref())?,
            remaining: number(self.remaining.as_deref())?,
            reset: self.reset()?,
        })
    }

    /// What time it is at GitHub, to the second.
    pub(super) fn time(&self) -> Option<Timestamp> {
        rfc2822::DateTimeParser::new().parse_timestamp(self.date.as_deref()?).ok()
    }

    fn reset(&self) -> Option<Timestamp> {
        Timestamp::from_second(number(self.reset.as_deref())?).ok()
    }

    /// Until when to wait, once it is known that we were told to: what GitHub says first, a minute
    /// if it says nothing.
    pub(super) fn until(&self, now: Timestamp) -> Timestamp {
        let after = number::<i64>(self.retry_after.as_deref()).map(SignedDuration::from_secs);
        let asked = after.and_then(|after| now.checked_add(after).ok());
        let spent = number::<u64>(self.remaining.as_deref()) == Some(0);
        let reset = self.reset().filter(|reset| spent && *reset > now);
        asked.or(reset).unwrap_or_else(|| now.checked_add(A_MINUTE).unwrap_or(now))
    }

    /// Whether they say when the limit ends.
    pub(super) fn tell_when(&self, now: Timestamp) -> bool {
        let spent = number::<u64>(self.remaining.as_deref()) == Some(0);
        number::<i64>(self.retry_after.as_deref()).is_some()
            || spent && self.reset().is_some_and(|reset| reset > now)
    }

    /// Whether they alone say that a limit was met.
    fn limited(&self) -> bool {
        self.retry_after.is_some() || number::<u64>(self.remaining.as_deref()) == Some(0)
    }
}

impl Answer {
    /// The error that the status stands for, or nothing.
    pub(super) fn check(&self, route: &Route, now: Timestamp) -> Result<(), Error> {
        if (200..300).contains(&self.status) {
            return Ok(());
        }
        let (call, message) = (route.name(), self.words());
        let speaks_of_limits = message.to_ascii_lowercase().contains("rate limit");
        let status = self.status;
        Err(match status {
            429 => Error::RateLimited { call, until: self.headers.until(now) },
            403 if self.headers.limited() || speaks_of_limits => {
                Error::RateLimited { call, until: self.headers.until(now) }
            }
            300..=399 => Error::Moved { call },
            401 => Error::Unauthorized { call, message },
            403 if message.to_ascii_lowercase().contains("suspended") => {
                Error::Gone { call, message }
            }
            403 => {
                Error::Forbidden { call, message, permissions: self.headers.permissions.clone() }
            }
            404 | 410 => Error::NotFound { call, message },
            408 | 500.. => Error::Server { call, status, message },
            _ => Error::Refused { call, status, message },
        })
    }

    /// The body as JSON of this shape.
    pub(super) fn json<T: DeserializeOwned>(&self, route: &Route) -> Result<T, Error> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Error::Malformed { call: route.name(), problem: error.to_string() })
    }

    /// GitHub's words about an error, on one line and not too many.
    fn words(&self) -> String {
        #[derive(serde::Deserialize)]
        struct Words {
            message: String,
            #[serde(default)]
            errors: Option<serde_json::Value>,
        }
        let text = match serde_json::from_slice::<Words>(&self.body) {
            Ok(Words { message, errors: Some(errors) }) => format!("{message}: {errors}"),
            Ok(Words { message, errors: None }) => message,
            Err(_) => String::from_utf8_lossy(&self.body).into_owned(),
        };
        short(&text)
    }
}

/// On one line, without control characters, and not too long.
pub(super) fn short(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return "no words with it".to_owned();
    }
    words.join(" ").chars().take(WORDS).collect()
}

fn number<T: std::str::FromStr>(text: Option<&str>) -> Option<T> {
    text?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Result<(), Error> {
        let header = |name: &str| {
            headers.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let answer =
            Answer { status, headers: Headers::read(header), body: body.as_bytes().to_vec() };
        answer.check(&Route::get("/x", &[]), now())
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_000).unwrap()
    }

    fn until(result: Result<(), Error>) -> i64 {
        result.unwrap_err().until().unwrap().as_second()
    }

    #[test]
    fn limits_say_until_when() {
        let primary = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "4600")];
        assert_eq!(until(answer(403, &primary, "{}")), 4600);
        assert_eq!(until(answer(429, &primary, "{}")), 4600);
        let both = [("retry-after", "7"), primary[0], primary[1]];
        assert_eq!(until(answer(403, &both, "{}")), 1007);
        assert_eq!(until(answer(429, &[], "")), 1060);
        let secondary = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        assert_eq!(until(answer(403, &[("x-ratelimit-remaining", "4000")], secondary)), 1060);
    }

    #[test]
    fn a_reset_that_has_passed_or_makes_no_sense_is_a_minute() {
        let past = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "999")];
        assert_eq!(until(answer(403, &past, "{}")), 1060);
        assert_eq!(until(answer(429, &[("retry-after", "99999999999999999")], "")), 1060);
    }

    #[test]
    fn github_says_what_time_it_is() {
        let at = |date: &str| Headers { date: Some(date.to_owned()), ..Headers::default() }.time();
        let time = at("Tue, 24 Nov 2026 09:40:28 GMT");
        assert_eq!(time, Some("2026-11-24T09:40:28Z".parse().unwrap()));
        assert_eq!(at("yesterday"), None);
    }

    #[test]
    fn each_status_is_the_error_that_says_what_to_do() {
        let forbidden = answer(
            403,
            &[("x-accepted-github-permissions", "checks=write")],
            r#"{"message":"Resource not accessible by integration"}"#,
        );
        let text = forbidden.unwrap_err().to_string();
        assert!(text.contains("accept the App's permissions") && text.contains("checks=write"));
        assert!(matches!(answer(404, &[], ""), Err(Error::NotFound { .. })));
        assert!(matches!(answer(502, &[], "<html>"), Err(Error::Server { status: 502, .. })));
        assert!(matches!(answer(301, &[], ""), Err(Error::Moved { .. })));
        assert!(matches!(answer(422, &[], ""), Err(Error::Refused { status: 422, .. })));
        let suspended = r#"{"message":"This installation has been suspended"}"#;
        assert!(matches!(answer(403, &[], suspended), Err(Error::Gone { .. })));
        assert_eq!(answer(204, &[], ""), Ok(()));
    }
}
