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
    /// How many were examined, as far as the report shows.
    pub examined: u64,
    /// Whether that is all of them.
    #[serde(default)]
    pub reach: Reach,
    /// What was passed over on purpose, as the tool was told to.
    pub skipped: Vec<Passed>,
    /// What the tool could not read or examine.
    pub unread: Vec<Passed>,
}

impl Account {
    /// The account of a report that says how many it examined, and passed over none.
    #[must_use]
    pub const fn stated(unit: Unit, examined: u64) -> Self {
        Self { unit, examined, reach: Reach::Stated, skipped: Vec::new(), unread: Vec::new() }
    }

    /// The account of a report that does not say how many it examined, and shows that it was at
    /// least so many.
    #[must_use]
    pub fn at_least(unit: Unit, shown: u64) -> Self {
        Self { reach: Reach::AtLeast, ..Self::stated(unit, shown) }
    }
}

/// Whether a report says how much it examined.
///
/// Ruff lists flaws and nothing else: its `[]` is the same over a thousand clean files and over an
/// empty folder. What such a report shows, a file with a flaw, was examined; how much more was,
/// nobody knows, and that is neither none nor enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// The report says how many; the number is all of them.
    #[default]
    Stated,
    /// The report does not say; the number is what it shows, and there may be more.
    AtLeast,
}

impl Reach {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::AtLeast => "at-least",
        }
    }
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
