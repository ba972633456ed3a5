//! One rule explained, for a terminal.

use crate::{
    measure::harmless,
    policy::{ExplainedKey, Explanation},
};

/// What a rule demands, from which evidence, and where it stands in the policy, which people know as
/// `policy`. Ends with a line break.
#[must_use]
pub fn explanation(explained: &Explanation, policy: &str) -> String {
    let mut out = Vec::new();
    out.push(harmless(&explained.name));
    out.push(format!("  {}", explained.says));
    let Explanation { kind, mode, line, .. } = explained;
    let policy = explained.from.as_deref().unwrap_or(policy);
    out.push(format!("  {kind}, {mode}, {}:{line}", harmless(policy)));
    out.push(String::new());
    out.push("in the policy".to_owned());
    for (number, text) in (*line..).zip(&explained.text) {
        out.push(format!("  {number:>4} | {}", harmless(text)));
    }
    section(&mut out, "it says", &explained.stated);
    section(&mut out, "it leaves out", &explained.left_out);
    list(&mut out, "it is made of", explained.parts.iter().map(|part| harmless(part)));
    list(&mut out, "it is judged by", explained.evidence.iter().map(ToString::to_string));
    out.push(String::new());
    out.join("\n")
}

fn section(out: &mut Vec<String>, title: &str, keys: &[ExplainedKey]) {
    let name = |key: &ExplainedKey| match &key.value {
        Some(value) => format!("{}: {}", harmless(&key.key), harmless(value)),
        None => harmless(&key.key),
    };
    list(
        out,
        title,
        keys.iter().map(|key| match key.says.as_str() {
            "" => name(key),
            says => format!("{:<30}  {says}", name(key)),
        }),
    );
}

fn list(out: &mut Vec<String>, title: &str, lines: impl Iterator<Item = String>) {
    for (index, line) in lines.enumerate() {
        if index == 0 {
            out.push(String::new());
            out.push(title.to_owned());
        }
        out.push(format!("  {}", line.trim_end()));
    }
}
