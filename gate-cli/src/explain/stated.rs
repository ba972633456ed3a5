//! What a verdict states of a rule, from its frozen JSON. Whoever wrote the file may have forged it:
//! nothing of it is printed as it came.

use std::{fs, path::Path};

use gate_core::{measure::Message, render::json};
use serde::Deserialize;

use crate::error::CliError;

/// The part of `gate/verdict/v1` that is told. Keys that came later are passed over.
#[derive(Deserialize)]
struct Stated {
    schema: String,
    now: String,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    name: String,
    kind: String,
    outcome: String,
    reasons: Vec<Reason>,
    #[serde(default)]
    parts: Vec<Self>,
}

#[derive(Deserialize)]
struct Reason {
    message: String,
    hint: Option<String>,
    items: Vec<Item>,
    unlisted: u64,
}

#[derive(Deserialize)]
struct Item {
    path: Option<String>,
    line: Option<u32>,
    message: String,
    waived: bool,
}

/// So many places are shown; the verdict has them all.
const SHOWN: usize = 10;

/// How the rule of this name came out, as the verdict in this file states it.
pub(super) fn found(file: &Path, name: &str) -> Result<String, CliError> {
    let text = fs::read_to_string(file)
        .map_err(|source| CliError::Unreadable { file: file.to_owned(), source })?;
    let unusable = |why: String| CliError::Verdict { file: file.to_owned(), why };
    let stated: Stated = serde_json::from_str(&text)
        .map_err(|error| unusable(format!("not a verdict that gate wrote: {error}")))?;
    if stated.schema != json::V1 {
        return Err(unusable(format!("a verdict of the form {:?} is not known", stated.schema)));
    }
    let rule = find(&stated.rules, name).ok_or_else(|| {
        unusable(format!("the verdict has no rule {name:?}; it is of another policy"))
    })?;
    let mut out = format!("\nfound, as judged at {}\n", plain(&stated.now));
    rule.told(&mut out);
    Ok(out)
}

fn find<'s>(rules: &'s [Rule], name: &str) -> Option<&'s Rule> {
    let own = rules.iter().find(|rule| rule.name == name);
    own.or_else(|| rules.iter().find_map(|rule| find(&rule.parts, name)))
}

fn plain(text: &str) -> String {
    Message::default().quote(text).to_string()
}

impl Rule {
    fn told(&self, out: &mut String) {
        let mut line = |text: String| {
            out.push_str(text.trim_end());
            out.push('\n');
        };
        line(format!("{}  {}  [{}]", plain(&self.outcome), plain(&self.name), plain(&self.kind)));
        for reason in &self.reasons {
            line(format!("    {}", plain(&reason.message)));
            if let Some(hint) = &reason.hint {
                line(format!("    → {}", plain(hint)));
            }
            for item in reason.items.iter().take(SHOWN) {
                let place = match (&item.path, item.line) {
                    (Some(path), Some(number)) => format!("{}:{number}  ", plain(path)),
                    (Some(path), None) => format!("{}  ", plain(path)),
                    (None, _) => String::new(),
                };
                let waived = if item.waived { "  (waived)" } else { "" };
                line(format!("      {place}{}{waived}", plain(&item.message)));
            }
            let more = reason.items.len().saturating_sub(SHOWN) as u64 + reason.unlisted;
            if more > 0 {
                line(format!("      and {more} more"));
            }
        }
        for part in &self.parts {
            part.told(out);
        }
    }
}
