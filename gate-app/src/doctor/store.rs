//! The database: there, reached, up to date, writable; and what waits or is parked in it.

use jiff::SignedDuration;
use secrecy::ExposeSecret as _;

use crate::{
    clock::Clock,
    serve::kept_credentials,
    settings::{Credentials, Settings},
    store::{Standing, Store, StoreError},
};

use super::{Check, Diagnosis};

/// Longer than this nothing waits where enough workers work.
const LONG: SignedDuration = SignedDuration::from_mins(5);
/// So many parked subjects are named.
const NAMED: usize = 5;

/// Looks at it; gives the credentials that are kept there.
pub(super) async fn examine(
    settings: &Settings,
    clock: &Clock,
    diagnosis: &mut Diagnosis,
) -> Option<Credentials> {
    let url = settings.database.expose_secret();
    match Store::examine(url, clock.now()).await {
        Err(error) => {
            let advice = "check DATABASE_URL, and that this user may write there";
            diagnosis.wrong(Check::Database, &error.to_string(), advice);
            None
        }
        Ok(Standing::NotThere) => {
            let what = "the file of DATABASE_URL is not there yet";
            let advice = "`gate-app serve` makes it; if it ran already, this is another folder, or \
                          another DATABASE_URL";
            diagnosis.notice(Check::Database, what, advice);
            None
        }
        Ok(Standing::Newer) => {
            let what = "its tables are of a newer gate-app than this one";
            let advice = "run this doctor with the gate-app that serves";
            diagnosis.wrong(Check::Database, what, advice);
            None
        }
        Ok(Standing::Behind(store)) => {
            let what = "its tables are of an older gate-app, or there are none";
            let advice = "`gate-app serve` brings them up to date when it starts";
            diagnosis.notice(Check::Database, what, advice);
            // Where there are no tables there are no credentials.
            let kept = kept_credentials(&store).await.ok().flatten();
            store.close().await;
            kept
        }
        Ok(Standing::Current(store)) => {
            diagnosis.good(Check::Database, "answers, is up to date, and takes writes");
            if let Err(error) = queue(&store, clock, diagnosis).await {
                diagnosis.wrong(Check::Queue, &error.to_string(), "see the log of the database");
            }
            let kept = match kept_credentials(&store).await {
                Ok(kept) => kept,
                Err(error) => {
                    let advice = "register the App anew, or set its identity in the settings";
                    diagnosis.wrong(Check::Credentials, &error.to_string(), advice);
                    None
                }
            };
            store.close().await;
            kept
        }
    }
}

async fn queue(store: &Store, clock: &Clock, diagnosis: &mut Diagnosis) -> Result<(), StoreError> {
    let queue = store.queue(clock.now()).await?;
    let parked = store.parked().await?;
    let age = queue.age.unwrap_or_default();
    if age > LONG {
        let seconds = age.as_secs();
        let what = format!("{} subjects wait, the first for {seconds} s", queue.waiting);
        let advice = "is `gate-app serve` running? If it is, see its log, or raise GATE_WORKERS";
        diagnosis.wrong(Check::Queue, &what, advice);
    } else if parked.is_empty() {
        let what = format!("{} open, {} wait now, none is parked", queue.open, queue.waiting);
        diagnosis.good(Check::Queue, &what);
    }
    for one in parked.iter().take(NAMED) {
        let what = format!("{} {} is parked: {}", one.repository, one.subject, one.why);
        let advice = "it is judged again by the next event about it; push, or press Re-evaluate";
        diagnosis.notice(Check::Queue, &what, advice);
    }
    if let Some(more) = parked.len().checked_sub(NAMED).filter(|more| *more > 0) {
        let what = format!("{more} more are parked");
        diagnosis.notice(Check::Queue, &what, "the log says why each was");
    }
    Ok(())
}
