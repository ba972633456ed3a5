//! What GitHub gave when the App was registered by the set-up page, and that page's key. It stands in the database as it
//! is; whoever can read the database can act as the App.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

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

    /// The key of the set-up page: the one that is kept, or this one, which is kept from now on. So all
    /// processes have one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setup_key(
        &self,
        offered: &SecretString,
        now: Timestamp,
    ) -> Result<SecretString, StoreError> {
        const KEEP: Sql = Sql::new(
            "keep the set-up page's key",
            "INSERT INTO setup (id, key, kept_at) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING",
        );
        const READ: Sql =
            Sql::new("read the set-up page's key", "SELECT key FROM setup WHERE id = 1");
        let args = args![offered.expose_secret(), now.as_millisecond()];
        self.db.run(&KEEP, args).await?;
        let row = self.db.row(&READ, args![]).await?;
        let kept = row.map(|row| row.get::<String>(0)).transpose()?;
        Ok(kept.map_or_else(|| offered.clone(), SecretString::from))
    }
}
