//! One file that a tool wrote, as evidence.

use serde::{Deserialize, Serialize};

use crate::measure::ContentKind;

use super::{Account, Coverage, Findings, Metrics, Note, Provenance, Tests, Vulnerabilities};

/// A report that was read in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Report {
    /// The name of its format, for example `cobertura`.
    pub format: String,
    /// What it says.
    pub content: Content,
    /// What the tool examined, passed over and could not read.
    pub account: Account,
    /// What the reader had to interpret.
    pub notes: Vec<Note>,
    /// Where its bytes came from; absent for a report that was made in memory.
    pub provenance: Option<Provenance>,
    /// The parts that it was merged from, in the order of their names; none for a report that is
    /// one file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// One part of a report that was merged from several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its name, as the policy gives it.
    pub name: String,
    /// How much was examined in it.
    pub examined: u64,
    /// Where its bytes came from.
    pub provenance: Option<Provenance>,
}

/// What a report says, by kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Content {
    /// Lines and branches that ran.
    Coverage(Coverage),
    /// Flaws at places in the source.
    Findings(Findings),
    /// Known vulnerabilities of dependencies.
    Vulnerabilities(Vulnerabilities),
    /// Tests that were run.
    Tests(Tests),
    /// Numbers that were measured.
    Metrics(Metrics),
}

impl Content {
    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> ContentKind {
        match self {
            Self::Coverage(_) => ContentKind::Coverage,
            Self::Findings(_) => ContentKind::Findings,
            Self::Vulnerabilities(_) => ContentKind::Vulnerabilities,
            Self::Tests(_) => ContentKind::Tests,
            Self::Metrics(_) => ContentKind::Metrics,
        }
    }
}

impl Report {
    /// A report of this format that says this.
    #[must_use]
    pub fn new(format: impl Into<String>, content: Content, account: Account) -> Self {
        Self {
            format: format.into(),
            content,
            account,
            notes: Vec::new(),
            provenance: None,
            parts: Vec::new(),
        }
    }

    /// Adds what the reader had to interpret.
    #[must_use]
    pub fn with_notes(mut self, notes: Vec<Note>) -> Self {
        self.notes = notes;
        self
    }

    /// Tells of every origin of its bytes in other words.
    #[must_use]
    pub fn with_origins(mut self, tell: impl Fn(&str) -> String) -> Self {
        let parts = self.parts.iter_mut().filter_map(|part| part.provenance.as_mut());
        for provenance in self.provenance.iter_mut().chain(parts) {
            provenance.origin = tell(&provenance.origin);
        }
        self
    }

    /// Says where the bytes came from.
    #[must_use]
    pub fn with_provenance(mut self, provenance: Provenance) -> Self {
        self.provenance = Some(provenance);
        self
    }
}
