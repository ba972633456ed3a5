//! Why a report was refused: what is wrong, where, and what to do.

use std::{borrow::Cow, fmt};

use crate::measure::Format;

/// A report that was refused. Nothing of it is used.
#[derive(Debug, thiserror::Error)]
#[error("{}{problem}", At(.position))]
pub struct ReadError {
    /// What is wrong.
    #[source]
    problem: ReadProblem,
    /// Where in the report, as far as it can be told.
    position: Option<Position>,
}

/// A place in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The offset in bytes, from 0.
    pub byte: u64,
    /// Line and column in characters, each from 1, where the text could be looked at.
    pub line_column: Option<(u64, u64)>,
}

/// What is wrong with a report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadProblem {
    /// It has no bytes at all.
    #[error("the report is empty: the tool wrote nothing into it")]
    Empty,
    /// No reader knows it.
    #[error("no known report format: this looks like {0}; known formats are {known}", known = Format::names())]
    Unrecognised(&'static str),
    /// It is another format than the one asked for.
    #[error("this is {found}, not {}", .expected.title())]
    WrongFormat {
        /// The format that was asked for.
        expected: Format,
        /// What it is instead.
        found: Cow<'static, str>,
    },
    /// It goes beyond a limit.
    #[error("{0}")]
    BeyondLimit(String),
    /// The text ends before the document does.
    #[error("the report is cut off: {0}")]
    Truncated(String),
    /// The bytes are no text in any encoding the format may have.
    #[error("the report is not valid {0} text")]
    Encoding(&'static str),
    /// The document is not well-formed.
    #[error("not well-formed: {0}")]
    Syntax(String),
    /// The document is well-formed and says something that cannot be.
    #[error("{0}")]
    Malformed(String),
    /// The bytes could not be fetched.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

impl ReadError {
    /// A problem whose place is not known.
    #[must_use]
    pub const fn new(problem: ReadProblem) -> Self {
        Self { problem, position: None }
    }

    /// A problem at a byte of a text that can be looked at.
    #[must_use]
    pub fn at(problem: ReadProblem, text: &[u8], byte: usize) -> Self {
        let before = text.get(..byte.min(text.len())).unwrap_or_default();
        let line_start = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let line = 1 + before.iter().filter(|&&b| b == b'\n').count() as u64;
        let column = 1 + String::from_utf8_lossy(before.get(line_start..).unwrap_or_default())
            .chars()
            .count() as u64;
        Self {
            problem,
            position: Some(Position { byte: byte as u64, line_column: Some((line, column)) }),
        }
    }

    /// A problem at a byte of a stream that has gone by.
    #[must_use]
    pub const fn at_byte(problem: ReadProblem, byte: u64) -> Self {
        Self { problem, position: Some(Position { byte, line_column: None }) }
    }

    /// A problem at a line and column that a parser reported.
    #[must_use]
    pub fn at_line(problem: ReadProblem, text: &[u8], line: usize, column: usize) -> Self {
        let start: usize = text
            .split_inclusive(|&b| b == b'\n')
            .take(line.saturating_sub(1))
            .map(<[u8]>::len)
            .sum();
        let byte = (start + column.saturating_sub(1)) as u64;
        Self {
            problem,
            position: Some(Position { byte, line_column: Some((line as u64, column as u64)) }),
        }
    }

    /// The same, of a part of a text that begins at this byte, as it stands in the text.
    #[must_use]
    pub(super) fn below(self, text: &[u8], start: usize) -> Self {
        let byte = self.position.map_or(0, |position| position.byte);
        Self::at(self.problem, text, start.saturating_add(usize::try_from(byte).unwrap_or(0)))
    }

    /// What is wrong.
    #[must_use]
    pub const fn problem(&self) -> &ReadProblem {
        &self.problem
    }

    /// Where.
    #[must_use]
    pub const fn position(&self) -> Option<Position> {
        self.position
    }
}

struct At<'a>(&'a Option<Position>);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => Ok(()),
            Some(Position { line_column: Some((line, column)), .. }) => {
                write!(f, "line {line}, column {column}: ")
            }
            Some(Position { byte, line_column: None }) => write!(f, "byte {byte}: "),
        }
    }
}
