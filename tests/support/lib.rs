//! What the tests of the whole are written with.

pub mod github;
