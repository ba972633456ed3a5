//! `pull-request.json`, version 1.

use super::{Limits, ReadError, ReadProblem};
use crate::evidence::PullRequest;

/// Reads the state of a pull request.
///
/// # Errors
/// When it is not a complete document of version 1.
pub fn read_pull_request(_bytes: &[u8], _limits: &Limits) -> Result<PullRequest, ReadError> {
    Err(ReadError::new(ReadProblem::Empty))
}
