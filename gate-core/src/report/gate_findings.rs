//! `gate/findings/v1`: findings in a small JSON of our own, which any script can write.
//!
//! Strict, because we name it: a key that is none of ours is an error.

use serde::Deserialize;

use super::{
    Format, ReadError, ReadOptions, ReadProblem,
    found::{Flaw, Found},
    json,
};
use crate::{
    evidence::{Account, Passed, Report, Unit},
    measure::{Confidence, Severity},
};

/// What it says of itself.
const SCHEMA: &str = "gate/findings/v1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: String,
    tool: String,
    /// How many files were looked at. Absent where the script does not know.
    #[serde(default, deserialize_with = "json::present")]
    examined: Option<u64>,
    #[serde(default, deserialize_with = "json::objects")]
    skipped: Vec<Left>,
    #[serde(default, deserialize_with = "json::objects")]
    unread: Vec<Left>,
    #[serde(deserialize_with = "json::objects")]
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Left {
    name: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    rule: String,
    message: String,
    #[serde(default, deserialize_with = "json::present")]
    path: Option<String>,
    #[serde(default, deserialize_with = "json::present")]
    line: Option<u32>,
    #[serde(default, deserialize_with = "json::present")]
    end_line: Option<u32>,
    #[serde(default, deserialize_with = "json::present")]
    severity: Option<Severity>,
    #[serde(default, deserialize_with = "json::present")]
    confidence: Option<Confidence>,
    /// What tells it from others of its rule in its file; the message where there is none.
    #[serde(default, deserialize_with = "json::present")]
    context: Option<String>,
    #[serde(default, deserialize_with = "json::present")]
    name: Option<String>,
    #[serde(default, deserialize_with = "json::present")]
    cwe: Option<u32>,
}

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let document: Document = json::document(bytes, Format::GateFindings, &options.limits)?;
    let malformed = |problem: String| ReadError::new(ReadProblem::Malformed(problem));
    if document.schema != SCHEMA {
        return Err(malformed(format!("its schema is {:?}; this reads {SCHEMA}", document.schema)));
    }
    if document.tool.trim().is_empty() {
        return Err(malformed("`tool` is empty: whose findings are these?".to_owned()));
    }
    let mut found = Found::new(Format::GateFindings, &options.layout);
    found.by(&document.tool);
    for finding in document.findings {
        add(finding, &mut found).map_err(malformed)?;
    }
    let account = match document.examined {
        Some(examined) => Account::stated(Unit::Files, examined),
        None => Account::at_least(Unit::Files, found.files()),
    };
    let left = |left: Vec<Left>| {
        left.into_iter().map(|Left { name, reason }| Passed { name, reason }).collect()
    };
    let account =
        Account { skipped: left(document.skipped), unread: left(document.unread), ..account };
    Ok(found.report(account))
}

fn add(finding: Finding, found: &mut Found<'_>) -> Result<(), String> {
    let Finding { rule, message, path, line, end_line, severity, confidence, .. } = finding;
    if rule.trim().is_empty() {
        return Err("the `rule` of a finding is empty".to_owned());
    }
    let lines = match (line, end_line) {
        (None, None) => None,
        (Some(0), _) | (_, Some(0)) => return Err("lines count from 1, not from 0".to_owned()),
        (Some(line), None) => Some((line, line)),
        (Some(line), Some(end)) if line <= end => Some((line, end)),
        (Some(line), Some(end)) => {
            return Err(format!("the `line` {line} comes after the `end_line` {end}"));
        }
        (None, Some(_)) => return Err("there is an `end_line` and no `line`".to_owned()),
    };
    if lines.is_some() && path.is_none() {
        return Err("there is a `line` and no `path`".to_owned());
    }
    let path = path.unwrap_or_default();
    found.add(Flaw {
        name: finding.name,
        severity: severity.unwrap_or(Severity::Undefined),
        confidence: confidence.unwrap_or(Confidence::Undefined),
        lines: lines.map(|(line, end)| (i64::from(line), i64::from(end))),
        context: finding.context,
        cwe: finding.cwe,
        ..Flaw::new(rule, &path, message)
    });
    Ok(())
}
