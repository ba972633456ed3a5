//! MyPy's JSON lines (`mypy --output json`): one object a line, for each error and note.
//!
//! A run that found nothing writes one empty line. One that stopped early writes nothing, or text:
//! neither is a clean run.

use serde::Deserialize;

use super::{
    Format, ReadError, ReadOptions, ReadProblem,
    found::{Flaw, Found},
    json::{self, Expected, nullable},
};
use crate::{
    evidence::{Account, Report, Unit},
    measure::{Message, Severity},
};

#[derive(Deserialize)]
struct Line {
    file: String,
    line: i64,
    /// Absent in older versions.
    #[serde(default)]
    end_line: Option<i64>,
    message: String,
    #[serde(deserialize_with = "nullable")]
    code: Option<String>,
    severity: Level,
}

/// MyPy's words.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Note,
    Error,
}

impl Level {
    const fn severity(self) -> Severity {
        match self {
            Self::Note => Severity::Low,
            Self::Error => Severity::High,
        }
    }

    /// The rule of what has no code.
    const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Error => "error",
        }
    }
}

/// MyPy's code for a file that it cannot parse; it then checks nothing at all.
const SYNTAX: &str = "syntax";

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let mut found = Found::new(Format::Mypy, &options.layout);
    if !is_clean(bytes) {
        let text = json::text(bytes, Expected::Report(Format::Mypy), &options.limits)?;
        for (start, line) in lines(text) {
            let line = one(line, options).map_err(|error| error.below(text.as_bytes(), start))?;
            add(line, &mut found);
        }
    }
    // MyPy refuses to run on nothing, so that a run that came to its end has checked something.
    let shown = if found.has_unread() { found.files() } else { found.files().max(1) };
    let account = Account::at_least(Unit::Files, shown);
    Ok(found.report(account))
}

/// What a run that found nothing writes.
fn is_clean(bytes: &[u8]) -> bool {
    matches!(bytes, b"\n" | b"\r\n")
}

/// The lines that are not empty, each with the byte where it begins.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = next;
        next += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        (!line.is_empty()).then_some((start, line))
    })
}

fn one(line: &str, options: &ReadOptions) -> Result<Line, ReadError> {
    if !line.starts_with('{') {
        let quoted = Message::default().quote(line);
        let problem = format!(
            "`{quoted}` is no JSON object: MyPy prints text where it stops early, and what it left \
             out is unknown"
        );
        return Err(ReadError::at(ReadProblem::Malformed(problem), line.as_bytes(), 0));
    }
    json::check(line, &options.limits)?;
    json::parse_object(line)
}

fn add(line: Line, found: &mut Found<'_>) {
    let Line { file, line, end_line, message, code, severity } = line;
    if code.as_deref() == Some(SYNTAX) {
        found.unread(&file, &message);
    }
    let rule = code.unwrap_or_else(|| severity.word().to_owned());
    found.add(Flaw {
        severity: severity.severity(),
        lines: Some((line, end_line.unwrap_or(line))),
        ..Flaw::new(rule, &file, message)
    });
}
