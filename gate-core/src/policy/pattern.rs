//! Regular expressions over titles and messages.

use regex::Regex;

use super::{decode::Spanned, problem::Problems};

/// A regular expression. It is matched in time that is linear in the text.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Whether it fits somewhere in the text.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// The pattern as the policy writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

/// A pattern, or nothing where the key is absent.
#[expect(clippy::option_option, reason = "outer: a problem was added; inner: the key is absent")]
pub(super) fn validate(
    raw: Option<&Spanned<String>>,
    problems: &mut Problems,
) -> Option<Option<Pattern>> {
    let Some(raw) = raw else { return Some(None) };
    match Regex::new(&raw.value) {
        Ok(regex) => Some(Some(Pattern(regex))),
        Err(error) => {
            // Its own message shows the pattern on several lines; the last one says what is wrong.
            let text = error.to_string();
            let said = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            problems.add(raw.place, format!("not a regular expression: {said}"));
            None
        }
    }
}
