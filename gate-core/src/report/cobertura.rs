//! Cobertura XML.

use std::io::BufRead;

use super::{ReadError, ReadOptions, ReadProblem};
use crate::evidence::Report;

pub(super) fn read(_bytes: &[u8], _options: &ReadOptions) -> Result<Report, ReadError> {
    Err(ReadError::new(ReadProblem::Empty))
}

pub(super) fn read_stream(
    _source: impl BufRead,
    _options: &ReadOptions,
) -> Result<Report, ReadError> {
    Err(ReadError::new(ReadProblem::Empty))
}
