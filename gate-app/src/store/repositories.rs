//! Repositories: what they are called now, and by which installation the App sees them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::ids::{InstallationId, RepositoryId, RepositoryName};

use super::{
    Store, StoreError,
    convert::malformed,
    db::{Row, Sql, Tx, args},
};

/// A repository that the App has heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// What stays when it is renamed.
    pub id: RepositoryId,
    /// What it is called now, as far as is known.
    pub name: RepositoryName,
    /// The installation by which it can be read; none when no event has told.
    pub installation: Option<InstallationId>,
}

const BY_ID: Sql = Sql::new(
    "look up a repository",
    "SELECT repository, owner, name, installation FROM repositories WHERE repository = $1",
);

/// The same, and nobody else may touch it until the transaction ends. SQLite has one writer anyway.
const BY_ID_LOCKED: Sql = Sql {
    postgres: "SELECT repository, owner, name, installation FROM repositories
               WHERE repository = $1 FOR UPDATE",
    ..BY_ID
};

/// Only where deliveries are stored in groups, which is SQLite's way.
const BY_IDS: Sql = Sql::new(
    "look up repositories",
    "SELECT repository, owner, name, installation FROM repositories
     WHERE repository IN (SELECT value FROM json_each($1))",
);

const BY_NAME: Sql = Sql::new(
    "look up a repository",
    "SELECT repository, owner, name, installation FROM repositories
     WHERE lower(owner) = lower($1) AND lower(name) = lower($2)
     ORDER BY known_at DESC LIMIT 1",
);

const NOTE: Sql = Sql::new(
    "note a repository",
    "INSERT INTO repositories (repository, owner, name, installation, known_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (repository) DO UPDATE SET
         owner = excluded.owner, name = excluded.name,
         installation = COALESCE(excluded.installation, repositories.installation),
         known_at = excluded.known_at",
);

const NOTE_QUEUE: Sql = Sql::new(
    "note a repository",
    "INSERT INTO queues (repository, served) VALUES ($1, 0) ON CONFLICT (repository) DO NOTHING",
);

impl Store {
    /// The repository with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn repository(&self, id: RepositoryId) -> Result<Option<Repository>, StoreError> {
        self.db.row(&BY_ID, args![id]).await?.as_ref().map(read).transpose()
    }

    /// The repository that is called so; GitHub's names do not differ in case alone. When a name
    /// went from one repository to another, the one that was heard of last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn repository_named(
        &self,
        name: &RepositoryName,
    ) -> Result<Option<Repository>, StoreError> {
        let args = args![name.owner.as_str(), name.name.as_str()];
        self.db.row(&BY_NAME, args).await?.as_ref().map(read).transpose()
    }

    /// Notes what a repository is called and who sees it, as [`Store::receive`] does by itself:
    /// for what was learned otherwise than by a webhook.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_repository(
        &self,
        id: RepositoryId,
        name: &RepositoryName,
        installation: Option<InstallationId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        note(&mut tx, &Repository { id, name: name.clone(), installation }, false, now).await?;
        tx.commit().await
    }
}

/// Holds a known repository until the transaction ends; false for one that is unknown.
pub(super) async fn lock(tx: &mut Tx, id: RepositoryId) -> Result<bool, StoreError> {
    Ok(tx.row(&BY_ID_LOCKED, args![id]).await?.is_some())
}

pub(super) async fn look_up(
    tx: &mut Tx,
    id: RepositoryId,
) -> Result<Option<Repository>, StoreError> {
    tx.row(&BY_ID, args![id]).await?.as_ref().map(read).transpose()
}

/// Writes only when something differs: nearly every webhook tells what is known. `locked`: other
/// transactions that are to lock the same repository wait until this one ends.
pub(super) async fn note(
    tx: &mut Tx,
    repository: &Repository,
    locked: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let select = if locked { BY_ID_LOCKED } else { BY_ID };
    let known = tx.row(&select, args![repository.id]).await?.as_ref().map(read).transpose()?;
    note_over(tx, repository, known.as_ref(), now).await.map(drop)
}

/// The same over what is known of it. Says whether anything was written.
pub(super) async fn note_over(
    tx: &mut Tx,
    repository: &Repository,
    known: Option<&Repository>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Repository { id, name, installation } = repository;
    let is_known = known.is_some_and(|known| {
        known.name == *name && (installation.is_none() || known.installation == *installation)
    });
    if is_known {
        return Ok(false);
    }
    let now = now.as_millisecond();
    let args = args![*id, name.owner.as_str(), name.name.as_str(), *installation, now];
    tx.run(&NOTE, args).await?;
    if known.is_none() {
        tx.run(&NOTE_QUEUE, args![*id]).await?;
    }
    Ok(true)
}

/// Those of these repositories that are known.
pub(super) async fn all_known(
    tx: &mut Tx,
    repositories: &BTreeSet<RepositoryId>,
) -> Result<BTreeMap<RepositoryId, Repository>, StoreError> {
    let ids: Vec<i64> = repositories.iter().map(|id| id.0.cast_signed()).collect();
    let ids = serde_json::to_string(&ids)
        .map_err(|error| malformed("list of repositories", &error.to_string()))?;
    let rows = tx.rows(&BY_IDS, args![ids]).await?;
    rows.iter().map(|row| read(row).map(|known| (known.id, known))).collect()
}

/// A repository from the four columns of the statements above.
fn read(row: &Row) -> Result<Repository, StoreError> {
    Ok(Repository {
        id: RepositoryId(row.get::<i64>(0)?.cast_unsigned()),
        name: RepositoryName { owner: row.get(1)?, name: row.get(2)? },
        installation: row.get::<Option<i64>>(3)?.map(|id| InstallationId(id.cast_unsigned())),
    })
}
