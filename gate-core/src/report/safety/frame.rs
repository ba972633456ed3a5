//! The document among the text that Safety 3 prints around it.
//!
//! `safety check` of 3.x writes a notice before and after its JSON, to the same stream, each
//! between two lines of `+====+`. Everything else around the document is refused: it may be the
//! message of a crash.

use serde::de::IgnoredAny;

use super::super::{ReadError, ReadProblem};
use crate::{
    evidence::{NoteCode, Notes},
    measure::Message,
};

/// The document, and the byte where it begins.
pub(super) fn document<'a>(
    text: &'a str,
    notes: &mut Notes,
) -> Result<(usize, &'a str), ReadError> {
    let start = after_notices(text, 0)?;
    let rest = text.get(start..).unwrap_or_default();
    let mut documents = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
    let end = match documents.next() {
        // Whoever parses it says what is wrong with it.
        None | Some(Err(_)) => return Ok((start, rest)),
        Some(Ok(IgnoredAny)) => start + documents.byte_offset(),
    };
    let over = after_notices(text, end)?;
    if over < text.len() {
        let problem = "there is text after the document that is none of Safety's notices";
        return Err(ReadError::at(
            ReadProblem::Malformed(problem.to_owned()),
            text.as_bytes(),
            over,
        ));
    }
    let around = [text.get(..start), text.get(end..)];
    if around.into_iter().flatten().any(|around| !around.trim().is_empty()) {
        notes.add(NoteCode::TextAround, || {
            Message::new(
                "Safety's notices stand around the JSON; `--save-json` writes it without them",
            )
        });
    }
    Ok((start, text.get(start..end).unwrap_or_default()))
}

/// The byte of the first line from `start` on that is no notice and not empty.
fn after_notices(text: &str, start: usize) -> Result<usize, ReadError> {
    let mut at = start;
    let mut open = None;
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        let words = plain(line);
        match (is_frame(&words), open) {
            (true, None) => open = Some(at),
            (true, Some(_)) => open = None,
            (false, None) if !words.is_empty() => return Ok(at + indent(line)),
            (false, _) => {}
        }
        at += line.len();
    }
    match open {
        None => Ok(at),
        Some(frame) => {
            let problem = "a notice of Safety begins here and does not end";
            Err(ReadError::at(ReadProblem::Truncated(problem.to_owned()), text.as_bytes(), frame))
        }
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_frame(line: &str) -> bool {
    line.len() > 20
        && line
            .strip_prefix('+')
            .and_then(|line| line.strip_suffix('+'))
            .is_some_and(|line| line.bytes().all(|byte| byte == b'='))
}

/// A line without the colours of a terminal.
fn plain(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, after)| after));
    }
    plain.trim().to_owned()
}
