//! The commits that a pull request brings.

use serde::{Deserialize, Serialize};

/// One commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Commit {
    /// Its id.
    pub sha: String,
    /// Its message, all of it.
    pub message: String,
    /// How many parents it has: of a merge, more than one.
    pub parents: u32,
    /// What is known of its signature; absent where nobody has looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
}

/// What became of a commit's signature, as GitHub says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// Whether it is signed, and by whom it says.
    pub verified: bool,
    /// Why, or why not: `valid`, `unsigned`, `unknown_key`, …
    pub reason: String,
}

/// Reasons that say nothing about the signature: it could not be looked at.
const UNDECIDED: [&str; 4] =
    ["gpgverify_error", "gpgverify_unavailable", "ocsp_pending", "ocsp_error"];

impl Commit {
    /// A commit with one parent, of whose signature nothing is known.
    #[must_use]
    pub fn new(sha: impl Into<String>, message: impl Into<String>) -> Self {
        Self { sha: sha.into(), message: message.into(), parents: 1, verification: None }
    }

    /// The same with so many parents.
    #[must_use]
    pub const fn with_parents(mut self, parents: u32) -> Self {
        self.parents = parents;
        self
    }

    /// The same with what became of its signature.
    #[must_use]
    pub fn with_verification(mut self, verified: bool, reason: impl Into<String>) -> Self {
        self.verification = Some(Verification { verified, reason: reason.into() });
        self
    }

    /// The first line of its message.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }

    /// Whether it joins several lines of work.
    #[must_use]
    pub const fn is_merge(&self) -> bool {
        self.parents > 1
    }

    /// Whether it is signed, as far as somebody could look.
    #[must_use]
    pub fn is_verified(&self) -> Option<bool> {
        let verification = self.verification.as_ref()?;
        let is_undecided = UNDECIDED.contains(&verification.reason.as_str());
        (verification.verified || !is_undecided).then_some(verification.verified)
    }
}
