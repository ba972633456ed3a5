//! Floor 0: what is counted and how it is compared. Exact integers and decimals only; a float
//! appears nowhere, because a bar that moves in the fifteenth digit is not a bar.

mod digest;
mod duration;
mod fingerprint;
mod location;
mod message;
mod percent;
mod ratio;
mod severity;

pub use digest::Digest;
pub use duration::Span;
pub use fingerprint::Fingerprint;
pub use location::{Location, RepoPath};
pub use message::{Message, Part};
pub use percent::{Percent, PercentError};
pub use ratio::{Ratio, RatioError};
pub use severity::{Confidence, Severity};
