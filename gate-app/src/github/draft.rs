//! A check run as we want it: what GitHub would refuse cannot be built, and what it would cut off is
//! cut here, visibly.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::ids::CommitSha;

/// GitHub counts a summary's and a text's bytes, not its characters.
const MOST_BYTES: usize = 65_535;
const MOST_TITLE: usize = 255;
/// Less than the 64 KB that GitHub allows: nobody reads more at a line of code.
const MOST_MESSAGE: usize = 16_000;
const MOST_ACTIONS: usize = 3;
const CUT: &str = "\n\n_Cut here: GitHub shows no more._";

/// How many annotations GitHub takes in one request.
pub(super) const BATCH: usize = 50;

/// A check run as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRunDraft {
    /// The name that branch protection requires.
    pub name: String,
    /// The commit it is about.
    pub head_sha: CommitSha,
    /// What it is about, in our own words; GitHub sends it back with every event.
    pub external_id: String,
    /// How far it has come.
    pub status: DraftStatus,
    /// The line that everybody reads; cut at 255 characters.
    pub title: String,
    /// Markdown; cut at 65 535 bytes.
    pub summary: String,
    /// More markdown; cut at 65 535 bytes.
    pub text: Option<String>,
    /// Remarks at lines, the most important first. They can only be added to a check run, so whoever
    /// updates one gives those that it has, then the new ones.
    pub annotations: Vec<Annotation>,
    /// Buttons; at most three.
    pub actions: Vec<CheckRunAction>,
    /// Where there is more to see.
    pub details_url: Option<String>,
    /// When work on it began.
    pub started_at: Option<Timestamp>,
}

/// How far a check run of ours has come. `neutral` and `skipped` are missing on purpose: GitHub counts
/// them as passing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftStatus {
    /// Nothing was looked at yet.
    Queued,
    /// Something is awaited.
    InProgress,
    /// It may be merged.
    Succeeded {
        /// Since when.
        completed_at: Timestamp,
    },
    /// It may not.
    Failed {
        /// Since when.
        completed_at: Timestamp,
    },
    /// It may not, and somebody has to do something about the gate itself.
    ActionRequired {
        /// Since when.
        completed_at: Timestamp,
    },
}

/// A remark at lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The file, from the repository's root.
    pub path: String,
    /// Its first line, from 1.
    pub start_line: u32,
    /// Its last line.
    pub end_line: u32,
    /// How it is shown.
    pub level: AnnotationLevel,
    /// The first line of the remark; cut at 255 characters.
    pub title: Option<String>,
    /// The remark.
    pub message: String,
}

/// How an annotation is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AnnotationLevel {
    /// For knowledge.
    Notice,
    /// To think about.
    Warning,
    /// To be mended.
    Failure,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckRunAction {
    label: String,
    description: String,
    identifier: String,
}

/// A draft that GitHub would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DraftError {
    /// A part of a button is missing or too long.
    #[error("a button's {part} has {length} characters; it has from 1 to {most}")]
    Action {
        /// Which part.
        part: &'static str,
        /// How many.
        length: usize,
        /// The most.
        most: usize,
    },
    /// Too many buttons.
    #[error("a check run has {0} buttons; GitHub takes 3")]
    Actions(usize),
}

impl CheckRunAction {
    /// A button: `label` of at most 20 characters, `description` 40, `identifier` 20.
    ///
    /// # Errors
    ///
    /// If a part is empty or too long.
    pub fn new(label: &str, description: &str, identifier: &str) -> Result<Self, DraftError> {
        for (part, text, most) in
            [("label", label, 20), ("description", description, 40), ("identifier", identifier, 20)]
        {
            let length = text.chars().count();
            if length == 0 || length > most {
                return Err(DraftError::Action { part, length, most });
            }
        }
        let [label, description, identifier] = [label, description, identifier].map(str::to_owned);
        Ok(Self { label, description, identifier })
    }
}

impl CheckRunDraft {
    /// The body of a POST, with the first annotations.
    pub(super) fn post(&self) -> Result<Value, DraftError> {
        let mut body = self.patch(0)?;
        body.insert("head_sha".to_owned(), json!(self.head_sha));
        Ok(Value::Object(body))
    }

