//! From serde_json's errors to ours.

use serde_json::error::Category;

use super::super::{ReadError, ReadProblem};
use crate::measure::Message;

/// How the error for too deep nesting begins; it passes through serde as text.
pub(super) const TOO_DEEP: &str = "values nest deeper than ";

/// serde_json's own words for its limit of 128 levels, which holds besides ours.
const TOO_DEEP_FOR_SERDE: &str = "recursion limit exceeded";

pub(super) fn refusal(error: &serde_json::Error, text: &str) -> ReadError {
    let words = words(error);
    let problem = match error.classify() {
        Category::Io | Category::Syntax if words == TOO_DEEP_FOR_SERDE => {
            ReadProblem::BeyondLimit(format!("{TOO_DEEP}128 levels"))
        }
        Category::Data if words.starts_with(TOO_DEEP) => ReadProblem::BeyondLimit(words),
        Category::Io | Category::Syntax => ReadProblem::Syntax(words),
        Category::Data => ReadProblem::Malformed(words),
        Category::Eof => {
            ReadProblem::Truncated(words.replace("EOF while parsing", "it ends inside"))
        }
    };
    if error.line() == 0 {
        return ReadError::new(problem);
    }
    let lines_before = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let start: usize = lines_before.map(str::len).sum();
    ReadError::at(problem, text.as_bytes(), start + error.column().saturating_sub(1))
}

/// The sentence without its place, which an error of ours carries itself, and harmless to print:
/// it may quote the report.
fn words(error: &serde_json::Error) -> String {
    let sentence = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let words = sentence.strip_suffix(&place).unwrap_or(&sentence);
    Message::default().quote(words).to_string()
}
