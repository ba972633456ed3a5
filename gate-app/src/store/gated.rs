//! Whether a repository has a gate, and whether anything happened to a subject: what decides if its
//! check may say that it waits.

use crate::ids::{RepositoryId, Subject};

use super::{
    Store, StoreError,
    convert::key_text,
    db::{Sql, args},
    marks::BY_SWEEP,
};

impl Store {
    /// Whether a check was ever published in a repository. Where none was there may be no policy, and
    /// then there is no gate.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_gate(&self, repository: RepositoryId) -> Result<bool, StoreError> {
        const PUBLISHED: Sql = Sql::new(
            "look for a published check",
            "SELECT repository FROM published WHERE repository = $1 AND sequence > 0 LIMIT 1",
        );
        Ok(self.db.row(&PUBLISHED, args![repository]).await?.is_some())
    }

    /// Whether a subject is looked at for the sweep's sake alone: nothing is known to have happened.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_only_swept(&self, subject: &Subject) -> Result<bool, StoreError> {
        const SWEPT: Sql = Sql::new(
            "look up why a subject is due",
            "SELECT fence FROM subjects WHERE repository = $1 AND key = $2 AND priority = $3",
        );
        let args = args![subject.repository, key_text(&subject.key)?, BY_SWEEP];
        Ok(self.db.row(&SWEPT, args).await?.is_some())
    }
}
