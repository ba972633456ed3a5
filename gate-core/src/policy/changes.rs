//! `changes:` — it changes such files, not others, and not too much.

use super::{
    decode::{Spanned, section},
    expected::Reports,
    globs::{self, Globs, Over},
    needs::{Kind, Needs},
    paths::{self, Paths, RawPaths},
    problem::Problems,
};

section! {
    /// It changes such files, not others, and not too much. Globs over paths, new ones and old ones.
    struct RawChanges {
        /// Where one of these files is changed, …
        if_changed: Option<Spanned<Vec<Spanned<String>>>>,
        /// … one of these must be changed too.
        then_changed: Option<Spanned<Vec<Spanned<String>>>>,
        /// None of these files may be changed.
        forbid: Option<Spanned<Vec<Spanned<String>>>>,
        /// At most so many files.
        at_most_files: Option<Spanned<u64>>,
        /// At most so many lines, added and removed.
        at_most_lines: Option<Spanned<u64>>,
        /// Which files count for `at-most-files` and `at-most-lines`. Default: all.
        paths: Option<Spanned<RawPaths>>,
    }
}

/// A changes rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangesRule {
    /// Where one of the first is changed, one of the second must be.
    pub follow: Option<(Globs, Globs)>,
    /// None of these may be changed.
    pub forbid: Option<Globs>,
    /// At most so many files.
    pub at_most_files: Option<u64>,
    /// At most so many lines.
    pub at_most_lines: Option<u64>,
    /// Which files count for these.
    pub paths: Paths,
}

impl Kind for ChangesRule {
    fn needs(&self) -> Needs {
        Needs { changes: true, ..Needs::default() }
    }
}

pub(super) fn validate(
    raw: &Spanned<RawChanges>,
    _: &Reports,
    problems: &mut Problems,
) -> Option<ChangesRule> {
    let RawChanges { if_changed, then_changed, forbid, at_most_files, at_most_lines, paths } =
        &raw.value;
    let damaged = problems.are_in(raw.place);
    let asks = [if_changed.is_some(), forbid.is_some(), at_most_files.is_some()];
    let asks = asks.contains(&true) || at_most_lines.is_some() || then_changed.is_some();
    if !asks && !damaged {
        problems.add_with_hint(
            raw.place.first(),
            "this rule asks for nothing",
            "give `if-changed` and `then-changed`, `forbid`, `at-most-files` or `at-most-lines`",
        );
    }
    match (if_changed, then_changed) {
        (Some(one), None) | (None, Some(one)) if !damaged => {
            problems.add(one.place, "`if-changed` and `then-changed` belong together");
        }
        _ => {}
    }
    if let Some(paths) =
        paths.as_ref().filter(|_| at_most_files.is_none() && at_most_lines.is_none())
    {
        problems.add(paths.place, "`paths` is about `at-most-files` and `at-most-lines`");
    }
    let first = globs::list(if_changed.as_ref(), Over::Paths, problems);
    let second = globs::list(then_changed.as_ref(), Over::Paths, problems);
    let forbid = globs::list(forbid.as_ref(), Over::Paths, problems);
    let paths = paths::validate(paths.as_ref(), problems);
    Some(ChangesRule {
        follow: first?.zip(second?),
        forbid: forbid?,
        at_most_files: at_most_files.as_ref().map(|files| files.value),
        at_most_lines: at_most_lines.as_ref().map(|lines| lines.value),
        paths: paths?,
    })
}
