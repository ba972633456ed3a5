//! `commits:` — its commits are signed, and their messages have such a form.

use super::{
    decode::{Spanned, section, words},
    expected::Reports,
    needs::{Kind, Needs},
    pattern::{self, Pattern},
    problem::Problems,
};

section! {
    /// Its commits are signed, and their messages have such a form.
    struct RawCommits {
        /// Whether each must have a signature that GitHub has verified. Default: `any`.
        signed: Option<Spanned<Signed>>,
        /// What form each message must have. Default: `any`.
        messages: Option<Spanned<Messages>>,
        /// The types that a conventional message may begin with. Default: any word.
        types: Option<Spanned<Vec<Spanned<String>>>>,
        /// The first line of each message must fit this regular expression.
        matches: Option<Spanned<String>>,
        /// The first line of no message may fit this one, for example `^(fixup|squash)!`.
        forbid: Option<Spanned<String>>,
        /// At most so many characters in the first line.
        at_most: Option<Spanned<u64>>,
        /// What is asked of merges. Default: `exempt`.
        merges: Option<Spanned<Merges>>,
    }
}

words! {
    /// Whether each commit must be signed.
    enum Signed, "choice" {
        /// It need not.
        Any = "any",
        /// It must be, and its signature verified.
        Verified = "verified",
    }
}

words! {
    /// What form messages must have.
    enum Messages, "choice" {
        /// None.
        Any = "any",
        /// That of Conventional Commits 1.0.0.
        Conventional = "conventional",
    }
}

words! {
    /// What is asked of merges.
    enum Merges, "choice" {
        /// Their messages may have any form.
        Exempt = "exempt",
        /// What is asked of all commits.
        Judge = "judge",
        /// There must be none.
        Forbid = "forbid",
    }
}

/// A commits rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommitsRule {
    /// Whether each must be signed.
    pub signed: Signed,
    /// What form messages must have.
    pub messages: Messages,
    /// The types of conventional messages; any, where there is no list.
    pub types: Option<Vec<String>>,
    /// First lines must fit this.
    pub matches: Option<Pattern>,
    /// First lines must not fit this.
    pub forbid: Option<Pattern>,
    /// At most so many characters in a first line.
    pub at_most: Option<u64>,
    /// What is asked of merges.
    pub merges: Merges,
}

impl Kind for CommitsRule {
    fn needs(&self) -> Needs {
        Needs { commits: true, ..Needs::default() }
    }
}

pub(super) fn validate(
    raw: &Spanned<RawCommits>,
    _: &Reports,
    problems: &mut Problems,
) -> Option<CommitsRule> {
    let damaged = problems.are_in(raw.place);
    let RawCommits { signed, messages, types, matches, forbid, at_most, merges } = &raw.value;
    let signed = signed.as_ref().map_or(Signed::Any, |choice| choice.value);
    let form = messages.as_ref().map_or(Messages::Any, |choice| choice.value);
    let merges = merges.as_ref().map_or(Merges::Exempt, |choice| choice.value);
    let asks_of_messages = form == Messages::Conventional
        || matches.is_some()
        || forbid.is_some()
        || at_most.is_some();
    let asks = asks_of_messages || signed == Signed::Verified || merges == Merges::Forbid;
    if !asks && !damaged {
        problems.add_with_hint(
            raw.place.first(),
            "this rule asks for nothing",
            "give `signed: verified`, `messages: conventional`, `matches`, `forbid`, `at-most` or \
             `merges: forbid`",
        );
    }
    if let Some(types) = types.as_ref().filter(|_| form != Messages::Conventional && !damaged) {
        problems.add(types.place, "`types` is about `messages: conventional`");
    }
    let types = match types {
        Some(types) => Some(words_of(types, problems)?),
        None => None,
    };
    let matches = pattern::validate(matches.as_ref(), problems);
    let forbid = pattern::validate(forbid.as_ref(), problems);
    Some(CommitsRule {
        signed,
        messages: form,
        types,
        matches: matches?,
        forbid: forbid?,
        at_most: at_most.as_ref().map(|characters| characters.value),
        merges,
    })
}

fn words_of(types: &Spanned<Vec<Spanned<String>>>, problems: &mut Problems) -> Option<Vec<String>> {
    if types.value.is_empty() {
        problems.add(types.place, "an empty list would fit nothing at all");
        return None;
    }
    let is_word = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-_".contains(c))
    };
    if let Some(wrong) = types.value.iter().find(|text| !is_word(&text.value)) {
        problems.add(wrong.place, "a type is one word, for example feat");
        return None;
    }
    Some(types.value.iter().map(|text| text.value.clone()).collect())
}
