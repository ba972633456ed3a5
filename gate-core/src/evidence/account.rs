//! What a tool examined, passed over and could not read. "Nothing was found" says little until one
//! knows what was looked at.

use serde::{Deserialize, Serialize};

/// The account a report gives of its own reach.
///
/// pip-audit with every dependency skipped and Bandit that could parse no file both exit 0 with an
/// empty list; only this account tells them from a clean project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// What is counted here.
    pub unit: Unit,
    /// How many were examined.
    pub examined: u64,
    /// What was passed over on purpose, as the tool was told to.
    pub skipped: Vec<Passed>,
    /// What the tool could not read or examine.
    pub unread: Vec<Passed>,
}

/// Something that was not examined.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passed {
    /// Which file, dependency or test.
    pub name: String,
    /// Why, in the tool's words.
    pub reason: String,
}

/// What an [`Account`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Unit {
    /// Source files.
    Files,
    /// Dependencies.
    Dependencies,
    /// Tests.
    Tests,
    /// Numbers.
    Numbers,
}

impl Unit {
    /// The noun for this many.
    #[must_use]
    pub const fn noun(self, count: u64) -> &'static str {
        match (self, count) {
            (Self::Files, 1) => "file",
            (Self::Files, _) => "files",
            (Self::Dependencies, 1) => "dependency",
            (Self::Dependencies, _) => "dependencies",
            (Self::Tests, 1) => "test",
            (Self::Tests, _) => "tests",
            (Self::Numbers, 1) => "number",
            (Self::Numbers, _) => "numbers",
        }
    }
}
