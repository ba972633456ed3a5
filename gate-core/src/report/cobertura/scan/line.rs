//! One line of a class.

use super::{Gap, LONGEST, conditions::conditions};
use crate::{evidence::Line, report::measured::number::Branches};

/// Takes one `<line …/>`, or one with conditions up to its end tag. Returns it and the text behind.
#[inline]
pub(super) fn line<'t>(tag: &'t [u8], gap: &mut Gap) -> Option<(Line, &'t [u8])> {
    // The beginning that nearly all writers share.
    if let Some(rest) = tag.strip_prefix(b"<line number=\"")
        && let Some((number @ 1.., rest)) = count(rest)
        && let Some(rest) = rest.strip_prefix(b"\" hits=\"")
        && let Some((hits, rest)) = count(rest)
    {
        if let Some(rest) = rest.strip_prefix(b"\"/>") {
            return Some((Line { number, hits, branches_covered: 0, branches_total: 0 }, rest));
        }
        let found = Found { number: Some(number), hits: Some(hits), ..Found::default() };
        return found.read(rest.strip_prefix(b"\"")?, tag.len(), gap);
    }
    Found::default().read(tag.strip_prefix(b"<line")?, tag.len(), gap)
}

/// The attributes of a line as they come.
#[derive(Default)]
struct Found {
    number: Option<u32>,
    hits: Option<u32>,
    is_branch: Option<bool>,
    branches: Option<Branches>,
    has_missing: bool,
}

impl Found {
    /// Takes attributes up to the end of the tag, which began with `left` bytes of the text left,
    /// and what the line has inside.
    fn read<'t>(
        mut self,
        mut text: &'t [u8],
        left: usize,
        gap: &mut Gap,
    ) -> Option<(Line, &'t [u8])> {
        loop {
            match text {
                [b'/', b'>', rest @ ..] | [b' ', b'/', b'>', rest @ ..] => {
                    return self.line(left - rest.len(), rest);
                }
                [b'>', rest @ ..] => {
                    let length = left - rest.len();
                    let (stated, rest) = conditions(rest, self.branches.is_some(), gap)?;
                    self.branches = self.branches.or(stated);
                    return self.line(length, rest);
                }
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
            let is_second = std::mem::replace(&mut self.has_missing, true);
            return plain(value).filter(|_| !is_second).map(|(_, rest)| rest);
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

    /// The line, whose start tag has this length, if all of it was ordinary.
    fn line(self, length: usize, rest: &[u8]) -> Option<(Line, &[u8])> {
        let is_stated = self.branches.is_some() || self.is_branch != Some(true);
        let number = self.number.filter(|&number| number > 0)?;
        let Branches { covered, total } = self.branches.unwrap_or_default();
        let (hits, branches_covered, branches_total) = (self.hits?, covered, total);
        let line = Line { number, hits, branches_covered, branches_total };
        (is_stated && length <= LONGEST).then_some((line, rest))
    }
}

/// The value that begins here and has nothing to resolve in it, and what is behind its quote.
#[inline]
pub(super) fn plain(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'&' | b'<');
    let (value, rest) = text.split_at_checked(text.iter().position(|byte| !is_plain(byte))?)?;
    Some((value, rest.strip_prefix(b"\"")?))
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
fn fraction(text: &[u8]) -> Option<(Branches, &[u8])> {
    let is_percentage = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'%' | b' ');
    let start = text.iter().position(|byte| !is_percentage(byte))?;
    let (covered, rest) = count(text.get(start..)?.strip_prefix(b"(")?)?;
    let (total, rest) = count(rest.strip_prefix(b"/")?)?;
    let branches =
        Branches { covered: u16::try_from(covered).ok()?, total: u16::try_from(total).ok()? };
    (covered <= total).then_some((branches, rest.strip_prefix(b")")?))
}
