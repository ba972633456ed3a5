//! The five outcomes and their algebra.

use std::fmt;

/// How a rule, or the whole gate, came out.
///
/// Ordered from the best to the worst, so that *all of* is the maximum: failed > inconclusive >
/// pending > passed > skipped.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// A stated condition says that it does not apply here.
    Skipped,
    /// The evidence is in and meets the rule.
    Passed,
    /// Somebody or something is still expected.
    Pending,
    /// The evidence can no longer come, or cannot be read.
    Inconclusive,
    /// The evidence is in and does not meet the rule.
    Failed,
}

impl Outcome {
    /// Every outcome, from the best to the worst.
    pub const ALL: &'static [Self] =
        &[Self::Skipped, Self::Passed, Self::Pending, Self::Inconclusive, Self::Failed];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Passed => "passed",
            Self::Pending => "pending",
            Self::Inconclusive => "inconclusive",
            Self::Failed => "failed",
        }
    }

    /// The sign that stands beside the word, never instead of it.
    #[must_use]
    pub const fn sign(self) -> char {
        match self {
            Self::Skipped => '-',
            Self::Passed => '✓',
            Self::Pending => '…',
            Self::Inconclusive => '?',
            Self::Failed => '✗',
        }
    }

    /// The outcome of a requirement that needs every part: the worst of them. Of no parts it is
    /// `Skipped`, which lets nothing through by itself.
    #[must_use]
    pub fn all_of(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::Skipped, Self::and)
    }

    /// The outcome of a requirement that needs one part: the best of them, skipped ones left out.
    #[must_use]
    pub fn any_of(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::Skipped, Self::or)
    }

    /// Both: the worse one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }

    /// Either: the better one that is not skipped.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Skipped, only) | (only, Self::Skipped) => only,
            (one, another) => one.min(another),
        }
    }

    /// Passed when it holds, failed when it does not.
    #[must_use]
    pub const fn of(holds: bool) -> Self {
        if holds { Self::Passed } else { Self::Failed }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn outcome() -> impl Strategy<Value = Outcome> {
        proptest::sample::select(Outcome::ALL)
    }

    proptest! {
        #[test]
        fn both_are_commutative(a in outcome(), b in outcome()) {
            prop_assert_eq!(a.and(b), b.and(a));
            prop_assert_eq!(a.or(b), b.or(a));
        }

        #[test]
        fn both_are_associative(a in outcome(), b in outcome(), c in outcome()) {
            prop_assert_eq!(a.and(b).and(c), a.and(b.and(c)));
            prop_assert_eq!(a.or(b).or(c), a.or(b.or(c)));
        }

        #[test]
        fn both_are_idempotent(a in outcome()) {
            prop_assert_eq!(a.and(a), a);
            prop_assert_eq!(a.or(a), a);
        }

        #[test]
        fn skipped_is_neutral(a in outcome()) {
            prop_assert_eq!(a.and(Outcome::Skipped), a);
            prop_assert_eq!(a.or(Outcome::Skipped), a);
        }

        #[test]
        fn failed_absorbs_in_all_of(parts in proptest::collection::vec(outcome(), 0..8)) {
            let failed = parts.contains(&Outcome::Failed);
            prop_assert_eq!(Outcome::all_of(parts) == Outcome::Failed, failed);
        }

        #[test]
        fn nothing_but_passed_yields_passed(parts in proptest::collection::vec(outcome(), 0..8)) {
            let passing = |part: &Outcome| matches!(part, Outcome::Passed | Outcome::Skipped);
            let only_passed =
                parts.iter().all(passing) && parts.contains(&Outcome::Passed);
            prop_assert_eq!(Outcome::all_of(parts.clone()) == Outcome::Passed, only_passed);
            prop_assert_eq!(
                Outcome::any_of(parts.clone()) == Outcome::Passed,
                parts.contains(&Outcome::Passed)
            );
        }

        #[test]
        fn order_does_not_matter(
            (parts, shuffled) in proptest::collection::vec(outcome(), 0..8)
                .prop_flat_map(|parts| (Just(parts.clone()), Just(parts).prop_shuffle()))
        ) {
            prop_assert_eq!(Outcome::all_of(parts.clone()), Outcome::all_of(shuffled.clone()));
            prop_assert_eq!(Outcome::any_of(parts), Outcome::any_of(shuffled));
        }
    }
}
