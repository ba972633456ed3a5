//! Which format some bytes are.

use super::{Format, ReadError, ReadProblem};

/// The format of these bytes, by their beginning.
///
/// # Errors
/// When no reader knows them.
pub fn recognise(_bytes: &[u8]) -> Result<Format, ReadError> {
    Err(ReadError::new(ReadProblem::Empty))
}