    /// The body of a PATCH, with the next annotations after those that were sent.
    pub(super) fn patch(&self, sent: usize) -> Result<Map<String, Value>, DraftError> {
        if self.actions.len() > MOST_ACTIONS {
            return Err(DraftError::Actions(self.actions.len()));
        }
        let mut body = Map::new();
        let mut put = |key: &str, value: Value| {
            body.insert(key.to_owned(), value);
        };
        put("name", json!(self.name));
        put("external_id", json!(self.external_id));
        let (status, completed) = match self.status {
            DraftStatus::Queued => ("queued", None),
            DraftStatus::InProgress => ("in_progress", None),
            DraftStatus::Succeeded { completed_at } => {
                ("completed", Some(("success", completed_at)))
            }
            DraftStatus::Failed { completed_at } => ("completed", Some(("failure", completed_at))),
            DraftStatus::ActionRequired { completed_at } => {
                ("completed", Some(("action_required", completed_at)))
            }
        };
        put("status", json!(status));
        if let Some((conclusion, at)) = completed {
            put("conclusion", json!(conclusion));
            put("completed_at", json!(whole_second(at)));
        }
        if let Some(at) = self.started_at {
            put("started_at", json!(whole_second(at)));
        }
        if let Some(url) = &self.details_url {
            put("details_url", json!(url));
        }
        put("actions", json!(self.actions));
        put("output", self.output(sent));
        Ok(body)
    }

    /// Title, summary and text, with the next annotations after those that were sent.
    pub(super) fn output(&self, sent: usize) -> Value {
        let title: String = self.title.chars().take(MOST_TITLE).collect();
        let mut output = Map::new();
        output.insert("title".to_owned(), json!(title));
        output.insert("summary".to_owned(), json!(fit(&self.summary, MOST_BYTES)));
        if let Some(text) = &self.text {
            output.insert("text".to_owned(), json!(fit(text, MOST_BYTES)));
        }
        let batch: Vec<Value> =
            self.annotations.iter().skip(sent).take(BATCH).map(Annotation::json).collect();
        if !batch.is_empty() {
            output.insert("annotations".to_owned(), Value::Array(batch));
        }
        Value::Object(output)
    }
}

impl Annotation {
    fn json(&self) -> Value {
        let start = self.start_line.max(1);
        let title = self.title.as_ref().map(|title| title.chars().take(MOST_TITLE).collect());
        let mut annotation = json!({
            "path": self.path,
            "start_line": start,
            "end_line": self.end_line.max(start),
            "annotation_level": self.level,
            "message": fit(&self.message, MOST_MESSAGE),
        });
        if let (Some(title), Some(map)) = (title, annotation.as_object_mut()) {
            map.insert("title".to_owned(), Value::String(title));
        }
        annotation
    }
}

/// The text, cut between two characters so that it and the words that say so have so many bytes.
pub(super) fn fit(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let mut end = most.saturating_sub(CUT.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let kept = text.get(..end).unwrap_or_default();
    format!("{kept}{CUT}")
}

/// GitHub keeps whole seconds.
fn whole_second(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_by_bytes_between_characters_and_says_so() {
        let emoji = "🦀".repeat(20_000);
        let cut = fit(&emoji, MOST_BYTES);
        assert!(cut.len() <= MOST_BYTES && cut.len() > MOST_BYTES - 8, "{}", cut.len());
        assert!(cut.ends_with(CUT));
        assert_eq!(fit("short", 5), "short");
    }

    #[test]
    fn a_button_that_github_would_refuse_cannot_be_made() {
        assert!(
            CheckRunAction::new("Re-evaluate", "Gather everything again", "re-evaluate").is_ok()
        );
        let error = CheckRunAction::new(&"x".repeat(21), "d", "i").unwrap_err();
        assert_eq!(error.to_string(), "a button's label has 21 characters; it has from 1 to 20");
        assert!(CheckRunAction::new("", "d", "i").is_err());
    }
}
