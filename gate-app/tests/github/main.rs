//! The GitHub side against a small server of its own: every request is held against GitHub's
//! description, and every call is counted.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::panic,
    reason = "a panic is a failed test, and JSON is written in place, in what the tests share too"
)]

mod checks;
mod comments;
mod commits;
mod evidence;
mod failures;
mod lists;
mod organisation;
mod server;
mod snapshot;
mod tokens;
mod unpack;
