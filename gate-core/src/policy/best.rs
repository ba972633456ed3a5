//! `never-below`, `never-above` and `drift-budget`: what the base branch has reached once is not
//! given away, at once or in small steps.

use super::{
    decode::{Spanned, words},
    problem::{Place, Problems},
};

words! {
    /// What a ratchet holds fast.
    enum Best, "choice" {
        /// The best that the base branch has reached.
        OfBase = "best-of-base",
    }
}

/// The keys of a rule that are about the best of the base, and those beside them.
pub(super) struct Keys<'a, B> {
    /// The ratchet, and its key.
    pub(super) ratchet: Option<(&'a Spanned<Best>, &'static str)>,
    pub(super) budget: Option<&'a Spanned<B>>,
    /// The tolerance against the baseline, and its key.
    pub(super) tolerance: (Option<Place>, &'static str),
}

/// Each of the keys has something to do.
pub(super) fn check<B>(keys: &Keys<'_, B>, problems: &mut Problems) {
    let (tolerance, tolerance_key) = keys.tolerance;
    if let (Some((ratchet, key)), Some(budget)) = (keys.ratchet, keys.budget) {
        problems.add_with_hint(
            budget.place.max(ratchet.place),
            format!("`{key}` allows no drop, so `drift-budget` has nothing to give"),
            "leave one of the two out",
        );
    } else if let (Some((_, key)), Some(place)) = (keys.ratchet, tolerance) {
        problems.add_with_hint(
            place,
            format!("`{key}` allows no drop, so `{tolerance_key}` does nothing here"),
            "leave it out; or, to allow drops that do not add up, give `drift-budget` in the place \
             of the other",
        );
    }
    if let (Some(budget), None, None) = (keys.budget, tolerance, keys.ratchet) {
        problems.add_with_hint(
            budget.place,
            format!("`drift-budget` bounds what `{tolerance_key}` allows, which is missing here"),
            format!("add `{tolerance_key}`: how much one pull request may take of the budget"),
        );
    }
}
