//! Floor 3: GitHub delivers nothing twice by itself, so what failed is asked for again: each delivery
//! less and less often, and not for ever.

use jiff::{SignedDuration, Timestamp};

use crate::{
    github::{self, GitHub},
    store::{FailedDelivery, Redelivery, Store, StoreError},
};

/// GitHub keeps deliveries for three days.
const KEPT: SignedDuration = SignedDuration::from_hours(71);
/// What is in the list a little late, because it was under way when the list was read before.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// How long to wait after the first time, doubled each time …
const FIRST: SignedDuration = SignedDuration::from_mins(2);
/// … up to this.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);
/// A delivery that we refused because of what it holds is asked for so often and no more: perhaps it
/// was another App's, or one that a newer App could read.
const MOST_REFUSED: u64 = 3;

/// Why a round was not finished.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RedeliveryError {
    /// GitHub did not answer as it should.
    #[error(transparent)]
    GitHub(#[from] github::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads what failed since the last time, and asks for what is due. Where `missed` says that it was
/// our own fault (we were not up, the store failed), for all else too that we did not refuse.
pub(crate) async fn round(
    store: &Store,
    github: &GitHub,
    now: Timestamp,
    missed: bool,
) -> Result<(), RedeliveryError> {
    read(store, github, now).await?;
    let until = if missed { now.checked_add(LONGEST).unwrap_or(now) } else { now };
    for one in store.redeliveries(until).await? {
        let guid = one.failed.delivery.as_str();
        // One that we refused comes no earlier for our having been away.
        if one.failed.refused && one.due > now {
            continue;
        }
        if store.has_received(guid).await? {
            store.forget_redelivery(guid).await?;
            continue;
        }
        let due = again(&one, now);
        if due.is_none() {
            tracing::warn!(
                delivery = guid,
                asked = one.asked,
                refused = one.failed.refused,
                "a delivery that failed is given up; the sweep finds what it told of"
            );
        } else {
            tracing::info!(delivery = guid, asked = one.asked, "asking for a delivery that failed");
            // One that GitHub does not give must not keep back those that it would.
            if let Err(error) = github.redeliver(one.failed.attempt).await {
                tracing::warn!(delivery = guid, %error, "it was not delivered again");
            }
        }
        store.note_redelivery(guid, due).await?;
    }
    Ok(())
}

/// Notes every delivery that failed since the list was read last.
async fn read(store: &Store, github: &GitHub, now: Timestamp) -> Result<(), RedeliveryError> {
    let earliest = now.checked_sub(KEPT).unwrap_or(now);
    let since = match store.deliveries_read().await? {
        // By GitHub's clock both.
        Some(until) => until.checked_sub(OVERLAP).unwrap_or(until).max(earliest),
        None => earliest,
    };
    let list = github.deliveries_since(since).await?;
    for failed in list.failed() {
        // What we answered with a 4xx about the delivery itself; about 401 somebody may do something.
        let refused = matches!(failed.status_code, 400 | 413 | 422);
        let failed = FailedDelivery {
            delivery: failed.guid,
            attempt: failed.id,
            refused,
            failed_at: failed.delivered_at,
        };
        store.note_failed_delivery(&failed, now).await?;
    }
    if let Some(newest) = list.newest() {
        store.note_deliveries_read(newest).await?;
    }
    Ok(())
}

/// When it may be asked for once more after now; nothing when it is given up.
fn again(one: &Redelivery, now: Timestamp) -> Option<Timestamp> {
    let is_kept = now.duration_since(one.failed.failed_at) < KEPT;
    if !is_kept || one.failed.refused && one.asked >= MOST_REFUSED {
        return None;
    }
    let doublings = i32::try_from(one.asked.min(8)).unwrap_or(8);
    let wait = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    now.checked_add(wait).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(refused: bool, asked: u64, age: SignedDuration) -> Option<i64> {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let failed = FailedDelivery {
            delivery: "guid".to_owned(),
            attempt: 1,
            refused,
            failed_at: now - age,
        };
        Some(again(&Redelivery { failed, asked, due: now }, now)?.duration_since(now).as_mins())
    }

    #[test]
    fn what_we_refuse_is_given_up_and_what_did_not_arrive_is_asked_for_less_and_less() {
        let young = SignedDuration::from_mins(1);
        let refused: Vec<_> = (0..5).map(|asked| minutes(true, asked, young)).collect();
        assert_eq!(refused, [Some(2), Some(4), Some(8), None, None]);
        let lost: Vec<_> = (0..8).map(|asked| minutes(false, asked, young)).collect();
        assert_eq!(lost, [2, 4, 8, 16, 32, 60, 60, 60].map(Some));
        assert_eq!(minutes(false, 70, SignedDuration::from_hours(70)), Some(60));
        assert_eq!(
            minutes(false, 70, SignedDuration::from_hours(71)),
            None,
            "GitHub has forgotten"
        );
    }
}
