//! What GitHub demands before anything comes to the base branch.

use serde::{Deserialize, Serialize};

/// What rulesets and branch protection demand of a branch, all of them together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Protection {
    /// How many approvals are required.
    pub approvals: u64,
    /// Whether those of code owners are.
    pub code_owners: bool,
    /// Whether one by somebody else than who pushed last is.
    pub last_push_approval: bool,
    /// Whether approvals are dismissed when new commits are pushed.
    pub stale_dismissal: bool,
    /// Whether every conversation must be resolved.
    pub conversation_resolution: bool,
    /// Whether the head must be up to date with the branch.
    pub up_to_date: bool,
    /// Whether forced pushes are refused.
    pub no_force_pushes: bool,
    /// Whether the branch cannot be deleted.
    pub no_deletions: bool,
    /// The checks and statuses that must succeed.
    pub checks: Vec<RequiredCheck>,
    /// The check of this gate; absent where nobody has said which it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<RequiredCheck>,
    /// Why a part of the protection is not known. What is known is in force all the same; what is
    /// not among it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<String>,
}

/// A check or status that must succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequiredCheck {
    /// Its name.
    pub name: String,
    /// The id of the App that it must come from; absent where anybody may set it.
    pub app: Option<u64>,
}
