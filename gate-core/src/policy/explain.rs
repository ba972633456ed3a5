//! What one rule demands, key by key, in the words of the policy's own documentation: they come from
//! the declaration of its section, so that no kind can be explained otherwise than it is read.

use serde_json::Value as Json;

use super::{
    Policy, Rule,
    expected::ExpectedReport,
    extends::Source,
    problem::Problems,
    schema::schema,
    yaml::{self, Node, Value},
};
use crate::measure::Message;

/// A rule, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The rule's name.
    pub name: String,
    /// The word of its kind.
    pub kind: &'static str,
    /// What the kind requires, in a sentence.
    pub says: String,
    /// The word of its mode; of a rule of a group, the group's.
    pub mode: &'static str,
    /// The policy that it is of, where that is one that is extended.
    pub from: Option<String>,
    /// Its first line in the policy, from 1.
    pub line: usize,
    /// Its lines, as they stand in the policy.
    pub text: Vec<String>,
    /// Every key that it states, with those below it, in the order of the policy.
    pub stated: Vec<ExplainedKey>,
    /// The keys of its kind that it leaves out.
    pub left_out: Vec<ExplainedKey>,
    /// What it is judged by.
    pub evidence: Vec<Message>,
    /// The rules that it is made of.
    pub parts: Vec<String>,
}

/// A key of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExplainedKey {
    /// Its name, below its kind: `at-least`, `ramp.to`.
    pub key: String,
    /// What the policy gives it, on one line; nothing where it is left out.
    pub value: Option<String>,
    /// What it means.
    pub says: String,
}

impl Policy {
    /// What the rule of this name demands, wherever it stands; nothing if there is none.
    #[must_use]
    pub fn explain(&self, name: &str) -> Option<Explanation> {
        let top =
            self.rules().iter().find(|rule| rule.with_parts().iter().any(|r| r.name == name))?;
        let rule = top.with_parts().into_iter().find(|rule| rule.name == name)?;
        let (from, written) = match (&top.source, self.extended()) {
            (Some(Source::Extended(from)), Some(extended)) => {
                (Some(from.to_string()), extended.text.as_str())
            }
            (Some(_) | None, _) => (None, self.text()),
        };
        // It was read before, so there are no problems now.
        let root = yaml::parse(written, &mut Problems::default())?;
        let (place, node) = find(entry(&root, "rules")?, name)?;
        let schema = schema();
        let described = definition(&schema, "RawRule");
        let kind = rule.kind.word();
        let of_kind = described.get("properties").and_then(|all| all.get(kind));
        let section = of_kind.map(|property| resolved(&schema, property));
        let first = place.line(written);
        let last = last_line(node, written).max(first);
        let mut stated = Vec::new();
        for (key, value) in entries(node) {
            if rule.kind.parts().is_empty() || key != kind {
                let below = if key == kind { "" } else { key };
                let at = property(&schema, described, key);
                describe(below, value, at, &schema, &mut stated);
            }
        }
        Some(Explanation {
            name: rule.name.clone(),
            kind,
            says: of_kind.map(says).unwrap_or_default(),
            mode: top.mode.word(),
            line: first,
            from,
            text: written
                .lines()
                .skip(first.saturating_sub(1))
                .take(last.saturating_sub(first).saturating_add(1))
                .map(str::to_owned)
                .collect(),
            left_out: section.map(|section| left_out(section, &stated)).unwrap_or_default(),
            stated,
            evidence: self.evidence_of(rule),
            parts: rule.kind.parts().iter().map(|part| part.name.clone()).collect(),
        })
    }

    /// What a rule is judged by.
    fn evidence_of(&self, rule: &Rule) -> Vec<Message> {
        let mut evidence = Vec::new();
        let report = rule.kind.report();
        if let Some(expected) = report.and_then(|name| self.report(name)) {
            evidence.push(told(expected));
        }
        let needs = rule.needs();
        if let Some(name) = report.filter(|_| needs.baseline) {
            evidence.push(
                Message::new("the same report of the base, to compare with: ")
                    .quote(format!("--baseline {name}=FILE"))
                    .say(" on the command line"),
            );
        }
        if needs.history {
            evidence.push(Message::new(
                "what the base branch has reached: `--history RECORD` on the command line",
            ));
        }
        if needs.changes {
            evidence.push(Message::new(
                "what the pull request changes: `--base REV` or `--diff FILE` on the command line",
            ));
        }
        for (asked, said) in [
            (needs.commits, "its commits: `--base REV`, or `commits` in `pull-request.json`"),
            (
                needs.code_owners,
                "CODEOWNERS of the base: `--base REV`, or `code_owners` in `pull-request.json`",
            ),
            (needs.history, "what the base has reached: `--history RECORD`, the oldest first"),
            (needs.protection, "how the base is protected: `protection` in `pull-request.json`"),
        ] {
            if asked {
                evidence.push(Message::new(said));
            }
        }
        let conditions = rule.when.is_some() || rule.unless.is_some() || rule.rollout.is_some();
        if conditions || report.is_none() && rule.kind.parts().is_empty() {
            evidence.push(Message::new(
                "the state of the pull request: `pull-request.json` on the command line",
            ));
        }
        evidence
    }
}

