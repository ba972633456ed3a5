//! Lines, straight from the text. What is written in the ordinary way is taken here, without an
//! event for each tag and each gap; everything else is left where it is, for quick-xml and the
//! document to judge. Nothing is accepted here that they would see otherwise.

use super::files::Listed;
use crate::{evidence::Line, report::Limits};

/// A tag or gap longer than this is not ordinary.
const LONGEST: usize = 4096;

/// Whether whatever is taken here is within the limits.
pub(super) const fn fits(limits: &Limits) -> bool {
    limits.token >= LONGEST && limits.attributes >= 5
}

/// Takes the ordinary `<line …/>`s with which the text begins, and what is white between them.
/// Returns the rest of the text.
pub(super) fn lines<'t>(mut text: &'t [u8], listed: &mut Listed) -> &'t [u8] {
    let mut gap = Gap::default();
    let mut last = listed.last();
    let mut is_unordered = listed.is_unordered;
    while let Some(tag) = gap.skip(text)
        && let Some((line, rest)) = line(tag)
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
        let length = text
            .iter()
            .take(LONGEST + 1)
            .take_while(|byte| is_white(byte))
            .count();
        let tag = text
            .get(length..)
            .filter(|tag| length <= LONGEST && tag.first() == Some(&b'<'))?;
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

/// One `<line …/>` and what comes behind it.
#[inline]
fn line(tag: &[u8]) -> Option<(Line, &[u8])> {
    // The beginning that nearly all writers share.
    if let Some(rest) = tag.strip_prefix(b"<line number=\"")
        && let Some((number @ 1.., rest)) = count(rest)
        && let Some(rest) = rest.strip_prefix(b"\" hits=\"")
        && let Some((hits, rest)) = count(rest)
    {
        if let Some(rest) = rest.strip_prefix(b"\"/>") {
            return Some((
                Line {
                    number,
                    hits,
                    branches_covered: 0,
                    branches_total: 0,
                },
                rest,
            ));
        }
        let found = Found {
            number: Some(number),
            hits: Some(hits),
            ..Found::default()
        };
        return found.read(rest.strip_prefix(b"\"")?, tag.len());
    }
    Found::default().read(tag.strip_prefix(b"<line")?, tag.len())
}

/// The attributes of a line as they come.
#[derive(Default)]
struct Found {
    number: Option<u32>,
    hits: Option<u32>,
    is_branch: Option<bool>,
    branches: Option<(u16, u16)>,
    has_missing: bool,
}

impl Found {
    /// Reads attributes up to the end of the tag, which began with `left` bytes of the text left.
    fn read(mut self, mut text: &[u8], left: usize) -> Option<(Line, &[u8])> {
        loop {
            match text {
                [b'/', b'>', rest @ ..] => return self.line(rest, left),
                [b'>', rest @ ..] => return self.line(rest.strip_prefix(b"</line>")?, left),
                [b' ', b'/', b'>', rest @ ..] => return self.line(rest, left),
                [b' ', rest @ ..] => text = self.attribute(rest)?,
                _ => return None,
            }
        }
    }

    /// Reads one attribute, with its closing quote.
    #[inline]
    fn attribute<'t>(&mut self, text: &'t [u8]) -> Option<&'t [u8]> {
        let rest = if let Some(value) = text.strip_prefix(b"branch=\"") {
            let (word, rest) = match value {
                [b't' | b'T', b'r', b'u', b'e', rest @ ..] => (true, rest),
                [b'f' | b'F', b'a', b'l', b's', b'e', rest @ ..] => (false, rest),
                _ => return None,
            };
            first(&mut self.is_branch, word)?;
            rest
        } else if let Some(value) = text.strip_prefix(b"condition-coverage=\"") {
            let (stated, rest) = fraction(value)?;
            first(&mut self.branches, stated)?;
            rest
        } else if let Some(value) = text.strip_prefix(b"missing-branches=\"") {
            if std::mem::replace(&mut self.has_missing, true) {
                return None;
            }
            let is_plain =
                |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'&' | b'<');
            value.get(value.iter().position(|byte| !is_plain(byte))?..)?
        } else if let Some(value) = text.strip_prefix(b"number=\"") {
            let (number, rest) = count(value)?;
            first(&mut self.number, number)?;
            rest
        } else {
            let (hits, rest) = count(text.strip_prefix(b"hits=\"")?)?;
            first(&mut self.hits, hits)?;
            rest
        };
        rest.strip_prefix(b"\"")
    }

    fn line(self, rest: &[u8], left: usize) -> Option<(Line, &[u8])> {
        let is_stated = self.branches.is_some() || self.is_branch != Some(true);
        let is_ordinary = is_stated && left - rest.len() <= LONGEST;
        let (branches_covered, branches_total) = self.branches.unwrap_or_default();
        let number = self.number.filter(|&number| number > 0 && is_ordinary)?;
        Some((
            Line {
                number,
                hits: self.hits?,
                branches_covered,
                branches_total,
            },
            rest,
        ))
    }
}

/// Keeps the first value; a second is not ordinary.
fn first<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}

/// One to nine digits.
#[inline]
fn count(text: &[u8]) -> Option<(u32, &[u8])> {
    let (mut value, mut rest) = match text {
        [digit @ b'0'..=b'9', rest @ ..] => (u32::from(*digit) - 0x30, rest),
        _ => return None,
    };
    while let [digit @ b'0'..=b'9', behind @ ..] = rest {
        if text.len() - rest.len() == 9 {
            return None;
        }
        value = value * 10 + (u32::from(*digit) - 0x30);
        rest = behind;
    }
    Some((value, rest))
}

/// A percentage and the `(covered/total)` behind it.
#[inline]
fn fraction(text: &[u8]) -> Option<((u16, u16), &[u8])> {
    let is_percentage = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'%' | b' ');
    let start = text.iter().position(|byte| !is_percentage(byte))?;
    let (covered, rest) = count(text.get(start..)?.strip_prefix(b"(")?)?;
    let (total, rest) = count(rest.strip_prefix(b"/")?)?;
    let branches = (u16::try_from(covered).ok()?, u16::try_from(total).ok()?);
    (covered <= total).then_some((branches, rest.strip_prefix(b")")?))
}
