//! The text of a report that is no XML.

use super::{
    Format, Limits, ReadError, ReadProblem,
    recognise::{Looks, look},
};

/// What a text is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// A report of this format.
    Report(Format),
    /// Our own `pull-request.json`.
    PullRequest,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The text of a document, without its byte order mark. Refuses by name what is evidently
/// something else.
pub(super) fn text<'a>(
    bytes: &'a [u8],
    expected: Expected,
    limits: &Limits,
) -> Result<&'a str, ReadError> {
    if bytes.len() as u64 > limits.bytes {
        let larger = format!("the report is larger than {} bytes", limits.bytes);
        return Err(ReadError::new(ReadProblem::BeyondLimit(larger)));
    }
    let content = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if content.trim_ascii().is_empty() {
        return Err(ReadError::new(ReadProblem::Empty));
    }
    refuse_other(bytes, expected)?;
    str::from_utf8(content).map_err(|error| {
        let problem = match error.error_len() {
            Some(_) => ReadProblem::Encoding("UTF-8"),
            None => ReadProblem::Truncated("it ends inside a character".to_owned()),
        };
        ReadError::at(problem, content, error.valid_up_to())
    })
}

fn refuse_other(bytes: &[u8], expected: Expected) -> Result<(), ReadError> {
    let found = match (look(bytes), expected) {
        (Looks::Unclear(_), _) | (Looks::PullRequest, Expected::PullRequest) => return Ok(()),
        (Looks::Like(format), Expected::Report(wanted)) if format == wanted => return Ok(()),
        (Looks::Like(format), _) => format.title(),
        (Looks::PullRequest, Expected::Report(_)) => "the gate's own pull-request.json",
        (Looks::Other(name), _) => name,
    };
    Err(ReadError::new(match expected {
        Expected::Report(expected) => ReadProblem::WrongFormat { expected, found: found.into() },
        Expected::PullRequest => {
            ReadProblem::Malformed(format!("this is {found}, not pull-request.json"))
        }
    }))
}

/// The lines of a text, each with the byte where it begins and without its end.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = next;
        next += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        (start, line.strip_suffix('\r').unwrap_or(line))
    })
}

/// That a line is one: not too long, and without a NUL.
pub(super) fn check_line(line: &str, limits: &Limits) -> Result<(), ReadProblem> {
    if line.len() > limits.token {
        let what = format!("a line is longer than {} bytes", limits.token);
        return Err(ReadProblem::BeyondLimit(what));
    }
    if line.contains('\0') {
        return Err(ReadProblem::Syntax("a NUL byte".to_owned()));
    }
    Ok(())
}
