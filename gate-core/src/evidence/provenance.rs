//! Where a piece of evidence came from.

use serde::{Deserialize, Serialize};

use crate::measure::Digest;

/// The origin of a report's bytes. The reader does not know it: whoever gathered the bytes says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The file or artifact the bytes came from.
    pub origin: String,
    /// The digest of the bytes, as they were read.
    pub digest: Digest,
    /// How many bytes.
    pub bytes: u64,
}
