//! The GitHub App: gathers evidence, asks gate-core for a verdict, publishes it. It decides nothing
//! that gate-core can decide.

pub mod github;
pub mod ids;
