//! The two databases behind one face: the same statement text on either, rows and arguments of the
//! three types that both share. Nothing above this file knows which database it is.

use sqlx::{
    Decode, PgPool, Postgres, Row as _, Sqlite, SqlitePool, Transaction, Type, postgres::PgRow,
    query, sqlite::SqliteRow,
};

use super::{StoreError, error::database};

/// A statement: what it does, for errors, and its text in either dialect.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sql {
    /// Completes "the database could not …".
    pub(super) to: &'static str,
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
}

impl Sql {
    /// A statement that both databases understand.
    pub(super) const fn new(to: &'static str, text: &'static str) -> Self {
        Self { to, sqlite: text, postgres: text }
    }
}

/// An argument of a statement. Without `Debug`: it may be a secret.
pub(super) enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Vec<u8>),
}

/// The arguments of a statement, in the order of `$1`, `$2`, …
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::db::Arg::from($value)),*] };
}
pub(super) use args;

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<bool> for Arg {
    fn from(value: bool) -> Self {
        Self::Int(Some(value.into()))
    }
}

impl From<Option<i64>> for Arg {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<&str>> for Arg {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

impl From<Vec<u8>> for Arg {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

/// A row of an answer.
#[derive(Debug)]
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// The value of a column, counted from 0.
    pub(super) fn get<T>(&self, column: usize) -> Result<T, StoreError>
    where
        T: for<'r> Decode<'r, Sqlite>
            + Type<Sqlite>
            + for<'r> Decode<'r, Postgres>
            + Type<Postgres>,
    {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
        .map_err(|error| database("read a row", error))
    }
}

/// The databases.
#[derive(Debug, Clone)]
pub(super) enum Db {
    /// One connection writes, so that no writer meets another; the others read.
    Sqlite {
        read: SqlitePool,
        write: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction. Dropped without a commit, it changes nothing.
#[derive(Debug)]
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A prepared statement with its arguments bound, for either database.
macro_rules! bound {
    ($text:expr, $args:expr) => {
        $args.into_iter().fold(query($text), |query, arg| match arg {
            Arg::Int(value) => query.bind(value),
            Arg::Text(value) => query.bind(value),
            Arg::Bytes(value) => query.bind(value),
        })
    };
}

impl Db {
    /// Whether writers wait for each other, whatever they write.
    pub(super) const fn has_one_writer(&self) -> bool {
        matches!(self, Self::Sqlite { .. })
    }

    /// Reads outside of a transaction.
    pub(super) async fn rows(&self, sql: &Sql, args: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite { read, .. } => (bound!(sql.sqlite, args).fetch_all(read).await)
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Self::Postgres(pool) => (bound!(sql.postgres, args).fetch_all(pool).await)
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
        }
        .map_err(|error| database(sql.to, error))
    }

    /// Reads one row at most.
    pub(super) async fn row(&self, sql: &Sql, args: Vec<Arg>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// One statement that writes; the number of rows that it wrote.
    pub(super) async fn run(&self, sql: &Sql, args: Vec<Arg>) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite { write, .. } => {
                (bound!(sql.sqlite, args).execute(write).await).map(|done| done.rows_affected())
            }
            Self::Postgres(pool) => {
                (bound!(sql.postgres, args).execute(pool).await).map(|done| done.rows_affected())
            }
        }
        .map_err(|error| database(sql.to, error))
    }

    /// A transaction that writes. SQLite takes its lock at once: one that reads first and asks for
    /// it later is refused whenever another wrote in between.
    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite { write, .. } => write.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite),
            Self::Postgres(pool) => pool.begin().await.map(Tx::Postgres),
        }
        .map_err(|error| database("begin a transaction", error))
    }

    /// Ends every connection, after what they are doing.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    pub(super) async fn rows(&mut self, sql: &Sql, args: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(tx) => (bound!(sql.sqlite, args).fetch_all(&mut **tx).await)
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Self::Postgres(tx) => (bound!(sql.postgres, args).fetch_all(&mut **tx).await)
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
        }
        .map_err(|error| database(sql.to, error))
    }

    pub(super) async fn row(
        &mut self,
        sql: &Sql,
        args: Vec<Arg>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    pub(super) async fn run(&mut self, sql: &Sql, args: Vec<Arg>) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(tx) => {
                (bound!(sql.sqlite, args).execute(&mut **tx).await).map(|done| done.rows_affected())
            }
            Self::Postgres(tx) => (bound!(sql.postgres, args).execute(&mut **tx).await)
                .map(|done| done.rows_affected()),
        }
        .map_err(|error| database(sql.to, error))
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
        .map_err(|error| database("commit", error))
    }
}
