//! Ruff's JSON (`ruff check --output-format json`): a list of diagnostics, and nothing else.

use serde::Deserialize;

use super::{
    Format, ReadError, ReadOptions,
    found::{Flaw, Found},
    json::{self, Expected, nullable, object_or_null, present},
};
use crate::{
    evidence::{Account, Report, Unit},
    measure::Severity,
};

#[derive(Deserialize)]
struct Diagnostic {
    /// `null` for a syntax error, as versions from 0.5 to 0.12 write it.
    #[serde(deserialize_with = "nullable")]
    code: Option<String>,
    message: String,
    /// Absent in older versions.
    #[serde(default, deserialize_with = "present")]
    name: Option<String>,
    /// Absent in older versions.
    #[serde(default, deserialize_with = "present")]
    severity: Option<Level>,
    /// `null` in preview mode, of what is about no file.
    #[serde(deserialize_with = "nullable")]
    filename: Option<String>,
    /// The cell of a notebook, in which rows count from its beginning.
    #[serde(default)]
    cell: Option<u32>,
    #[serde(deserialize_with = "object_or_null")]
    location: Option<Place>,
    #[serde(deserialize_with = "object_or_null")]
    end_location: Option<Place>,
}

#[derive(Deserialize)]
struct Place {
    row: u32,
}

/// Ruff's words. Without its preview mode it says `error` of everything.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Info,
    Warning,
    Error,
    Fatal,
}

impl Level {
    const fn severity(self) -> Severity {
        match self {
            Self::Info => Severity::Low,
            Self::Warning => Severity::Medium,
            Self::Error | Self::Fatal => Severity::High,
        }
    }
}

/// What Ruff calls a file that it could not parse or open.
const SYNTAX: &str = "invalid-syntax";
const SYNTAX_BEFORE: &str = "E999";
const NOT_OPENED: &str = "E902";

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let text = json::text(bytes, Expected::Report(Format::Ruff), &options.limits)?;
    json::check(text, &options.limits)?;
    let mut found = Found::new(Format::Ruff, &options.layout);
    for diagnostic in json::parse_objects::<Diagnostic>(text)? {
        add(diagnostic, &mut found);
    }
    let account = Account::at_least(Unit::Files, found.files());
    Ok(found.report(account))
}

fn add(diagnostic: Diagnostic, found: &mut Found<'_>) {
    let Diagnostic { code, message, name, severity, filename, cell, location, end_location } =
        diagnostic;
    let path = filename.unwrap_or_default();
    // One name for one thing, whatever the version.
    let rule = match code {
        Some(code) if code != SYNTAX_BEFORE => code,
        Some(_) | None => SYNTAX.to_owned(),
    };
    if matches!(rule.as_str(), SYNTAX | NOT_OPENED) {
        found.unread(&path, &message);
    }
    let row = |place: &Place| i64::from(place.row);
    let first = location.as_ref().filter(|_| cell.is_none()).map(row);
    let last = end_location.as_ref().map(row);
    found.add(Flaw {
        name,
        severity: severity.map_or(Severity::Undefined, Level::severity),
        lines: first.map(|first| (first, last.unwrap_or(first))),
        ..Flaw::new(rule, &path, message)
    });
}
