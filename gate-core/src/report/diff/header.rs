//! The lines above the hunks of a file: which file it is, and what happened to it.

use std::borrow::Cow;

use super::{
    super::{ReadError, ReadProblem},
    hunks::Lines,
};
use crate::{
    evidence::{ChangeKind, FileChange},
    measure::RepoPath,
};

/// What the header of a file says, line by line.
#[derive(Default)]
struct Header {
    /// Of `diff --git a/OLD b/NEW`, where both are one path.
    git: Option<String>,
    old: Option<String>,
    new: Option<String>,
    kind: Option<ChangeKind>,
    binary: bool,
}

/// The header of the next file; what stands before the first one is passed over.
pub(super) fn next(lines: &mut Lines<'_>) -> Result<Option<FileChange>, ReadError> {
    let mut header = None;
    while let Some(line) = lines.peek() {
        if header.is_none() && line.starts_with(b"@@") {
            let problem = "a hunk without a file: there is no `+++` above it";
            return Err(lines.error(ReadProblem::Malformed(problem.to_owned())));
        }
        if line.starts_with(b"diff --cc ") || line.starts_with(b"diff --combined ") {
            let problem = "a combined diff compares with several commits; compare with one";
            return Err(lines.error(ReadProblem::Malformed(problem.to_owned())));
        }
        if let Some(rest) = line.strip_prefix(b"diff --git ") {
            if header.is_some() {
                break;
            }
            header = Some(Header { git: same_path(rest), ..Header::default() });
        } else if line.starts_with(b"@@") {
            break;
        } else if line.starts_with(b"--- ") && follows_new(lines) {
            // A diff without git's own lines begins here.
            sides(header.get_or_insert_with(Header::default), lines)?;
            break;
        } else if let Some(known) = header.as_mut() {
            extended(known, line);
            if line == b"GIT binary patch" {
                skip_binary(lines);
                break;
            }
        }
        let _ = lines.take();
    }
    header.map(|header| header.finish(lines)).transpose()
}

/// Whether the line after this one names the new side.
fn follows_new(lines: &Lines<'_>) -> bool {
    lines.peek_second().is_some_and(|line| line.starts_with(b"+++ "))
}

/// Takes `--- OLD` and `+++ NEW`.
fn sides(header: &mut Header, lines: &mut Lines<'_>) -> Result<(), ReadError> {
    for prefix in ["a/", "b/"] {
        let Some(line) = lines.take() else { break };
        let name = name(line.get(4..).unwrap_or_default());
        let name = name.ok_or_else(|| lines.cut_off("a quoted path does not end"))?;
        let side = if prefix == "a/" { &mut header.old } else { &mut header.new };
        if name == "/dev/null" {
            header.kind =
                Some(if prefix == "a/" { ChangeKind::Added } else { ChangeKind::Removed });
        } else if side.is_none() {
            *side = Some(name.strip_prefix(prefix).unwrap_or(&name).to_owned());
        }
    }
    Ok(())
}

fn extended(header: &mut Header, line: &[u8]) {
    let path = |rest: &[u8]| name(rest).map(Cow::into_owned);
    for (prefix, kind, is_old) in [
        (&b"rename from "[..], ChangeKind::Renamed, true),
        (b"rename to ", ChangeKind::Renamed, false),
        (b"copy from ", ChangeKind::Copied, true),
        (b"copy to ", ChangeKind::Copied, false),
    ] {
        if let Some(rest) = line.strip_prefix(prefix) {
            header.kind = Some(kind);
            *(if is_old { &mut header.old } else { &mut header.new }) = path(rest);
            return;
        }
    }
    if line.starts_with(b"new file mode ") {
        header.kind = Some(ChangeKind::Added);
    } else if line.starts_with(b"deleted file mode ") {
        header.kind = Some(ChangeKind::Removed);
    } else if line.starts_with(b"Binary files ") || line == b"GIT binary patch" {
        header.binary = true;
    }
}

/// The data of `GIT binary patch` ends with an empty line, twice where it can be undone.
fn skip_binary(lines: &mut Lines<'_>) {
    while let Some(line) = lines.peek() {
        if line.starts_with(b"diff --git ") {
            break;
        }
        let _ = lines.take();
    }
}

impl Header {
    fn finish(self, lines: &Lines<'_>) -> Result<FileChange, ReadError> {
        let (old, new) = (self.old.or_else(|| self.git.clone()), self.new.or(self.git));
        let kind = self.kind.unwrap_or(ChangeKind::Modified);
        let path = match kind {
            ChangeKind::Removed => old.clone().or(new),
            ChangeKind::Added | ChangeKind::Modified | ChangeKind::Renamed | ChangeKind::Copied => {
                new.or_else(|| old.clone())
            }
        };
        let Some(path) = path else {
            let problem = "the header of a file does not name it";
            return Err(lines.error(ReadProblem::Malformed(problem.to_owned())));
        };
        let mut change = FileChange::new(RepoPath::normalised(&path), kind);
        change.binary = self.binary;
        let had_another = old.filter(|old| *old != path && kind != ChangeKind::Added);
        change.old_path = had_another.as_deref().map(RepoPath::normalised);
        Ok(change)
    }
}

/// The path of `a/PATH b/PATH`, if both are the same; git names them apart where they are not.
fn same_path(rest: &[u8]) -> Option<String> {
    if rest.starts_with(b"\"") {
        let (old, rest) = quoted(rest)?;
        let new = name(rest.strip_prefix(b" ")?)?;
        let (old, new) = (old.strip_prefix("a/")?, new.strip_prefix("b/")?);
        return (old == new).then(|| old.to_owned());
    }
    let text = String::from_utf8_lossy(rest);
    let half = text.len().checked_sub(1)? / 2;
    let (old, new) = (text.get(..half)?, text.get(half + 1..)?);
    let (old, new) = (old.strip_prefix("a/")?, new.strip_prefix("b/")?);
    (old == new).then(|| old.to_owned())
}

/// A path as git writes it: quoted where it has odd bytes, and with a tab after it where it has
/// spaces. Nothing where the quotes do not end.
fn name(written: &[u8]) -> Option<Cow<'_, str>> {
    let written = written.strip_suffix(b"\r").unwrap_or(written);
    if written.starts_with(b"\"") {
        return quoted(written).map(|(name, _)| Cow::Owned(name));
    }
    let end = memchr::memchr(b'\t', written).unwrap_or(written.len());
    Some(String::from_utf8_lossy(written.get(..end).unwrap_or_default()))
}

/// A path in double quotes with C's escapes, and what follows it.
fn quoted(written: &[u8]) -> Option<(String, &[u8])> {
    let mut rest = written.strip_prefix(b"\"")?;
    let mut bytes = Vec::new();
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'"' => return Some((String::from_utf8_lossy(&bytes).into_owned(), rest)),
            b'\\' => {
                let (&escaped, after) = rest.split_first()?;
                let octal = rest.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit));
                if let Some(digits) = octal {
                    let digits = std::str::from_utf8(digits).ok()?;
                    bytes.push(u8::from_str_radix(digits, 8).ok()?);
                    rest = rest.get(3..)?;
                    continue;
                }
                rest = after;
                bytes.push(match escaped {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    other => other,
                });
            }
            byte => bytes.push(byte),
        }
    }
}
