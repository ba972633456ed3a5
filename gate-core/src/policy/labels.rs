//! `labels:` — it has such labels, and no other.

use super::{
    decode::{Spanned, section},
    expected::Reports,
    globs::{self, Globs, Over},
    needs::Kind,
    problem::Problems,
};

section! {
    /// It has such labels, and no other. Globs; upper and lower case are one, as GitHub has it.
    struct RawLabels {
        /// For each of these, it must have a label that fits.
        all_of: Option<Spanned<Vec<Spanned<String>>>>,
        /// It must have a label that fits one of these.
        any_of: Option<Spanned<Vec<Spanned<String>>>>,
        /// It must have no label that fits one of these.
        none_of: Option<Spanned<Vec<Spanned<String>>>>,
    }
}

/// A labels rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelsRule {
    /// For each of these, a label that fits.
    pub all_of: Option<Globs>,
    /// A label that fits one of these.
    pub any_of: Option<Globs>,
    /// No label that fits one of these.
    pub none_of: Option<Globs>,
}

impl Kind for LabelsRule {}

pub(super) fn validate(
    raw: &Spanned<RawLabels>,
    _: &Reports,
    problems: &mut Problems,
) -> Option<LabelsRule> {
    let RawLabels { all_of, any_of, none_of } = &raw.value;
    if all_of.is_none() && any_of.is_none() && none_of.is_none() && !problems.are_in(raw.place) {
        problems.add_with_hint(
            raw.place.first(),
            "this rule asks for no label",
            "give `all-of`, `any-of` or `none-of`",
        );
        return None;
    }
    let all_of = globs::list(all_of.as_ref(), Over::Labels, problems);
    let any_of = globs::list(any_of.as_ref(), Over::Labels, problems);
    let none_of = globs::list(none_of.as_ref(), Over::Labels, problems);
    Some(LabelsRule { all_of: all_of?, any_of: any_of?, none_of: none_of? })
}
