//! Lines, straight from the text.

use super::files::Listed;
use crate::report::Limits;

pub(super) const fn fits(_limits: &Limits) -> bool {
    true
}

pub(super) const fn lines<'t>(text: &'t [u8], _listed: &mut Listed) -> &'t [u8] {
    text
}
