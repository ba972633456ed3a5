//! One time for the fake GitHub and for the App: it flows as the machine's does, and a story may pass
//! over the hours in which nothing happens.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use gate_app::clock::Clock;
use gate_tests::github::FakeGitHub;
use jiff::{SignedDuration, Timestamp};

/// The time of the story.
pub(crate) struct StoryClock {
    /// What the story has come to, and when that was by the machine's clock.
    at: Arc<Mutex<(Timestamp, Instant)>>,
}

impl StoryClock {
    pub(crate) fn starting(now: Timestamp, github: &FakeGitHub) -> Self {
        github.set_time(now);
        Self { at: Arc::new(Mutex::new((now, Instant::now()))) }
    }

    /// The App's clock.
    pub(crate) fn of_the_app(&self) -> Clock {
        let at = Arc::clone(&self.at);
        Clock::new(move || {
            let (time, seen) = *at.lock().unwrap_or_else(PoisonError::into_inner);
            let since = SignedDuration::try_from(seen.elapsed()).unwrap_or_default();
            time.checked_add(since).unwrap_or(time)
        })
    }

    /// So many minutes pass; what time it is then.
    pub(crate) fn pass(&self, minutes: i64, github: &FakeGitHub) -> Timestamp {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = SignedDuration::from_mins(minutes);
        *at = (at.0.checked_add(passed).unwrap_or(at.0), Instant::now());
        github.set_time(at.0);
        at.0
    }
}
