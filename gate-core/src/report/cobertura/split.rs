//! A large text read in parts at once.

use super::{document::Body, encoding::Encoding};
use crate::report::ReadOptions;

pub(super) fn read(
    _text: &[u8],
    _from: usize,
    _encoding: Encoding,
    _options: &ReadOptions,
) -> Option<Body> {
    None
}
