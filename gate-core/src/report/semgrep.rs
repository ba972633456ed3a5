//! Semgrep's JSON (`semgrep scan --json`).

use serde::Deserialize;
use serde_json::Value;

use super::{
    Format, ReadError, ReadOptions,
    found::{Flaw, Found},
    json::{self, object, objects, present},
};
use crate::{
    evidence::{Account, NoteCode, Passed, Report, Unit},
    measure::{Confidence, Message, Severity},
};

#[derive(Deserialize)]
struct Document {
    #[serde(deserialize_with = "objects")]
    results: Vec<Finding>,
    #[serde(deserialize_with = "objects")]
    errors: Vec<Fault>,
    #[serde(deserialize_with = "object")]
    paths: Paths,
    #[serde(default, deserialize_with = "objects")]
    skipped_rules: Vec<SkippedRule>,
}

#[derive(Deserialize)]
struct Paths {
    scanned: Vec<String>,
    /// With `--verbose` only.
    #[serde(default, deserialize_with = "objects")]
    skipped: Vec<SkippedFile>,
}

#[derive(Deserialize)]
struct SkippedFile {
    path: String,
    reason: String,
}

#[derive(Deserialize)]
struct SkippedRule {
    rule_id: String,
    details: String,
}

#[derive(Deserialize)]
struct Finding {
    check_id: String,
    path: String,
    #[serde(deserialize_with = "object")]
    start: Place,
    #[serde(deserialize_with = "object")]
    end: Place,
    #[serde(deserialize_with = "object")]
    extra: Extra,
}

#[derive(Deserialize)]
struct Place {
    line: u32,
}

#[derive(Deserialize)]
struct Extra {
    message: String,
    severity: Level,
    /// The flagged source, or [`HIDDEN`].
    lines: String,
    /// What the author of the rule wrote; of no shape that Semgrep holds it to.
    #[serde(default)]
    metadata: Value,
    /// Whether a `nosemgrep` is there, with `--disable-nosem`.
    #[serde(default, deserialize_with = "present")]
    is_ignored: Option<bool>,
}

/// Semgrep's words for how bad a finding is.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Level {
    Critical,
    High,
    Error,
    Medium,
    Warning,
    Low,
    Info,
    Experiment,
    Inventory,
}

impl Level {
    const fn severity(self) -> Severity {
        match self {
            Self::Critical | Self::High | Self::Error => Severity::High,
            Self::Medium | Self::Warning => Severity::Medium,
            Self::Low | Self::Info => Severity::Low,
            // They say of what kind a rule is, and not how bad.
            Self::Experiment | Self::Inventory => Severity::Undefined,
        }
    }
}

/// Something that went wrong in Semgrep's own run.
#[derive(Deserialize)]
struct Fault {
    level: FaultLevel,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    rule_id: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FaultLevel {
    Error,
    Warn,
    Info,
}

/// What Semgrep writes in place of source, where nobody has logged in.
const HIDDEN: &str = "requires login";

/// Why a file was passed over on purpose. For every other reason it is unread.
const ON_PURPOSE: [&str; 10] = [
    "always_skipped",
    "semgrepignore_patterns_match",
    "gitignore_patterns_match",
    "cli_include_flags_do_not_match",
    "cli_exclude_flags_match",
    "exceeded_size_limit",
    "excluded_by_config",
    "wrong_language",
    "minified",
    "binary",
];

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let document: Document = json::document(bytes, Format::Semgrep, &options.limits)?;
    let Document { results, errors, paths, skipped_rules } = document;
    let mut found = Found::new(Format::Semgrep, &options.layout);
    for result in results {
        add(result, &mut found);
    }
    let mut account = Account::stated(Unit::Files, 0);
    for SkippedFile { path, reason } in paths.skipped {
        if ON_PURPOSE.contains(&reason.as_str()) {
            account.skipped.push(Passed { name: path, reason });
        } else {
            found.unread(&path, &reason);
        }
    }
    for fault in errors {
        take(fault, &mut found, &mut account);
    }
    for SkippedRule { rule_id, details } in skipped_rules {
        account.unread.push(Passed { name: format!("rule {rule_id}"), reason: details });
    }
    account.examined = found.read_of(paths.scanned.iter().map(String::as_str));
    Ok(found.report(account))
}

fn take(fault: Fault, found: &mut Found<'_>, account: &mut Account) {
    let Fault { level, message, path, rule_id } = fault;
    let message = message.unwrap_or_else(|| "no message".to_owned());
    match (level, path) {
        (FaultLevel::Info, _) => {
            found
                .notes
                .add(NoteCode::ToolRemark, || Message::new("Semgrep says: ").quote(&message));
        }
        (FaultLevel::Error | FaultLevel::Warn, Some(path)) => found.unread(&path, &message),
        (FaultLevel::Error | FaultLevel::Warn, None) => {
            let name = rule_id.map_or_else(|| "the run".to_owned(), |rule| format!("rule {rule}"));
            account.unread.push(Passed { name, reason: message });
        }
    }
}

fn add(finding: Finding, found: &mut Found<'_>) {
    let Finding { check_id, path, start, end, extra } = finding;
    let Extra { message, severity, lines, metadata, is_ignored } = extra;
    if is_ignored == Some(true) {
        found.notes.add(NoteCode::Suppressed, || {
            Message::new("a finding of ").quote(&check_id).say(" is marked with `nosemgrep`")
        });
        return;
    }
    found.add(Flaw {
        severity: severity.severity(),
        confidence: confidence(&metadata),
        lines: Some((i64::from(start.line), i64::from(end.line))),
        context: (lines != HIDDEN).then_some(lines),
        cwe: cwe(&metadata),
        ..Flaw::new(check_id, &path, message)
    });
}

/// The words that Semgrep asks of the authors of its public rules.
fn confidence(metadata: &Value) -> Confidence {
    match metadata.get("confidence").and_then(Value::as_str) {
        Some("HIGH") => Confidence::High,
        Some("MEDIUM") => Confidence::Medium,
        Some("LOW") => Confidence::Low,
        Some(_) | None => Confidence::Undefined,
    }
}

/// `CWE-78: …`, or a list of such.
fn cwe(metadata: &Value) -> Option<u32> {
    let cwe = metadata.get("cwe")?;
    let text = cwe.as_str().or_else(|| cwe.get(0).and_then(Value::as_str))?;
    let number = text.strip_prefix("CWE-")?;
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number.get(..end)?.parse().ok()
}
