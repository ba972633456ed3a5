//! A clock of the App that a test sets forward: hours of waiting take no time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use gate_app::clock::Clock;
use gate_tests::{App, github::FakeGitHub};
use jiff::{SignedDuration, Timestamp};

use crate::{PATIENCE, crowd::Crowd, databases};

/// How far the App's clock is ahead of the machine's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Time(Arc<AtomicI64>);

impl Time {
    pub(crate) fn clock(&self) -> Clock {
        let ahead = Arc::clone(&self.0);
        Clock::new(move || {
            Timestamp::now() + SignedDuration::from_secs(ahead.load(Ordering::Relaxed))
        })
    }

    pub(crate) fn skip(&self, time: SignedDuration) {
        self.0.fetch_add(time.as_secs(), Ordering::Relaxed);
    }

    pub(crate) fn skipped(&self) -> SignedDuration {
        SignedDuration::from_secs(self.0.load(Ordering::Relaxed))
    }

    /// Waits until the App has asked GitHub for something, but not long: perhaps it has no reason to.
    pub(crate) fn breathe(&self, github: &FakeGitHub) {
        let before = github.data().log.len();
        let until = Instant::now() + Duration::from_millis(600);
        while github.data().log.len() < before + 3 && Instant::now() < until {
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Lets time pass, ten minutes at a time, until every open head has its right check and the App
    /// is at rest. A check may be right while its pull request is parked: it was right before, and the
    /// sweep takes it up.
    #[track_caller]
    pub(crate) fn until_right(&self, github: &FakeGitHub, crowd: &Crowd, app: &App) {
        let until = Instant::now() + PATIENCE;
        loop {
            github.delivered();
            let mut problems = crowd.problems(&github.data());
            problems.extend(databases::left(&app.database(), &self.clock()));
            if problems.is_empty() {
                return;
            }
            assert!(Instant::now() < until, "{}", problems.join("\n"));
            self.skip(SignedDuration::from_mins(10));
            // The rounds of the App look at its clock every five seconds.
            thread::sleep(Duration::from_secs(1));
        }
    }
}
