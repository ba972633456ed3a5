//! The App's own word: a JSON web token, signed with its key and dated by GitHub's clock.
//!
//! GitHub takes no token from the future, none that has expired, and none that is good for more than
//! ten minutes. Where this machine's clock is too far off for that, GitHub says what time it is in
//! the answer that refuses; from then on that is what counts.

use std::{
    fmt,
    sync::atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::SecretString;
use serde::Serialize;

use crate::ids::AppId;

/// Dated back, for clocks that differ a little.
const BACK: SignedDuration = SignedDuration::from_secs(60);
/// Good for nine minutes in all.
const LIFE: SignedDuration = SignedDuration::from_secs(480);
/// A difference that is none: an answer is on its way for a moment, and its date has whole seconds.
const SAME: i64 = 5;

/// Who the App is, and how far GitHub's clock is ahead of ours.
pub(super) struct Identity {
    pub(super) app: AppId,
    key: EncodingKey,
    ahead: AtomicI64,
}

#[derive(Serialize)]
struct Claims {
    iat: i64,
    exp: i64,
    iss: String,
}

impl Identity {
    pub(super) const fn new(app: AppId, key: EncodingKey) -> Self {
        Self { app, key, ahead: AtomicI64::new(0) }
    }

    /// The time by GitHub's clock, as far as it is known to differ.
    pub(super) fn github_time(&self, now: Timestamp) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead.load(Ordering::Relaxed));
        now.checked_add(ahead).unwrap_or(now)
    }

    /// A token that is good for some minutes.
    pub(super) fn word(&self, now: Timestamp) -> Result<SecretString, String> {
        let now = self.github_time(now);
        let second = |at: Result<Timestamp, jiff::Error>| at.unwrap_or(now).as_second();
        let claims = Claims {
            iat: second(now.checked_sub(BACK)),
            exp: second(now.checked_add(LIFE)),
            iss: self.app.to_string(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &self.key)
            .map(SecretString::from)
            .map_err(|error| error.to_string())
    }

    /// Learns GitHub's time from an answer. Whether that is news: then what was refused may be tried
    /// once more.
    pub(super) fn learn(&self, there: Option<Timestamp>, now: Timestamp) -> bool {
        let Some(there) = there else { return false };
        let ahead = there.duration_since(now).as_secs();
        let known = self.ahead.load(Ordering::Relaxed);
        if ahead.abs_diff(known) <= SAME.unsigned_abs() {
            return false;
        }
        self.ahead.store(ahead, Ordering::Relaxed);
        tracing::warn!(
            seconds = ahead,
            "this machine's clock is wrong: GitHub's is ahead of it by so many seconds, and counts"
        );
        true
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key stays out of every log.
        f.debug_struct("Identity").field("app", &self.app).finish_non_exhaustive()
    }
}
