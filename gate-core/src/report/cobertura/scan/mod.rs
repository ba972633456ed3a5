//! Lines, straight from the text. What is written in the ordinary way is taken here, without an
//! event for each tag and each gap; everything else is left where it is, for quick-xml and the
//! document to judge. Nothing is accepted here that they would see otherwise.

mod conditions;
mod line;

use super::files::Listed;
use crate::report::Limits;

/// A tag or gap longer than this is not ordinary.
const LONGEST: usize = 4096;

/// How much deeper than `<lines>` elements nest that are taken here.
pub(super) const DEPTH: usize = 3;

/// Whether the tags and gaps that are taken here are within the limits.
pub(super) const fn fits(limits: &Limits) -> bool {
    limits.token >= LONGEST && limits.attributes >= 5
}

/// Takes the ordinary `<line>`s with which the text begins, and what is white between them.
/// Returns the rest of the text.
pub(super) fn lines<'t>(mut text: &'t [u8], listed: &mut Listed) -> &'t [u8] {
    let (mut gap, mut inner) = (Gap::default(), Gap::default());
    let mut last = listed.last();
    let mut is_unordered = listed.is_unordered;
    while let Some(tag) = gap.skip(text)
        && let Some((line, rest)) = line::line(tag, &mut inner)
    {
        is_unordered |= last >= line.number;
        last = line.number;
        listed.lines.push(line);
        text = rest;
    }
    listed.is_unordered = is_unordered;
    text
}

/// The gap before a tag. Most are like the one before, and short enough to be compared at once.
#[derive(Default)]
struct Gap {
    /// The bytes of the gap and of the `<` behind it, the first lowest.
    bytes: u128,
    /// Which bytes these are; none before the first gap.
    mask: u128,
    length: usize,
}

impl Gap {
    /// The text from the `<` on.
    #[inline]
    fn skip<'t>(&mut self, text: &'t [u8]) -> Option<&'t [u8]> {
        match text.first_chunk() {
            Some(chunk)
                if self.mask != 0 && u128::from_le_bytes(*chunk) & self.mask == self.bytes =>
            {
                text.get(self.length..)
            }
            _ => self.measure(text),
        }
    }

    fn measure<'t>(&mut self, text: &'t [u8]) -> Option<&'t [u8]> {
        let is_white = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        let length = text.iter().take(LONGEST + 1).take_while(|byte| is_white(byte)).count();
        let tag =
            text.get(length..).filter(|tag| length <= LONGEST && tag.first() == Some(&b'<'))?;
        self.mask = 0;
        if let Some(chunk) = text.first_chunk()
            && let bits @ 8..=128 = 8 * (length + 1)
        {
            self.mask = u128::MAX >> (128 - bits);
            self.bytes = u128::from_le_bytes(*chunk) & self.mask;
            self.length = length;
        }
        Some(tag)
    }
}
