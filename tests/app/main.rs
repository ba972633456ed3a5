//! The whole App, end to end: its real router, its real client and a real database, against the
//! fake GitHub over HTTP. What is left over at the end fails the test.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod again;
mod app;
mod baseline;
mod calls;
mod changes;
mod comment;
mod commits;
mod demo;
mod doctor;
mod extends;
mod faults;
mod load;
mod parked;
mod parts;
mod paths;
mod policy;
mod process;
mod protection;
mod publish;
mod queue;
mod quota;
mod ratchet;
mod reports;
mod review;
mod snapshot;
mod story;
mod upload;
mod weakening;
mod whole_bar;
mod worker;
mod would_be;
