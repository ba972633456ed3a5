//! How bad a finding is, and how sure the tool is of it.

use serde::{Deserialize, Serialize};

macro_rules! levels {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            schemars::JsonSchema,
        )]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every level, from the lowest.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it, in lower case.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Whether it counts at a threshold. What the tool left undefined counts at every one:
            /// nobody has said that it is harmless.
            #[must_use]
            pub fn counts_from(self, threshold: Self) -> bool {
                self == Self::Undefined || self >= threshold
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

levels! {
    /// How bad a finding is. `Undefined` is a level of its own: the tool did not say.
    Severity {
        /// The tool gave no severity.
        Undefined = "undefined",
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
    }
}

levels! {
    /// How sure the tool is. `Undefined` is a level of its own: the tool did not say.
    Confidence {
        /// The tool gave no confidence.
        Undefined = "undefined",
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undefined_counts_at_every_threshold() {
        assert!(Severity::Undefined.counts_from(Severity::High));
        assert!(!Severity::Low.counts_from(Severity::Medium));
        assert!(Severity::Medium.counts_from(Severity::Medium));
    }
}
