//! What stands between the start and the end tag of a line.

use super::{Gap, LONGEST, line::plain};
use crate::report::measured::number::{self, Branches};

/// Takes the conditions of a line, if it has any, and its end tag. Returns what the conditions
/// state, unless the line itself has stated its branches.
pub(super) fn conditions<'t>(
    text: &'t [u8],
    is_stated: bool,
    gap: &mut Gap,
) -> Option<(Option<Branches>, &'t [u8])> {
    let tag = gap.skip(text)?;
    if let Some(rest) = tag.strip_prefix(b"</line>") {
        return Some((None, rest));
    }
    let mut rest = tag.strip_prefix(b"<conditions>")?;
    let mut branches = None;
    loop {
        let tag = gap.skip(rest)?;
        if let Some(behind) = tag.strip_prefix(b"</conditions>") {
            let end = gap.skip(behind)?.strip_prefix(b"</line>")?;
            return Some((branches, end));
        }
        let coverage;
        (coverage, rest) = condition(tag)?;
        if !is_stated {
            let one = number::condition(std::str::from_utf8(coverage?).ok()?)?;
            let Branches { covered, total } = branches.unwrap_or_default();
            branches = Some(Branches {
                covered: covered.checked_add(one.covered)?,
                total: total.checked_add(one.total)?,
            });
        }
    }
}

/// Takes one `<condition …/>`. Returns the value of its `coverage`.
fn condition(tag: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let mut rest = tag.strip_prefix(b"<condition")?;
    let [mut number, mut kind, mut coverage] = [None; 3];
    loop {
        let (slot, value) = if let Some(value) = rest.strip_prefix(b" number=\"") {
            (&mut number, value)
        } else if let Some(value) = rest.strip_prefix(b" type=\"") {
            (&mut kind, value)
        } else if let Some(value) = rest.strip_prefix(b" coverage=\"") {
            (&mut coverage, value)
        } else {
            break;
        };
        let (text, behind) = plain(value)?;
        if slot.replace(text).is_some() {
            return None;
        }
        rest = behind;
    }
    let end = match rest {
        [b'/', b'>', end @ ..] | [b' ', b'/', b'>', end @ ..] => end,
        [b'>', end @ ..] => end.strip_prefix(b"</condition>")?,
        _ => return None,
    };
    (tag.len() - end.len() <= LONGEST).then_some((coverage, end))
}
