//! Known vulnerabilities of dependencies.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What a vulnerability report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vulnerabilities {
    /// The dependencies that were audited, in the order of the report. What was passed over stands
    /// in the report's [`Account`](super::Account).
    pub dependencies: Vec<Dependency>,
    /// How many entries the report listed, audited or not.
    pub listed: u64,
    /// How many advisories the report listed, before those that describe one flaw were merged.
    pub advisories: u64,
    /// What the tool upgraded in its own run; vulnerabilities of these versions are not in
    /// `dependencies`.
    pub fixed: Vec<Fixed>,
}

/// One audited dependency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dependency {
    /// The package, normalised as its ecosystem does (PEP 503 for Python).
    pub package: String,
    /// The installed version.
    pub version: String,
    /// What is known against it, every flaw once.
    pub vulnerabilities: Vec<Vulnerability>,
}

/// One flaw of one dependency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Vulnerability {
    /// The id that leads, always the same one whatever the order in the report.
    pub id: String,
    /// Every id of the flaw, `id` among them.
    pub ids: BTreeSet<String>,
    /// Versions that are free of it, as the tool lists them.
    pub fix_versions: Vec<String>,
    /// Whether an empty list of them means that there is none. Some tools do not say.
    #[serde(default)]
    pub fixes: Fixes,
    /// The advisory's text, where the tool gives it.
    pub description: Option<String>,
    /// The parts of the report that have it, where the report has parts.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub parts: BTreeSet<String>,
}

/// Whether a report says which versions are free of a flaw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fixes {
    /// It does; none is none.
    #[default]
    Stated,
    /// It does not; there may be one.
    Unknown,
}

impl Vulnerability {
    /// A flaw known under `ids`, of which `id` leads.
    #[must_use]
    pub fn new(id: impl Into<String>, aliases: impl IntoIterator<Item = String>) -> Self {
        let id = id.into();
        let ids = aliases.into_iter().chain([id.clone()]).collect();
        Self {
            id,
            ids,
            fix_versions: Vec::new(),
            fixes: Fixes::Stated,
            description: None,
            parts: BTreeSet::new(),
        }
    }

    /// Whether this flaw is known under `id`. Ids are compared without case, as advisory databases
    /// do (`GHSA-…` is written both ways).
    #[must_use]
    pub fn is_known_as(&self, id: &str) -> bool {
        self.ids.iter().any(|known| known.eq_ignore_ascii_case(id))
    }

    /// Whether both are one flaw: they share an id.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.ids.iter().any(|id| other.is_known_as(id))
    }
}

/// A dependency that the tool upgraded in its own run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixed {
    /// The package.
    pub package: String,
    /// From this version.
    pub old_version: String,
    /// To this version.
    pub new_version: String,
}

impl Vulnerabilities {
    /// How many flaws there are, each counted once per dependency.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.dependencies.iter().map(|dependency| dependency.vulnerabilities.len() as u64).sum()
    }

    /// How many dependencies have at least one.
    #[must_use]
    pub fn vulnerable(&self) -> u64 {
        let affected = |dependency: &&Dependency| !dependency.vulnerabilities.is_empty();
        self.dependencies.iter().filter(affected).count() as u64
    }
}
