//! What has to be known of people beside their reviews: who belongs to what, who pushed what, and
//! what it was that they looked at. Each is known, or nobody can tell; never is one guessed from the
//! other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{code_owners::CodeOwnersFile, pull_request::Account};

/// Something that somebody went to find out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Told<T> {
    /// It is this.
    Known(T),
    /// Nobody can tell, and why.
    Unknown(String),
}

/// Who belongs to what, who pushed what, and what was reviewed. What is not here, nobody went to
/// find out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct People {
    /// CODEOWNERS of the base branch, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_owners: Option<Told<Option<CodeOwnersFile>>>,
    /// All members of a team, by `organisation/team`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub teams: BTreeMap<String, Told<Vec<Account>>>,
    /// Of an organisation, by its login, those members who have reviewed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub organisations: BTreeMap<String, Told<Vec<Account>>>,
    /// Whose an e-mail address is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub addresses: BTreeMap<String, Told<Account>>,
    /// The pushes to the head's branch, the newest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushes: Option<Told<Vec<Push>>>,
    /// What a commit changes, seen from the base, by its id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub diffs: BTreeMap<String, Told<Diff>>,
}

/// One push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// What the branch held after it.
    pub sha: String,
    /// Who pushed; absent for a deleted account.
    pub by: Option<Account>,
}

/// For each path that a diff touches, a text that is another one whenever the diff of that path is.
pub type Diff = BTreeMap<String, String>;

impl People {
    /// Whether nobody went to find out anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
