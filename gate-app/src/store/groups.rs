//! Deliveries in groups. SQLite has one writer, and a commit that survives a power cut waits for the
//! disk: so what comes meanwhile waits together and is made durable together, by one commit.
//!
//! The outcome is that of one transaction each, in the order of arrival: nobody is told before the
//! commit, and a delivery that the database refuses takes no other with it. PostgreSQL groups
//! commits by itself.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use crate::ids::{InstallationId, RepositoryId};

use super::{
    Store, StoreError,
    convert::malformed,
    db::{Db, Sql, args},
    inbox::{InboxEntry, Receipt, make_marks},
    repositories::{Repository, all_known},
};

/// So many deliveries in one transaction at most: the writer is nobody's for long.
const MOST: usize = 64;
/// So many wait to be taken; more wait outside.
const WAITING: usize = 256;

/// A delivery that waits, and who wants to know.
struct Waiting {
    entry: InboxEntry,
    now: Timestamp,
    tell: oneshot::Sender<Result<Receipt, StoreError>>,
}

/// The door to the group that gathers now.
#[derive(Debug, Clone)]
pub(super) struct Groups(mpsc::Sender<Waiting>);

impl Groups {
    /// Begins to gather. It ends when the last door is gone.
    pub(super) fn start(db: Db) -> Self {
        let (door, mut waiting) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let mut group = Vec::with_capacity(MOST);
            while waiting.recv_many(&mut group, MOST).await > 0 {
                settle(&db, std::mem::take(&mut group)).await;
            }
        });
        Self(door)
    }

    /// Stores a delivery with whatever else is waiting; none when nobody gathers any more.
    pub(super) async fn receive(
        &self,
        entry: &InboxEntry,
        now: Timestamp,
    ) -> Option<Result<Receipt, StoreError>> {
        let (tell, told) = oneshot::channel();
        self.0.send(Waiting { entry: entry.clone(), now, tell }).await.ok()?;
        told.await.ok()
    }
}

/// Stores a group and tells everybody of it.
async fn settle(db: &Db, group: Vec<Waiting>) {
    let together = if group.len() > 1 { together(db, &group).await.ok() } else { None };
    match together {
        Some(receipts) => {
            for (waiting, receipt) in group.into_iter().zip(receipts) {
                // Whoever went away will be sent the delivery again.
                let _ = waiting.tell.send(Ok(receipt));
            }
        }
        // Alone, or one of them cannot be stored: each for itself, and each its own error.
        None => {
            for Waiting { entry, now, tell } in group {
                let _ = tell.send(Store::receive_alone(db, &entry, now).await);
            }
        }
    }
}

/// A delivery as a row of JSON.
#[derive(Serialize)]
struct Line<'a> {
    delivery: &'a str,
    event: &'a str,
    action: Option<&'a str>,
    installation: Option<i64>,
    repository: Option<i64>,
    received_at: i64,
}

const STORE: Sql = Sql::new(
    "store deliveries",
    "INSERT INTO deliveries (delivery, event, action, installation, repository, received_at)
     SELECT value ->> 'delivery', value ->> 'event', value ->> 'action', value ->> 'installation',
            value ->> 'repository', value ->> 'received_at'
     FROM json_each($1) WHERE true ORDER BY key
     ON CONFLICT (delivery) DO NOTHING RETURNING delivery",
);

/// All of them in one transaction; the receipts in their order.
async fn together(db: &Db, group: &[Waiting]) -> Result<Vec<Receipt>, StoreError> {
    let mut tx = db.begin().await?;
    let signed = |id: &InstallationId| id.0.cast_signed();
    let lines: Vec<Line<'_>> = group
        .iter()
        .map(|Waiting { entry, now, .. }| Line {
            delivery: &entry.delivery,
            event: &entry.event,
            action: entry.action.as_deref(),
            installation: entry.installation.as_ref().map(signed),
            repository: entry.repository.as_ref().map(|(id, _)| id.0.cast_signed()),
            received_at: now.as_millisecond(),
        })
        .collect();
    let lines = serde_json::to_string(&lines)
        .map_err(|error| malformed("deliveries", &error.to_string()))?;
    let mut new = BTreeSet::new();
    for row in tx.rows(&STORE, args![lines]).await? {
        new.insert(row.get::<String>(0)?);
    }
    let repositories: BTreeSet<RepositoryId> =
        group.iter().filter_map(|one| Some(one.entry.repository.as_ref()?.0)).collect();
    let mut known: BTreeMap<RepositoryId, Repository> = all_known(&mut tx, &repositories).await?;
    let mut receipts = Vec::with_capacity(group.len());
    for Waiting { entry, now, .. } in group {
        // The second of two with one id is a redelivery.
        receipts.push(if new.remove(&entry.delivery) {
            Receipt::Stored { marked: make_marks(&mut tx, entry, &mut known, *now).await? }
        } else {
            Receipt::Known
        });
    }
    tx.commit().await?;
    Ok(receipts)
}
