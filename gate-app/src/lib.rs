//! The GitHub App: gathers evidence, asks gate-core for a verdict, publishes it. It decides nothing
//! that gate-core can decide.

mod census;
pub mod clock;
pub mod doctor;
pub mod gather;
pub mod github;
pub mod ids;
pub mod metrics;
pub mod permissions;
pub mod publish;
mod quota;
pub mod reconcile;
mod redelivery;
pub mod serve;
pub mod server;
pub mod settings;
pub mod store;
pub mod tokens;
pub mod upload;
pub mod webhook;
pub mod worker;
