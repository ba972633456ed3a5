//! The fake GitHub, tested with the client that the App has: what the fake says is what GitHub's
//! descriptions say, and what the App gets wrong the fake finds.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests, and what they are written with"
)]

mod checks;
mod client;
mod descriptions;
mod faults;
mod graphql;
mod reports;
mod webhooks;
