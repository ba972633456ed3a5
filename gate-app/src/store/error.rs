//! Why the store could not do what it was asked.

use std::error::Error;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The URL names no database that is known. The URL is not shown: it may hold a password.
    #[error(
        "DATABASE_URL must start with sqlite: or postgres:, for example sqlite://gate.db or postgres://gate@localhost/gate"
    )]
    Scheme,
    /// The URL cannot be read.
    #[error("DATABASE_URL cannot be used: {0}")]
    Url(String),
    /// The tables could not be brought up to date.
    #[error(
        "the tables of the database could not be brought up to date: {0}; was it written by a newer gate-app?"
    )]
    Migration(#[source] Box<dyn Error + Send + Sync>),
    /// The database refused, or could not be reached; the same call may succeed later.
    #[error("the database could not {to}: {source}")]
    Database {
        /// What it was to do.
        to: &'static str,
        /// What it answered.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Something in the database was not written by this App.
    #[error("the database holds a {what} that cannot be read: {text:?}")]
    Malformed {
        /// What it should be.
        what: &'static str,
        /// What it is.
        text: String,
    },
}

/// What the database answered, with what it was to do; the driver's type goes no further.
pub(super) fn database(to: &'static str, error: sqlx::Error) -> StoreError {
    StoreError::Database { to, source: error.into() }
}
