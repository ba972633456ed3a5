//! `when:` and `unless:` — where a rule applies.

use super::{
    decode::{Spanned, section},
    globs::{self, Globs, Over},
    needs::Needs,
    paths::{self, Paths, RawPaths},
    problem::Problems,
};

section! {
    /// A condition on the pull request. All of it must hold.
    struct RawWhen {
        /// At least one changed file is among these.
        paths: Option<Spanned<RawPaths>>,
        /// It has a label that fits one of these globs.
        labels: Option<Spanned<Vec<Spanned<String>>>>,
        /// Its base branch fits one of these globs.
        base: Option<Spanned<Vec<Spanned<String>>>>,
        /// One of these logins opened it.
        author: Option<Spanned<Vec<Spanned<String>>>>,
        /// Whether it is a draft.
        draft: Option<Spanned<bool>>,
        /// Whether it comes from a fork.
        fork: Option<Spanned<bool>>,
    }
}

/// A condition on the pull request; what is stated must hold, all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Condition {
    /// At least one changed file is among these.
    pub paths: Option<Paths>,
    /// It has a label that fits one of these.
    pub labels: Option<Globs>,
    /// Its base branch fits one of these.
    pub base: Option<Globs>,
    /// One of these opened it.
    pub authors: Option<Vec<String>>,
    /// Whether it is a draft.
    pub draft: Option<bool>,
    /// Whether it comes from a fork.
    pub fork: Option<bool>,
}

impl Condition {
    pub(super) fn needs(&self) -> Needs {
        Needs { changes: self.paths.is_some(), ..Needs::default() }
    }
}

#[expect(clippy::option_option, reason = "outer: a problem was added; inner: the key is absent")]
pub(super) fn validate(
    raw: Option<&Spanned<RawWhen>>,
    problems: &mut Problems,
) -> Option<Option<Condition>> {
    let Some(raw) = raw else { return Some(None) };
    let RawWhen { paths, labels, base, author, draft, fork } = &raw.value;
    let stated = [
        paths.is_some(),
        labels.is_some(),
        base.is_some(),
        author.is_some(),
        draft.is_some(),
        fork.is_some(),
    ];
    if !stated.contains(&true) && !problems.are_in(raw.place) {
        problems.add(raw.place.first(), "a condition that states nothing always holds");
        return None;
    }
    let of_paths = paths.as_ref().map(|paths| paths::validate(Some(paths), problems));
    let labels = globs::list(labels.as_ref(), Over::Labels, problems);
    let base = globs::list(base.as_ref(), Over::Paths, problems);
    let authors = super::logins::validate(author.as_ref(), problems);
    Some(Some(Condition {
        paths: match of_paths {
            Some(paths) => Some(paths?),
            None => None,
        },
        labels: labels?,
        base: base?,
        authors: authors?,
        draft: draft.as_ref().map(|draft| draft.value),
        fork: fork.as_ref().map(|fork| fork.value),
    }))
}
