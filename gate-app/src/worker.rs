//! Floor 3: claims dirty subjects, has them judged, and leaves each as it came out. And the rounds:
//! the sweep, and the deliveries that failed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::{Notify, watch},
    task::JoinError,
    time::error::Elapsed,
};
use tracing::{Instrument as _, Span};

use crate::{
    census,
    clock::Clock,
    gather::{GatherError, group_number},
    github,
    ids::SubjectKey,
    publish::PublishError,
    reconcile::{ReconcileError, Reconciler},
    redelivery,
    store::{Claim, Finish, Lease, Retention},
};

/// How long a subject stays with a worker that says nothing more: a worker that died cannot give
/// back what it held. One that lives renews its lease several times in this time.
pub const LEASE: Duration = Duration::from_secs(20);
/// A judgement that takes so long is given up and tried again.
const LONGEST: Duration = Duration::from_secs(100);
/// Telling that a subject is parked takes no longer, or is left to the next attempt.
const TELLING: Duration = Duration::from_secs(15);
/// How often an idle worker looks by itself: events of other processes do not wake it.
const IDLE: Duration = Duration::from_millis(500);
/// How many subjects of one repository are judged at a time.
const IN_FLIGHT: u32 = 2;
/// How often GitHub is asked for deliveries that failed …
const USUAL: SignedDuration = SignedDuration::from_mins(2);
/// … and how often at most when some are known to have.
const SOON: SignedDuration = SignedDuration::from_secs(10);
/// How often GitHub is asked which pull requests are open.
const CENSUS: SignedDuration = SignedDuration::from_hours(1);
/// After so many attempts a subject is parked until something about it changes.
const MOST_ATTEMPTS: u64 = 10;

/// How something ended that was held to its end: it was done, took too long, or crashed.
type Held<T> = Result<Result<T, Elapsed>, JoinError>;

/// A worker, and what it works with. Clones share everything.
#[derive(Debug, Clone)]
pub struct Worker {
    /// Who judges.
    pub reconciler: Reconciler,
    /// What time it is.
    pub clock: Clock,
    /// Rung when something became dirty in this process.
    pub bell: Arc<Notify>,
    /// Set while deliveries may have been missed: at the start, and after one was refused because
    /// the store failed. They are asked for at the next chance, and not at the usual time.
    pub missed: Arc<AtomicBool>,
    /// How often every open pull request is looked at again.
    pub sweep: Duration,
    /// How long a subject stays with a worker that died; usually [`LEASE`].
    pub lease: Duration,
}

