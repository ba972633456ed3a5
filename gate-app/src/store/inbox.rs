//! The inbox: deliveries of webhooks, each made durable together with what it marks.
//!
//! A delivery counts as processed when the transaction that stored it commits, because that same
//! transaction made its marks, and marks are all that a webhook is good for. So a redelivery of
//! a delivery that is stored does nothing, and one that was not stored (the App was down, the
//! database failed, the answer was no 2xx) left nothing behind and is processed in full. What comes
//! of the marks afterwards, retries included, is the subject's own story and needs no redelivery.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::ids::{InstallationId, RepositoryId, RepositoryName};

use super::{
    Store, StoreError,
    db::{Db, Sql, Tx, args},
    marks::{Mark, mark},
    repositories::{Repository, note, note_over},
};

/// A webhook delivery as the store takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxEntry {
    /// `X-GitHub-Delivery`, the same on every redelivery.
    pub delivery: String,
    /// `X-GitHub-Event`.
    pub event: String,
    /// The event's action, where it has one.
    pub action: Option<String>,
    /// The installation that it came for.
    pub installation: Option<InstallationId>,
    /// The repository that it is about, and what it is called.
    pub repository: Option<(RepositoryId, RepositoryName)>,
    /// What it says about the repository. Without a repository only [`Mark::Removed`] says
    /// anything.
    pub marks: Vec<Mark>,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// It is stored, and made so many subjects dirty.
    Stored {
        /// How many subjects.
        marked: u64,
    },
    /// It was stored before; nothing was done.
    Known,
}

const STORE: Sql = Sql::new(
    "store a delivery",
    "INSERT INTO deliveries (delivery, event, action, installation, repository, received_at)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (delivery) DO NOTHING",
);

const OF_INSTALLATION: Sql = Sql {
    to: "look up the repositories of an installation",
    sqlite: "SELECT repository FROM repositories WHERE installation = $1 ORDER BY repository",
    postgres: "SELECT repository FROM repositories WHERE installation = $1
               ORDER BY repository FOR UPDATE",
};

impl Store {
    /// Stores a delivery and makes its marks, both or neither.
    ///
    /// # Errors
    /// When the database fails. Then nothing is stored, the webhook must not be answered with a
    /// 2xx, and a redelivery will be processed.
    pub async fn receive(&self, entry: &InboxEntry, now: Timestamp) -> Result<Receipt, StoreError> {
        if let Some(groups) = &self.groups
            && let Some(receipt) = groups.receive(entry, now).await
        {
            return receipt;
        }
        Self::receive_alone(&self.db, entry, now).await
    }

    /// In a transaction of its own.
    pub(super) async fn receive_alone(
        db: &Db,
        entry: &InboxEntry,
        now: Timestamp,
    ) -> Result<Receipt, StoreError> {
        let mut tx = db.begin().await?;
        let repository = entry.repository.as_ref().map(|(id, _)| *id);
        let args = args![
            entry.delivery.as_str(),
            entry.event.as_str(),
            entry.action.as_deref(),
            entry.installation,
            repository,
            now.as_millisecond(),
        ];
        if tx.run(&STORE, args).await? == 0 {
            return Ok(Receipt::Known);
        }
        let marked = match &entry.repository {
            Some((id, name)) => {
                // One mark of one subject waits for one row at most; whatever touches several rows
                // takes the repository first, so that no two can wait for each other in a circle.
                let locked = entry.marks.len() > 1 || entry.marks.iter().any(Mark::is_wide);
                let (id, name, installation) = (*id, name.clone(), entry.installation);
                note(&mut tx, &Repository { id, name, installation }, locked, now).await?;
                mark(&mut tx, id, &entry.marks, now).await?
            }
            None => of_installation(&mut tx, entry, now).await?,
        };
        tx.commit().await?;
        Ok(Receipt::Stored { marked })
    }

    /// Whether a delivery was processed: what a look through GitHub's list of deliveries needs to
    /// know before it asks for one again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_received(&self, delivery: &str) -> Result<bool, StoreError> {
        const LOOK_UP: Sql = Sql::new(
            "look up a delivery",
            "SELECT received_at FROM deliveries WHERE delivery = $1",
        );
        Ok(self.db.row(&LOOK_UP, args![delivery]).await?.is_some())
    }
}

/// Makes the marks of a delivery inside of a group. `known` are repositories as the transaction sees
/// them; one that is not in it is looked at as if it were new, which costs a write and no more.
pub(super) async fn make_marks(
    tx: &mut Tx,
    entry: &InboxEntry,
    known: &mut BTreeMap<RepositoryId, Repository>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let Some((id, name)) = &entry.repository else {
        known.clear();
        return of_installation(tx, entry, now).await;
    };
    let repository = Repository { id: *id, name: name.clone(), installation: entry.installation };
    if note_over(tx, &repository, known.get(id), now).await? {
        let before = known.get(id).and_then(|known| known.installation);
        let installation = repository.installation.or(before);
        known.insert(*id, Repository { installation, ..repository });
    }
    let marked = mark(tx, *id, &entry.marks, now).await?;
    if entry.marks.iter().any(|mark| matches!(mark, Mark::Removed | Mark::Renamed(_))) {
        known.remove(id);
    }
    Ok(marked)
}

/// The marks of an event that is about an installation as a whole.
async fn of_installation(
    tx: &mut Tx,
    entry: &InboxEntry,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let Some(installation) = entry.installation else { return Ok(0) };
    if !entry.marks.contains(&Mark::Removed) {
        return Ok(0);
    }
    for row in tx.rows(&OF_INSTALLATION, args![installation]).await? {
        let repository = RepositoryId(row.get::<i64>(0)?.cast_unsigned());
        mark(tx, repository, &[Mark::Removed], now).await?;
    }
    Ok(0)
}
