//! What the bytes of a report are in, and what it says that they are in.

use std::borrow::Cow;

use quick_xml::{Reader, events::Event};

use super::fault::{Fault, Outcome};
use crate::report::ReadProblem;

/// The encodings that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Encoding {
    Utf8,
    Utf16,
    /// What a report that declares ISO-8859-1 is read as, too.
    Windows1252,
}

/// The byte order mark of UTF-8.
pub(in crate::report) const MARK: &[u8] = b"\xef\xbb\xbf";

/// So many bytes hold every XML declaration that somebody meant to be one.
pub(in crate::report) const PREFIX: usize = 4096;

impl Encoding {
    pub(in crate::report) const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        }
    }

    /// Whether a declaration may call it that.
    pub(in crate::report) fn is_called(self, label: &str) -> bool {
        let is_one_of =
            |labels: &[&str]| labels.iter().any(|known| label.eq_ignore_ascii_case(known));
        match self {
            Self::Utf8 => is_one_of(&["utf-8", "utf8", "us-ascii", "ascii"]),
            Self::Utf16 => is_one_of(&["utf-16", "utf-16le", "utf-16be", "utf16", "unicode"]),
            Self::Windows1252 => is_one_byte(label),
        }
    }
}

fn is_one_byte(label: &str) -> bool {
    ["iso-8859-1", "iso_8859-1", "latin1", "latin-1", "windows-1252", "cp1252"]
        .iter()
        .any(|known| label.eq_ignore_ascii_case(known))
}

/// The text of bytes that are marked as UTF-16.
pub(in crate::report) fn utf_16(bytes: &[u8]) -> Option<Outcome<Cow<'_, str>>> {
    let (encoding, bytes) = match bytes {
        [0xff, 0xfe, rest @ ..] => (encoding_rs::UTF_16LE, rest),
        [0xfe, 0xff, rest @ ..] => (encoding_rs::UTF_16BE, rest),
        _ => return None,
    };
    if !bytes.len().is_multiple_of(2) {
        let what = "it ends within a character".to_owned();
        return Some(Err(Fault::whole(ReadProblem::Truncated(what))));
    }
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    Some(text.ok_or(Fault::whole(ReadProblem::Encoding("UTF-16"))))
}

/// The text of bytes that are not UTF-8 and say that they are in an encoding of one byte a
/// character.
pub(in crate::report) fn windows_1252(bytes: &[u8]) -> Cow<'_, str> {
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0
}

/// Whether the declaration names an encoding of one byte a character that is read.
pub(in crate::report) fn declares_one_byte(bytes: &[u8]) -> bool {
    let prefix = bytes.get(..PREFIX).unwrap_or(bytes);
    match Reader::from_reader(prefix).read_event() {
        Ok(Event::Decl(declaration)) => {
            matches!(declaration.encoding(), Some(Ok(label)) if is_one_byte(&label))
        }
        _ => false,
    }
}

/// Where the text begins: behind the one byte order mark that it may have.
pub(in crate::report) fn beginning(bytes: &[u8]) -> Outcome<usize> {
    match bytes.strip_prefix(MARK) {
        None => Ok(0),
        Some(rest) if rest.starts_with(MARK) => {
            Err(Fault::syntax(MARK.len() as u64, "a second byte order mark"))
        }
        Some(_) => Ok(MARK.len()),
    }
}
