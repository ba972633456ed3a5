//! Floor 0: what is counted and how it is compared. Exact integers and decimals only; a float
//! appears nowhere, because a bar that moves in the fifteenth digit is not a bar.

mod decimal;
mod digest;
mod duration;
mod fingerprint;
mod format;
mod location;
mod message;
mod outcome;
mod package;
mod percent;
mod points;
mod ratio;
mod severity;

pub use decimal::{Decimal, DecimalError, Total};
pub use digest::Digest;
pub use duration::{Span, SpanError};
pub use fingerprint::{Fingerprint, FingerprintError};
pub use format::{ContentKind, Format, UnknownFormat};
pub use location::{Location, RepoPath};
pub(crate) use message::harmless;
pub use message::{Message, Part};
pub use outcome::Outcome;
pub use package::normalised_package;
pub use percent::{Percent, PercentError};
pub use points::Points;
pub use ratio::{Ratio, RatioError};
pub use severity::{Confidence, Severity};
