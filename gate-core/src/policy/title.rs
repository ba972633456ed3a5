//! `title:` — its title has such a form.

use super::{
    decode::{Spanned, section},
    expected::Reports,
    needs::Kind,
    pattern::{self, Pattern},
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
    let matches = pattern::validate(matches.as_ref(), problems);
    let forbid = pattern::validate(forbid.as_ref(), problems);
    Some(TitleRule {
        matches: matches?,
        forbid: forbid?,
        at_most: at_most.as_ref().map(|characters| characters.value),
    })
}
