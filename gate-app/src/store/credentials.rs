//! Secrets: what GitHub gave when the App was registered by the set-up page, and the digests of
//! upload tokens. The credentials stand in the database as they are; whoever can read the database
//! can act as the App.

use gate_core::measure::Digest;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use crate::ids::RepositoryId;

use super::{
    Store, StoreError,
    db::{Sql, args},
};

impl Store {
    /// Keeps the App's credentials, in place of those that are kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_credentials(
        &self,
        credentials: &SecretString,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const KEEP: Sql = Sql::new(
            "keep the credentials",
            "INSERT INTO credentials (id, credentials, kept_at) VALUES (1, $1, $2)
             ON CONFLICT (id) DO UPDATE SET
                 credentials = excluded.credentials, kept_at = excluded.kept_at",
        );
        let args = args![credentials.expose_secret(), now.as_millisecond()];
        self.db.run(&KEEP, args).await.map(drop)
    }

    /// The App's credentials, when the set-up page has kept them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials(&self) -> Result<Option<SecretString>, StoreError> {
        const READ: Sql =
            Sql::new("read the credentials", "SELECT credentials FROM credentials WHERE id = 1");
        let row = self.db.row(&READ, args![]).await?;
        row.map(|row| row.get::<String>(0).map(SecretString::from)).transpose()
    }

    /// Lets a token upload reports for a repository. Only its digest comes here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_upload_token(
        &self,
        repository: RepositoryId,
        token: &Digest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const KEEP: Sql = Sql::new(
            "keep an upload token",
            "INSERT INTO upload_tokens (repository, digest, kept_at) VALUES ($1, $2, $3)
             ON CONFLICT (repository, digest) DO NOTHING",
        );
        self.db.run(&KEEP, args![repository, token, now.as_millisecond()]).await.map(drop)
    }

    /// Whether the token with this digest may upload reports for a repository.
    ///
    /// # Errors
    /// When the database fails; then it may not.
    pub async fn upload_token_matches(
        &self,
        repository: RepositoryId,
        token: &Digest,
    ) -> Result<bool, StoreError> {
        const LOOK_UP: Sql = Sql::new(
            "look up an upload token",
            "SELECT kept_at FROM upload_tokens WHERE repository = $1 AND digest = $2",
        );
        Ok(self.db.row(&LOOK_UP, args![repository, token]).await?.is_some())
    }

    /// Takes every upload token of a repository back; how many there were.
    ///
    /// # Errors
    /// When the database fails; then they still match.
    pub async fn revoke_upload_tokens(&self, repository: RepositoryId) -> Result<u64, StoreError> {
        const REVOKE: Sql =
            Sql::new("revoke upload tokens", "DELETE FROM upload_tokens WHERE repository = $1");
        self.db.run(&REVOKE, args![repository]).await
    }
}
