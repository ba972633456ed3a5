//! One result → one finding, unless it is no problem, is suppressed or is gone.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    super::{found::Flaw, json::objects},
    Places, Reading, Rules,
    document::{Location, Words},
    rules::{Level, Reference, Rule},
};
use crate::{
    evidence::NoteCode,
    measure::{Message, Severity},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Result {
    #[serde(default)]
    rule_id: Option<String>,
    #[serde(default)]
    rule_index: Option<i64>,
    #[serde(default)]
    rule: Reference,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    level: Option<Level>,
    message: Words,
    #[serde(default, deserialize_with = "objects")]
    locations: Vec<Location>,
    #[serde(default)]
    fingerprints: BTreeMap<String, String>,
    #[serde(default)]
    partial_fingerprints: BTreeMap<String, String>,
    #[serde(default)]
    suppressions: Option<Vec<Suppression>>,
    #[serde(default)]
    baseline_state: Option<BaselineState>,
}

/// What a result says at all. Only `fail` is a problem; `open` and `review` may be one.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    #[default]
    Fail,
    Open,
    Review,
    Pass,
    NotApplicable,
    Informational,
}

#[derive(Deserialize)]
struct Suppression {
    #[serde(default)]
    status: Status,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Status {
    #[default]
    Accepted,
    UnderReview,
    Rejected,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum BaselineState {
    New,
    Unchanged,
    Updated,
    Absent,
}

/// What Semgrep writes in place of fingerprints and source, where nobody has logged in.
const HIDDEN: &str = "requires login";

impl Result {
    /// Suppressed is what somebody said so of, and nobody has doubted it.
    fn is_suppressed(&self) -> bool {
        let suppressions = self.suppressions.as_deref().unwrap_or_default();
        !suppressions.is_empty()
            && suppressions.iter().all(|suppression| suppression.status == Status::Accepted)
    }

    /// What the tool itself identifies the result by, where it does.
    fn identity(&self) -> Option<String> {
        let own = if self.fingerprints.is_empty() {
            &self.partial_fingerprints
        } else {
            &self.fingerprints
        };
        let stated = own.iter().filter(|(_, value)| *value != HIDDEN);
        let parts: Vec<String> = stated.map(|(name, value)| format!("{name}={value}")).collect();
        (!parts.is_empty()).then(|| parts.join("\n"))
    }
}

impl Reading<'_> {
    pub(super) fn result(
        &mut self,
        result: &Result,
        rules: &Rules,
        places: &Places,
    ) -> std::result::Result<(), String> {
        let id = result.rule_id.as_deref().or(result.rule.id.as_deref());
        let rule = rules.find(id, result.rule_index, &result.rule)?;
        let id = id.or(rule.map(|rule| rule.id.as_str())).unwrap_or("(no rule)").to_owned();
        if !self.counts(result, &id) {
            return Ok(());
        }
        let location = result.locations.first();
        let physical = location.and_then(|location| location.physical_location.as_ref());
        let artifact = physical.and_then(|physical| physical.artifact_location.as_ref());
        let (path, sources) = match artifact {
            Some(artifact) => places.resolve(artifact)?,
            None => (String::new(), Vec::new()),
        };
        let region = physical.and_then(|physical| physical.region.as_ref());
        let start = region.and_then(|region| region.start_line);
        let end = region.and_then(|region| region.end_line);
        let snippet = region.and_then(|region| region.snippet.as_ref());
        let snippet = snippet.and_then(|snippet| snippet.text.clone());
        let snippet = snippet.filter(|text| !text.trim().is_empty() && text != HIDDEN);
        let logical = location.and_then(|location| location.logical_locations.first());
        let logical = logical.and_then(|logical| logical.fully_qualified_name.clone());
        let text = text(&result.message, rule);
        self.found.add(Flaw {
            name: rule.and_then(|rule| rule.name.clone()),
            severity: severity(result, rule),
            sources: &sources,
            lines: start.map(|start| (start, end.unwrap_or(start))),
            context: result
                .identity()
                .or(snippet)
                .or_else(|| logical.map(|name| format!("{name}\n{text}"))),
            cwe: rule.and_then(Rule::cwe),
            ..Flaw::new(id, &path, text)
        });
        Ok(())
    }

    /// Whether a result is a finding; if not, a note says why.
    fn counts(&mut self, result: &Result, id: &str) -> bool {
        let notes = &mut self.found.notes;
        if result.baseline_state.is_some() {
            notes.add(NoteCode::OwnBaseline, || {
                Message::default().quote(id).say(
                    " has a baselineState: the tool compared with a baseline of its own, which \
                     counts for nothing here",
                )
            });
        }
        let why = match result.kind {
            Kind::Pass | Kind::NotApplicable | Kind::Informational => Some(NoteCode::NoProblem),
            Kind::Fail | Kind::Open | Kind::Review => None,
        };
        if let Some(code) = why {
            notes.add(code, || {
                Message::new("a result of ").quote(id).say(" says that there is no problem")
            });
            return false;
        }
        if result.baseline_state == Some(BaselineState::Absent) {
            return false;
        }
        if result.is_suppressed() {
            notes.add(NoteCode::Suppressed, || {
                Message::new("a result of ").quote(id).say(" is suppressed, and does not count")
            });
            return false;
        }
        true
    }
}

fn severity(result: &Result, rule: Option<&Rule>) -> Severity {
    let level = match (result.level, result.kind) {
        (Some(level), _) => level,
        (None, Kind::Fail) => rule.and_then(Rule::level).unwrap_or(Level::Warning),
        (None, _) => Level::None,
    };
    level.severity()
}

/// The text of a message, or the one of the rule that it names, with what is put into it.
fn text(message: &Words, rule: Option<&Rule>) -> String {
    if let Some(text) = &message.text {
        return text.clone();
    }
    let named = message.id.as_deref().and_then(|id| rule.and_then(|rule| rule.text(id)));
    named.map_or_else(String::new, |text| filled(text, &message.arguments))
}

/// The longest text that is made of arguments, in bytes; the rest of them stay as `{0}`.
const MOST_FILLED: usize = 1 << 16;

/// The text with each `{0}` replaced by its argument.
fn filled(text: &str, arguments: &[String]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let digits = after.bytes().take(4).take_while(u8::is_ascii_digit).count();
        let (number, closed) = after.split_at(digits);
        let argument = closed.strip_prefix('}').and_then(|after| {
            let argument = arguments.get(number.parse::<usize>().ok()?)?;
            (out.len() + argument.len() <= MOST_FILLED).then_some((argument, after))
        });
        rest = match argument {
            Some((argument, after)) => {
                out.push_str(argument);
                after
            }
            None => {
                out.push('{');
                after
            }
        };
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn arguments_stand_where_the_text_says() {
        let arguments = ["a{1}".to_owned(), "b".to_owned()];
        assert_eq!(filled("x {0} {1} {2} {{0}} {", &arguments), "x a{1} b {2} {a{1}} {");
    }

    #[test]
    fn many_long_arguments_are_no_long_text() {
        let text = "{0}".repeat(100_000);
        assert!(filled(&text, &["x".repeat(10_000)]).len() < 1_000_000);
    }
}