/// "the report `coverage`: `reports/coverage.xml`, in the artifact `coverage`, waited for 45m".
fn told(expected: &ExpectedReport) -> Message {
    let mut message =
        Message::new("the report ").quote(&expected.name).say(": ").quote(&expected.file);
    if let Some(format) = expected.format {
        message = message.say(format_args!(", {}", format.title()));
    }
    if let Some(artifact) = &expected.artifact {
        message = message.say(", in the artifact ").quote(artifact);
    }
    if !expected.parts.is_empty() {
        message = message.say(", in the parts ").quote_each(&expected.parts, 20);
    }
    message.say(format_args!(", waited for {}", expected.deadline))
}

/// The rule of this name among these, or in their groups: where its name stands, and its section.
fn find<'n>(rules: &'n Node, name: &str) -> Option<(super::Place, &'n Node)> {
    let Value::Mapping(all) = &rules.value else { return None };
    all.iter().find_map(|(key, node)| {
        if key.text == name {
            return Some((key.place, node));
        }
        ["any-of", "all-of"].into_iter().find_map(|group| find(entry(node, group)?, name))
    })
}

fn entries(node: &Node) -> impl Iterator<Item = (&str, &Node)> {
    let all = match &node.value {
        Value::Mapping(entries) => entries.as_slice(),
        Value::Scalar { .. } | Value::Sequence(_) => &[],
    };
    all.iter().map(|(key, node)| (key.text.as_str(), node))
}

fn entry<'n>(node: &'n Node, wanted: &str) -> Option<&'n Node> {
    entries(node).find(|(key, _)| *key == wanted).map(|(_, node)| node)
}

/// The line of the last thing in it, from 1.
fn last_line(node: &Node, text: &str) -> usize {
    let inside = match &node.value {
        Value::Scalar { .. } => None,
        Value::Sequence(items) => items.iter().map(|item| last_line(item, text)).max(),
        Value::Mapping(entries) => entries.iter().map(|(_, node)| last_line(node, text)).max(),
    };
    inside.unwrap_or_else(|| node.place.line(text))
}

/// A key with what it means, and the keys below it.
fn describe(
    key: &str,
    node: &Node,
    meaning: Option<&Json>,
    schema: &Json,
    out: &mut Vec<ExplainedKey>,
) {
    let section = meaning.map(|property| resolved(schema, property));
    if let (Value::Mapping(_), Some(section)) = (&node.value, section) {
        for (inner, node) in entries(node) {
            let name = if key.is_empty() { inner.to_owned() } else { format!("{key}.{inner}") };
            describe(&name, node, property(schema, section, inner), schema, out);
        }
        return;
    }
    let value = written(node);
    let mut text = meaning.map(says).unwrap_or_default();
    if let Some(word) = meaning.and_then(|meaning| meaning_of_word(meaning, &value)) {
        text = format!("{text} {word}");
    }
    out.push(ExplainedKey { key: key.to_owned(), value: Some(value), says: text });
}

/// The keys of a section that are not stated.
fn left_out(section: &Json, stated: &[ExplainedKey]) -> Vec<ExplainedKey> {
    let all = section.get("properties").and_then(Json::as_object);
    let is_stated = |key: &str| stated.iter().any(|known| known.key.split('.').next() == Some(key));
    all.into_iter()
        .flatten()
        .filter(|(key, _)| !is_stated(key))
        .map(|(key, meaning)| ExplainedKey { key: key.clone(), value: None, says: says(meaning) })
        .collect()
}

/// A value on one line.
fn written(node: &Node) -> String {
    match &node.value {
        Value::Scalar { text, .. } => text.clone(),
        Value::Sequence(items) => {
            format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", "))
        }
        Value::Mapping(entries) => {
            let entry =
                |(key, node): &(yaml::Key, Node)| format!("{}: {}", key.text, written(node));
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

fn definition<'s>(schema: &'s Json, name: &str) -> &'s Json {
    schema.get("$defs").and_then(|all| all.get(name)).unwrap_or(&Json::Null)
}

/// The section that a property refers to, or the property itself.
fn resolved<'s>(schema: &'s Json, property: &'s Json) -> &'s Json {
    let name = property.get("$ref").and_then(Json::as_str).and_then(|path| path.rsplit('/').next());
    name.map_or(property, |name| definition(schema, name))
}

fn property<'s>(schema: &'s Json, section: &'s Json, key: &str) -> Option<&'s Json> {
    resolved(schema, section).get("properties")?.get(key)
}

/// The description, on one line.
fn says(meaning: &Json) -> String {
    let text = meaning.get("description").and_then(Json::as_str).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Of a choice of words, what this one means.
fn meaning_of_word(meaning: &Json, word: &str) -> Option<String> {
    let choices = meaning.get("oneOf")?.as_array()?;
    let chosen = choices.iter().find(|choice| choice.get("const").is_some_and(|c| c == word))?;
    Some(format!("`{word}`: {}", says(chosen)))
}