impl Worker {
    /// Works until told to stop; finishes what it holds first.
    pub async fn work(&self, name: &str, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.once(name).await {
                Ok(true) => {}
                Ok(false) => {
                    let rest = self.rest().await;
                    tokio::select! {
                        () = self.bell.notified() => {}
                        () = tokio::time::sleep(rest) => {}
                        _ = stop.changed() => {}
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "the store fails; trying again");
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                        _ = stop.changed() => {}
                    }
                }
            }
        }
    }

    /// How long an idle worker sleeps: until something is due, and not longer than [`IDLE`].
    async fn rest(&self) -> Duration {
        let now = self.clock.now();
        let due = self.reconciler.store.next_due(now).await.ok().flatten();
        let rest = due.map_or(IDLE, |due| due.duration_since(now).unsigned_abs());
        // Time is kept in milliseconds; one more, and it is due for sure.
        rest.saturating_add(Duration::from_millis(1)).min(IDLE)
    }

    /// Claims one subject and judges it. Says whether there was one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn once(&self, name: &str) -> Result<bool, crate::store::StoreError> {
        let now = self.clock.now();
        let store = &self.reconciler.store;
        let Some(claim) = store.claim(name, self.lease_time(), IN_FLIGHT, now).await? else {
            return Ok(false);
        };
        let span = of(&claim);
        self.take(claim).instrument(span).await?;
        Ok(true)
    }

    /// Has a claimed subject judged, and leaves it as it came out.
    async fn take(&self, claim: Claim) -> Result<(), crate::store::StoreError> {
        let store = &self.reconciler.store;
        // While this process may only publish, it does not gather.
        let wait = claim.installation.and_then(|id| self.reconciler.github.gather_after(id));
        let finish = match wait {
            Some(at) => self.wait_for_quota(&claim, at).await,
            None => self.judge(&claim).await,
        };
        let finish = match finish {
            // Nobody waits for what is closed, and no sweep would take it up. Its next event does.
            Some(Finish::Park { why }) if !claim.is_open => {
                tracing::warn!(why, "left as it is, because it is closed");
                Some(Finish::Done { wake_at: None })
            }
            Some(Finish::Park { why }) => self.tell_parked(&claim, why).await,
            finish => finish,
        };
        let lease = match finish {
            Some(finish) => store.finish(&claim, finish, self.clock.now()).await?,
            None => Lease::Lost,
        };
        if lease == Lease::Lost {
            tracing::warn!("lost its lease; another has it");
        }
        Ok(())
    }

    /// Leaves a subject until the quota is back, and has its check say so. Nothing when it is another's
    /// by now.
    async fn wait_for_quota(&self, claim: &Claim, until: Timestamp) -> Option<Finish> {
        let now = self.clock.now();
        let (reconciler, of) = (self.reconciler.clone(), claim.clone());
        let saying = async move { reconciler.wait_for_quota(&of, until, now).await };
        if let Ok(Ok(Err(error))) = self.hold(claim, LONGEST, saying).await? {
            tracing::warn!(%error, "cannot say that it waits");
        }
        Some(Finish::Release { at: until })
    }

    fn lease_time(&self) -> SignedDuration {
        SignedDuration::try_from(self.lease).unwrap_or(SignedDuration::MAX)
    }

    /// Does something for a subject, and renews its lease meanwhile. In a task of its own: if we
    /// crash in it, this worker goes on with the next subject. Nothing when another has taken the
    /// subject: then there is nothing left to do it for.
    async fn hold<T: Send + 'static>(
        &self,
        claim: &Claim,
        longest: Duration,
        doing: impl Future<Output = T> + Send + 'static,
    ) -> Option<Held<T>> {
        let mut doing = tokio::spawn(tokio::time::timeout(longest, doing).in_current_span());
        loop {
            tokio::select! {
                done = &mut doing => return Some(done),
                () = tokio::time::sleep(self.lease / 4) => {}
            }
            let store = &self.reconciler.store;
            match store.renew(claim, self.lease_time(), self.clock.now()).await {
                Ok(Lease::Held) => {}
                Ok(Lease::Lost) => {
                    doing.abort();
                    return None;
                }
                // Perhaps it comes back before the lease ends.
                Err(error) => tracing::warn!(%error, "a lease could not be renewed"),
            }
        }
    }

    /// How a claim ends; nothing when it is another's by now.
    async fn judge(&self, claim: &Claim) -> Option<Finish> {
        let now = self.clock.now();
        let (reconciler, of) = (self.reconciler.clone(), claim.clone());
        let judging = async move { reconciler.reconcile(&of, now).await };
        let judged = self.hold(claim, LONGEST, judging).await?;
        let now = self.clock.now();
        Some(match judged {
            Ok(Ok(Ok(finish))) => finish,
            Ok(Ok(Err(error))) => {
                if let Some(until) = limited(&error) {
                    tracing::info!(%error, "waits for GitHub's quota");
                    return self.wait_for_quota(claim, until).await;
                }
                let finish = after(&error, claim, now);
                tracing::warn!(
                    attempt = claim.attempt, %error, ?finish, "could not be judged"
                );
                finish
            }
            Ok(Err(_)) => {
                tracing::warn!("gave up after {LONGEST:?}");
                again_or_park(format!("judging it took longer than {LONGEST:?}"), claim, now)
            }
            Err(error) => {
                let finish = again_or_park(error.to_string(), claim, now);
                tracing::error!(
                    attempt = claim.attempt, %error, ?finish, "failed inside; please report it"
                );
                finish
            }
        })
    }

    /// Whoever looks at the pull request is told too, if GitHub lets us.
    async fn tell_parked(&self, claim: &Claim, why: String) -> Option<Finish> {
        tracing::error!(why, "parked: it is tried again at the next event or sweep");
        let now = self.clock.now();
        let (reconciler, of, what) = (self.reconciler.clone(), claim.clone(), why.clone());
        let telling = async move { reconciler.park(&of, &what, now).await };
        let untold = match self.hold(claim, TELLING, telling).await? {
            Ok(Ok(Ok(()))) => return Some(Finish::Park { why }),
            Ok(Ok(Err(error))) => error.to_string(),
            Ok(Err(_)) => format!("not within {TELLING:?}"),
            Err(error) => error.to_string(),
        };
        tracing::warn!(why = untold, "its check could not be told that it is parked");
        Some(Finish::Park { why })
    }

    /// The rounds: sweep, failed deliveries, pruning. One process of all does each.
    pub async fn rounds(&self, mut stop: watch::Receiver<bool>) {
        let begun = self.clock.now();
        while !*stop.borrow() {
            if let Err(error) = self.round().await {
                tracing::warn!(%error, "a round failed; the next one makes it good");
            }
            if let Err(error) = self.census(begun).await {
                tracing::warn!(%error, "the census failed; the next one makes it good");
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(5)) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// A census, if one is due. Not in the first minute: what failed to be delivered comes first, and
    /// tells most of it for less.
    async fn census(
        &self,
        begun: Timestamp,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let now = self.clock.now();
        let Reconciler { store, github, .. } = &self.reconciler;
        let is_early = now.duration_since(begun) < SignedDuration::from_mins(1);
        if is_early || !store.begin_round("census", CENSUS, now).await? {
            return Ok(());
        }
        let marked = census::census(store, github, now).await?;
        if marked > 0 {
            tracing::info!(marked, "census: open pull requests that no event had told of");
            self.bell.notify_waiters();
        }
        Ok(())
    }

    /// One look at whether a round is due.
    ///
    /// # Errors
    /// When the store or GitHub fails.
    pub async fn round(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let now = self.clock.now();
        let Reconciler { store, github, .. } = &self.reconciler;
        let period = SignedDuration::try_from(self.sweep)?;
        if store.begin_round("sweep", period, now).await? {
            let marked = store.mark_stale(period, now).await?;
            if marked > 0 {
                tracing::info!(marked, "sweep: looking again at open heads");
                self.bell.notify_waiters();
            }
        }
        let missed = self.missed.swap(false, Ordering::Relaxed);
        let period = if missed { SOON } else { USUAL };
        if store.begin_round("deliveries", period, now).await? {
            let asked = redelivery::round(store, github, now, missed).await;
            if asked.is_err() && missed {
                self.missed.store(true, Ordering::Relaxed);
            }
            asked?;
        } else if missed {
            self.missed.store(true, Ordering::Relaxed);
        }
        if store.begin_round("prune", SignedDuration::from_hours(24), now).await? {
            store.prune(&Retention::default(), now).await?;
        }
        let queue = store.queue(now).await?;
        self.reconciler.metrics.parked(queue.parked);
        self.reconciler
            .metrics
            .queue_age(queue.age.map_or(Duration::ZERO, SignedDuration::unsigned_abs));
        Ok(())
    }
}

/// What log lines of a judgement carry. The head is that of the last event; the snapshot's follows.
fn of(claim: &Claim) -> Span {
    let number = match &claim.subject.key {
        SubjectKey::PullRequest(number) => Some(*number),
        SubjectKey::MergeGroup { head_ref, .. } => group_number(head_ref),
        SubjectKey::Branch { .. } => None,
    };
    let head = match &claim.subject.key {
        SubjectKey::MergeGroup { head, .. } | SubjectKey::Branch { head, .. } => Some(head),
        SubjectKey::PullRequest(_) => claim.head.as_ref(),
    };
    tracing::info_span!(
        "judge",
        repository = %claim.repository,
        subject = %claim.subject,
        pull_request = number.map(|number| number.0),
        head = head.map(tracing::field::display),
    )
}

/// What GitHub did, where it is its fault.
const fn by_github(error: &ReconcileError) -> Option<&github::Error> {
    match error {
        ReconcileError::Gather(GatherError::GitHub(error))
        | ReconcileError::Publish(PublishError::GitHub(error)) => Some(error),
        ReconcileError::Gather(_)
        | ReconcileError::Publish(_)
        | ReconcileError::Store(_)
        | ReconcileError::Record(_) => None,
    }
}

/// Until when GitHub said to wait, if it did.
fn limited(error: &ReconcileError) -> Option<Timestamp> {
    by_github(error).and_then(github::Error::until)
}

/// What follows from a failure.
fn after(error: &ReconcileError, claim: &Claim, now: Timestamp) -> Finish {
    match by_github(error) {
        Some(github::Error::Gone { .. }) => Finish::Park { why: error.to_string() },
        // A repository that moved, was deleted or left the installation: the next event tells.
        Some(other) if !other.is_retryable() && claim.attempt >= 3 => {
            Finish::Park { why: error.to_string() }
        }
        _ => again_or_park(error.to_string(), claim, now),
    }
}

/// What may pass is tried again, and what does not is parked.
fn again_or_park(why: String, claim: &Claim, now: Timestamp) -> Finish {
    if claim.attempt >= MOST_ATTEMPTS {
        return Finish::Park { why };
    }
    Finish::Retry { at: back_off(claim, now) }
}

/// Twice as long each time, up to five minutes, and a little off the beat, so that what failed
/// together does not come back together.
fn back_off(claim: &Claim, now: Timestamp) -> Timestamp {
    let doublings = u32::try_from(claim.attempt.saturating_sub(1)).unwrap_or(u32::MAX).min(9);
    let millis = (1_000_i64 << doublings).min(300_000);
    // Up to a quarter more. Fences are all different, and this spreads those that are neighbours.
    let spread = claim.fence.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let jitter = i64::try_from(spread).unwrap_or_default() % (millis / 4);
    now.checked_add(SignedDuration::from_millis(millis + jitter)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{RepositoryId, RepositoryName, Subject, SubjectKey};

    #[test]
    fn retries_wait_longer_each_time_and_do_not_come_back_together() {
        let now = Timestamp::UNIX_EPOCH;
        let wait = |attempt, fence| {
            let at = back_off(&Claim { fence, ..claim(attempt) }, now);
            at.duration_since(now).as_millis()
        };
        for (attempt, least) in [(1, 1_000), (2, 2_000), (5, 16_000), (9, 256_000), (50, 300_000)] {
            let waits: Vec<i128> = (0..100).map(|fence| wait(attempt, fence)).collect();
            assert!(waits.iter().all(|wait| (least..least * 5 / 4).contains(wait)), "{waits:?}");
            let different: std::collections::BTreeSet<_> = waits.iter().collect();
            assert!(different.len() > 75, "{} of 100 are different", different.len());
        }
    }

    fn claim(attempt: u64) -> Claim {
        Claim {
            subject: Subject {
                repository: RepositoryId(9),
                key: SubjectKey::PullRequest(crate::ids::PullRequestNumber(1)),
            },
            repository: RepositoryName { owner: "acme".to_owned(), name: "shop".to_owned() },
            installation: None,
            head: None,
            is_open: true,
            asked: None,
            since: Timestamp::UNIX_EPOCH,
            attempt,
            fence: 7,
        }
    }

    #[tokio::test]
    async fn a_crash_of_ours_is_tried_again_and_then_parked() {
        let now = Timestamp::UNIX_EPOCH;
        let crash = tokio::spawn(async { panic!("a fault of ours") as () }).await;
        let crash: JoinError = crash.unwrap_err();
        let Finish::Retry { at } = again_or_park(crash.to_string(), &claim(1), now) else {
            panic!("the first crash is no reason to give up")
        };
        assert!(at > now, "at once it would crash at once");
        let Finish::Park { why } = again_or_park(crash.to_string(), &claim(MOST_ATTEMPTS), now)
        else {
            panic!("what crashes each time is given up")
        };
        assert!(why.contains("a fault of ours"), "{why}");
    }
}
