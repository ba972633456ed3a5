//! The verdict as SARIF 2.1.0, for code scanning and every other reader of findings.
//!
//! Each rule of the policy is a rule here, and each place that it is about a result. What has no place in
//! the repository is shown at the rule's line in the policy, so that nothing that stops the merge is left
//! out: a reader that shows no result would take it for a clean one.

use std::collections::BTreeMap;

use serde::Serialize;

use super::annotations::{AnnotationLevel, level, told};
use crate::{
    Verdict,
    measure::{Digest, RepoPath, harmless},
    policy::{Mode, Source},
    rule::{Item, Reason, RuleVerdict},
};

/// Where the schema of the form lies.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<SarifResult>,
    properties: RunProperties,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    short_description: Text,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties {
    kind: &'static str,
    mode: &'static str,
    outcome: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
}

#[derive(Serialize)]
struct RunProperties {
    outcome: &'static str,
    title: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Place; 1],
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    properties: ResultProperties,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    physical_location: Physical,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    end_line: u32,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    justification: &'static str,
}

#[derive(Serialize)]
struct ResultProperties {
    code: &'static str,
    outcome: &'static str,
}

/// The verdict as a SARIF log, pretty and ended by a line break. `policy` is the policy's path in the
/// repository, for what has no other place.
///
/// # Errors
/// When it cannot be written as JSON, which no verdict causes.
pub fn sarif(verdict: &Verdict, policy: &str) -> Result<String, serde_json::Error> {
    let rules = told(verdict);
    let mut page =
        Page { policy: RepoPath::normalised(policy), results: Vec::new(), seen: BTreeMap::new() };
    for (index, (mode, rule)) in rules.iter().enumerate() {
        page.rule(index, *mode, rule);
    }
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "gate",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: rules.into_iter().map(described).collect(),
                },
            },
            invocations: [Invocation { execution_successful: true }],
            column_kind: "utf16CodeUnits",
            results: page.results,
            properties: RunProperties {
                outcome: verdict.outcome.word(),
                title: verdict.title.to_string(),
            },
        }],
    };
    Ok(serde_json::to_string_pretty(&log)? + "\n")
}

fn described((mode, rule): (Mode, &RuleVerdict)) -> Rule {
    let level = match mode {
        Mode::Required => "error",
        Mode::Advisory => "warning",
        Mode::Shadow => "none",
    };
    Rule {
        id: harmless(&rule.name),
        short_description: Text { text: harmless(&rule.name) },
        default_configuration: Configuration { level },
        properties: RuleProperties {
            kind: rule.kind,
            mode: mode.word(),
            outcome: rule.outcome.word(),
        },
    }
}

/// A reason that is told.
struct Told<'v> {
    index: usize,
    rule: &'v RuleVerdict,
    reason: &'v Reason,
    level: AnnotationLevel,
}

struct Page {
    policy: RepoPath,
    results: Vec<SarifResult>,
    /// How often a fingerprint came already: two alike are two.
    seen: BTreeMap<String, u64>,
}

impl Page {
    fn rule(&mut self, index: usize, mode: Mode, rule: &RuleVerdict) {
        for reason in &rule.reasons {
            let Some(level) = level(mode, reason.outcome) else { continue };
            let told = Told { index, rule, reason, level };
            for item in &reason.items {
                self.result(&told, Some(item));
            }
            let counts = level != AnnotationLevel::Notice;
            if counts && (reason.items.is_empty() || reason.unlisted > 0) {
                self.result(&told, None);
            }
        }
    }

    /// One of the things that a reason is about, or the reason itself.
    fn result(&mut self, told: &Told<'_>, item: Option<&Item>) {
        let Told { index, rule, reason, level } = *told;
        let message = item.map_or_else(|| whole(reason), |item| item.message.to_string());
        let placed = item.and_then(|item| item.location.as_ref());
        let inside = placed.filter(|location| location.path.is_inside());
        // A rule of the policy that this one extends has no line here.
        let policy_line = match &rule.source {
            Some(Source::Extended(_)) => 1,
            Some(_) | None => u32::try_from(rule.line).unwrap_or(1).max(1),
        };
        let (path, start, end, message) = match (inside, placed) {
            (Some(place), _) => {
                let start = place.line.unwrap_or(1).max(1);
                (&place.path, start, place.end_line.unwrap_or(start).max(start), message)
            }
            (None, Some(elsewhere)) => {
                let place = harmless(&elsewhere.to_string());
                (&self.policy, policy_line, policy_line, format!("{place}: {message}"))
            }
            (None, None) => (&self.policy, policy_line, policy_line, message),
        };
        let key =
            [rule.name.as_str(), reason.code.word(), path.as_str(), message.as_str()].join("\0");
        let digest = Digest::of(key.as_bytes()).to_string();
        let uri = uri(path);
        let copy = self.seen.entry(digest.clone()).or_insert(0);
        *copy += 1;
        let waived = item.is_some_and(|item| item.waived);
        self.results.push(SarifResult {
            rule_id: harmless(&rule.name),
            rule_index: index,
            level: match level {
                AnnotationLevel::Notice => "note",
                AnnotationLevel::Warning => "warning",
                AnnotationLevel::Failure => "error",
            },
            message: Text { text: no_link(&message) },
            locations: [Place {
                physical_location: Physical {
                    artifact_location: Artifact { uri },
                    region: Region { start_line: start, end_line: end },
                },
            }],
            partial_fingerprints: BTreeMap::from([("gate/v1", format!("{digest}:{copy}"))]),
            suppressions: if waived {
                vec![Suppression { kind: "external", justification: "waived in the policy" }]
            } else {
                Vec::new()
            },
            properties: ResultProperties {
                code: reason.code.word(),
                outcome: reason.outcome.word(),
            },
        });
    }
}

/// A reason in one message, with how many places it does not list.
fn whole(reason: &Reason) -> String {
    let message = reason.message.clone();
    match reason.unlisted {
        0 => message.to_string(),
        unlisted => message.say(format_args!(" ({unlisted} more are not listed)")).to_string(),
    }
}

/// A path as a relative URI: everything that is no plain character of one is percent-encoded.
fn uri(path: &RepoPath) -> String {
    let mut out = String::new();
    for byte in path.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// SARIF reads `[words](target)` in a message as a link; foreign words make none.
fn no_link(text: &str) -> String {
    if text.contains("](") { text.replace('[', "\\[").replace(']', "\\]") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_relative_uri() {
        let uri_of = |path: &str| uri(&RepoPath::normalised(path));
        assert_eq!(uri_of("src/a b%ö#?.py"), "src/a%20b%25%C3%B6%23%3F.py");
        assert_eq!(uri_of("a:b/c.py"), "a%3Ab/c.py");
    }

    #[test]
    fn foreign_words_make_no_link() {
        assert_eq!(
            no_link("see [here](https://evil.example)"),
            r"see \[here\](https://evil.example)"
        );
        assert_eq!(no_link("list[0] and [x]"), "list[0] and [x]");
    }
}
