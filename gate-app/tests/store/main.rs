//! The contract of the store, kept by SQLite and by PostgreSQL alike.
//!
//! Every test runs on SQLite, and on PostgreSQL when `GATE_TEST_POSTGRES` holds the URL of
//! a database in which it may make schemas: `.ci/postgres cargo test -p gate-app --test store`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "all of this is tests: what is not as it should be is a failed test"
)]

mod again;
mod baselines;
mod concurrency;
mod evidence;
mod inbox;
mod pieces;
mod pruning;
mod publishing;
mod quota;
mod redeliveries;
mod restart;
mod secrets;
mod subjects;
mod support;
mod tables;
mod tokens;
mod uploads;
