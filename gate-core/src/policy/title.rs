//! `title:` — its title has such a form.

use regex::Regex;

use super::{
    decode::{Spanned, section},
    expected::Reports,
    needs::Kind,
    problem::Problems,
};

section! {
    /// Its title has such a form.
    struct RawTitle {
        /// It must fit this regular expression, for example `^(feat|fix)(\(.+\))?: .+`. It need not
        /// fit all of the title; `^` and `$` stand for its ends.
        matches: Option<Spanned<String>>,
        /// It must not fit this regular expression, for example `(?i)\bwip\b`.
        forbid: Option<Spanned<String>>,
        /// At most so many characters.
        at_most: Option<Spanned<u64>>,
    }
}

/// A title rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TitleRule {
    /// It must fit this.
    pub matches: Option<Pattern>,
    /// It must not fit this.
    pub forbid: Option<Pattern>,
    /// At most so many characters.
    pub at_most: Option<u64>,
}

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

impl Kind for TitleRule {}

pub(super) fn validate(
    raw: &Spanned<RawTitle>,
    _: &Reports,
    problems: &mut Problems,
) -> Option<TitleRule> {
    let RawTitle { matches, forbid, at_most } = &raw.value;
    if matches.is_none() && forbid.is_none() && at_most.is_none() && !problems.are_in(raw.place) {
        problems.add_with_hint(
            raw.place.first(),
            "this rule asks for nothing",
            "give `matches`, `forbid` or `at-most`",
        );
    }
    let matches = pattern(matches.as_ref(), problems);
    let forbid = pattern(forbid.as_ref(), problems);
    Some(TitleRule {
        matches: matches?,
        forbid: forbid?,
        at_most: at_most.as_ref().map(|characters| characters.value),
    })
}

#[expect(clippy::option_option, reason = "outer: a problem was added; inner: the key is absent")]
fn pattern(raw: Option<&Spanned<String>>, problems: &mut Problems) -> Option<Option<Pattern>> {
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
