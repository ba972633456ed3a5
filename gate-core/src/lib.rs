//! gate-core
pub mod evidence;
pub mod measure;
pub mod policy;
pub mod report;
