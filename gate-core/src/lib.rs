#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod evidence;
pub mod green;
pub mod measure;
pub mod policy;
mod record;
pub mod render;
pub mod report;
pub mod rule;
mod verdict;

pub use record::{RECORD_V1, Record, RecordError};
pub use verdict::{Remark, SOON_DAYS, Verdict, WaiverState, WaiverVerdict, evaluate};
