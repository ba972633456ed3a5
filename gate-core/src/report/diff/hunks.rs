//! The hunks of one file: `@@ -a,b +c,d @@`, and the lines below it.

use super::super::{ReadError, ReadProblem};

/// The lines of a diff, one after the other.
pub(super) struct Lines<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    pub(super) const fn of(all: &'a [u8]) -> Self {
        Self { all, at: 0 }
    }

    /// The next line without its end, left where it is.
    pub(super) fn peek(&self) -> Option<&'a [u8]> {
        let rest = self.all.get(self.at..).filter(|rest| !rest.is_empty())?;
        Some(rest.get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default())
    }

    /// The line after that.
    pub(super) fn peek_second(&self) -> Option<&'a [u8]> {
        let first = self.peek()?;
        Self { all: self.all, at: self.at + first.len() + 1 }.peek()
    }

    /// Takes the line that was looked at.
    pub(super) fn take(&mut self) -> Option<&'a [u8]> {
        let line = self.peek()?;
        self.at += line.len() + 1;
        Some(line)
    }

    /// A problem at the line that comes next, or at the end.
    pub(super) fn error(&self, problem: ReadProblem) -> ReadError {
        ReadError::at(problem, self.all, self.at)
    }

    pub(super) fn cut_off(&self, missing: &str) -> ReadError {
        self.error(ReadProblem::Truncated(missing.to_owned()))
    }
}

/// Lines that went and lines that came in their place, with nothing between them.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// The first line that went, or would have.
    pub(super) old_start: u32,
    pub(super) removed: Vec<&'a [u8]>,
    /// The first line that came, or would have.
    pub(super) new_start: u32,
    pub(super) added: Vec<&'a [u8]>,
}

/// What the head of a hunk says, in lines.
struct Span {
    old_start: u32,
    old_lines: u32,
    new_start: u32,
    new_lines: u32,
}

/// Every hunk that follows.
pub(super) fn read<'a>(lines: &mut Lines<'a>) -> Result<Vec<Group<'a>>, ReadError> {
    let mut groups = Vec::new();
    let mut end = (0, 0);
    while let Some(line) = lines.peek().filter(|line| line.starts_with(b"@@")) {
        if line.starts_with(b"@@@") {
            let problem = "a combined diff compares with several commits; compare with one";
            return Err(lines.error(ReadProblem::Malformed(problem.to_owned())));
        }
        let Some(span) = span(line) else {
            let problem = "a hunk begins with `@@ -a,b +c,d @@`";
            return Err(lines.error(ReadProblem::Malformed(problem.to_owned())));
        };
        // An empty side names the line before it.
        let old = span.old_start.saturating_add(u32::from(span.old_lines == 0));
        let new = span.new_start.saturating_add(u32::from(span.new_lines == 0));
        if old < end.0 || new < end.1 {
            let problem = "the hunks of a file follow each other";
            return Err(lines.error(ReadProblem::Malformed(problem.to_owned())));
        }
        let _ = lines.take();
        end = hunk(lines, &span, (old, new), &mut groups)?;
    }
    // A line that no head counts would be lost. (`-- ` begins the signature of a mail.)
    let is_lost = |line: &[u8]| {
        line.first().is_some_and(|mark| b"+- ".contains(mark))
            && !line.starts_with(b"--- ")
            && line.trim_ascii_end() != b"--"
    };
    if end != (0, 0) && lines.peek().is_some_and(is_lost) {
        return Err(too_many(lines));
    }
    Ok(groups)
}

/// The lines of one hunk, by the numbers in its head. Returns the lines after it.
fn hunk<'a>(
    lines: &mut Lines<'a>,
    span: &Span,
    (mut old, mut new): (u32, u32),
    groups: &mut Vec<Group<'a>>,
) -> Result<(u32, u32), ReadError> {
    let (mut old_left, mut new_left) = (span.old_lines, span.new_lines);
    let mut open: Option<Group<'a>> = None;
    while old_left > 0 || new_left > 0 {
        let Some(line) = lines.peek() else {
            return Err(lines
                .cut_off(&format!("the last hunk lacks {old_left} old and {new_left} new lines")));
        };
        let (mark, text) = line.split_first().map_or((b' ', line), |(&mark, text)| (mark, text));
        match mark {
            // Some mailers take the space of an empty line.
            b' ' | b'\r' => {
                groups.extend(open.take());
                old_left = old_left.checked_sub(1).ok_or_else(|| too_many(lines))?;
                new_left = new_left.checked_sub(1).ok_or_else(|| too_many(lines))?;
                (old, new) = (old.saturating_add(1), new.saturating_add(1));
            }
            b'-' => {
                old_left = old_left.checked_sub(1).ok_or_else(|| too_many(lines))?;
                // What goes after something has come is the next group.
                if open.as_ref().is_some_and(|group| !group.added.is_empty()) {
                    groups.extend(open.take());
                }
                open.get_or_insert_with(|| Group::at(old, new)).removed.push(text);
                old = old.saturating_add(1);
            }
            b'+' => {
                new_left = new_left.checked_sub(1).ok_or_else(|| too_many(lines))?;
                open.get_or_insert_with(|| Group::at(old, new)).added.push(text);
                new = new.saturating_add(1);
            }
            // "\ No newline at end of file", in the language of whoever wrote it.
            b'\\' => {}
            _ => {
                let problem = "a line of a hunk begins with a space, `-`, `+` or `\\`";
                return Err(lines.error(ReadProblem::Malformed(problem.to_owned())));
            }
        }
        let _ = lines.take();
    }
    groups.extend(open);
    while lines.peek().is_some_and(|line| line.starts_with(b"\\")) {
        let _ = lines.take();
    }
    Ok((old, new))
}

fn too_many(lines: &Lines<'_>) -> ReadError {
    let problem = "the hunk has more lines than its head says";
    lines.error(ReadProblem::Malformed(problem.to_owned()))
}

impl Group<'_> {
    const fn at(old_start: u32, new_start: u32) -> Self {
        Self { old_start, removed: Vec::new(), new_start, added: Vec::new() }
    }
}

fn span(line: &[u8]) -> Option<Span> {
    let line = std::str::from_utf8(line.strip_prefix(b"@@ -")?.get(..).map(ascii)?).ok()?;
    let (old, rest) = line.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let side = |text: &str| -> Option<(u32, u32)> {
        let (start, lines) = text.split_once(',').unwrap_or((text, "1"));
        let number = |text: &str| {
            text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
        };
        Some((number(start)?, number(lines)?))
    };
    let ((old_start, old_lines), (new_start, new_lines)) = (side(old)?, side(new)?);
    Some(Span { old_start, old_lines, new_start, new_lines })
}

/// The beginning that is ASCII: after the numbers stands a line of the file, in any encoding.
fn ascii(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len());
    bytes.get(..end).unwrap_or_default()
}
