//! A line that opens a bracket and leaves it open is only the beginning of a statement. It is the same
//! as before only if what stands between the brackets is.

use super::{Known, Line, Sides};

/// A statement of more lines than this is taken for what its first line says.
const MOST_LINES: usize = 500;

/// Forgets the origin of lines whose statement goes on as something else.
pub(super) fn check(sides: &[Sides<'_>], known: &mut Known) {
    for (file, sides) in sides.iter().enumerate() {
        for come in sides.come.chunk_by(|a, b| a.group == b.group) {
            for at in 0..come.len() {
                let Some(line) = come.get(at) else { continue };
                if known.of(file, line.number).is_some()
                    && !goes_on(file, come.get(at..).unwrap_or_default(), known)
                {
                    known.forget(file, line.number);
                }
            }
        }
    }
}

/// Whether the lines after the first, up to where its brackets are closed, are known as well, and
/// stood after it.
fn goes_on(file: usize, lines: &[Line<'_>], known: &Known) -> bool {
    let mut open = 0_i32;
    let mut before = None;
    for line in lines.iter().take(MOST_LINES) {
        if !line.text.trim_ascii().is_empty() {
            let Some(was) = known.of(file, line.number) else { return false };
            let follows = |(of, first): (usize, u32)| was.file == of && was.first >= first;
            if !before.is_none_or(follows) {
                return false;
            }
            before = Some((was.file, was.first));
        }
        open = open.saturating_add(depth(line.text));
        if open <= 0 {
            return true;
        }
    }
    true
}

/// How many brackets the line opens and leaves open, outside of texts and of comments.
fn depth(line: &[u8]) -> i32 {
    let mut depth = 0_i32;
    let mut quote = None;
    let mut bytes = line.iter();
    while let Some(&byte) = bytes.next() {
        match (quote, byte) {
            (_, b'\\') => {
                let _ = bytes.next();
            }
            (Some(open), _) => {
                if byte == open {
                    quote = None;
                }
            }
            (None, b'"' | b'\'' | b'`') => quote = Some(byte),
            (None, b'#') => break,
            (None, b'(' | b'[' | b'{') => depth = depth.saturating_add(1),
            (None, b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_texts_and_comments_do_not_count() {
        for (line, expected) in [
            ("call(a, [b, {", 3),
            ("})", -2),
            ("x = ')' + \"(\\\"(\" # (", 0),
            ("raise ValueError(", 1),
            ("return f(a)[0]", 0),
        ] {
            assert_eq!(depth(line.as_bytes()), expected, "{line}");
        }
    }
}
