//! gate-core
pub mod evidence;
pub mod measure;
pub mod policy;
pub mod report;
pub mod rule;
mod verdict;

pub use verdict::{Remark, SOON_DAYS, Verdict, WaiverState, WaiverVerdict, evaluate};
