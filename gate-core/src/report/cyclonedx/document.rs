//! The document, as far as it is about components and their vulnerabilities.

use serde::Deserialize;

use super::{
    super::{
        advisories::{Id, Key},
        json::{objects, present},
    },
    purl,
};
use crate::measure::normalised_package;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    pub(super) bom_format: String,
    pub(super) spec_version: String,
    #[serde(default, deserialize_with = "present")]
    pub(super) metadata: Option<Metadata>,
    #[serde(default, deserialize_with = "objects")]
    pub(super) components: Vec<Component>,
    #[serde(default, deserialize_with = "present")]
    pub(super) vulnerabilities: Option<Vec<Vulnerability>>,
}

#[derive(Deserialize)]
pub(super) struct Metadata {
    #[serde(default, deserialize_with = "present")]
    pub(super) component: Option<Component>,
}

#[derive(Deserialize)]
pub(super) struct Component {
    #[serde(rename = "bom-ref", default, deserialize_with = "present")]
    pub(super) bom_ref: Option<String>,
    #[serde(default, deserialize_with = "present")]
    group: Option<String>,
    name: String,
    #[serde(default, deserialize_with = "present")]
    version: Option<String>,
    #[serde(default, deserialize_with = "present")]
    purl: Option<String>,
    #[serde(default, deserialize_with = "objects")]
    pub(super) components: Vec<Self>,
}

impl Component {
    /// Its package URL says best what it is.
    pub(super) fn key(&self) -> Key {
        let version = self.version.clone().unwrap_or_default();
        if let Some((name, of_purl)) = self.purl.as_deref().and_then(purl::parse) {
            return (name, if version.is_empty() { of_purl } else { version });
        }
        let name = match self.group.as_deref() {
            None | Some("") => normalised_package(&self.name),
            Some(group) => format!("{group}/{}", self.name),
        };
        (name, version)
    }
}

#[derive(Deserialize)]
pub(super) struct Vulnerability {
    pub(super) id: Id,
    /// The same flaw in other databases.
    #[serde(default, deserialize_with = "objects")]
    pub(super) references: Vec<Reference>,
    #[serde(default, deserialize_with = "present")]
    pub(super) description: Option<String>,
    #[serde(default, deserialize_with = "objects")]
    pub(super) affects: Vec<Affected>,
    #[serde(default, deserialize_with = "present")]
    pub(super) analysis: Option<Analysis>,
}

#[derive(Deserialize)]
pub(super) struct Reference {
    pub(super) id: Id,
}

#[derive(Deserialize)]
pub(super) struct Affected {
    #[serde(rename = "ref")]
    pub(super) reference: String,
    #[serde(default, deserialize_with = "objects")]
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    status: Status,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    #[default]
    Affected,
    Unaffected,
    Unknown,
}

impl Affected {
    /// Why it does not count, where every version that is named is free of it.
    pub(super) fn excuse(&self) -> Option<&'static str> {
        let free = |version: &Version| version.status == Status::Unaffected;
        (!self.versions.is_empty() && self.versions.iter().all(free)).then_some("unaffected")
    }
}

#[derive(Deserialize)]
pub(super) struct Analysis {
    #[serde(default, deserialize_with = "present")]
    pub(super) state: Option<State>,
}

/// What somebody found out about a vulnerability.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Resolved,
    ResolvedWithPedigree,
    Exploitable,
    InTriage,
    FalsePositive,
    NotAffected,
}

impl State {
    /// Why it does not count, where that is so.
    pub(super) const fn excuse(self) -> Option<&'static str> {
        match self {
            Self::Exploitable | Self::InTriage => None,
            Self::Resolved | Self::ResolvedWithPedigree => Some("resolved"),
            Self::FalsePositive => Some("a false positive"),
            Self::NotAffected => Some("not affected"),
        }
    }
}
