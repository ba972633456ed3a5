//! The log and its runs, as the standard describes them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    super::json::{nullable, object, objects},
    result::Result,
    rules::{Level, Tool},
};

#[derive(Deserialize)]
pub(super) struct Log {
    pub(super) version: String,
    /// `null` where a run was tried and nothing came of it.
    #[serde(deserialize_with = "nullable")]
    pub(super) runs: Option<Vec<Run>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    #[serde(deserialize_with = "object")]
    pub(super) tool: Tool,
    #[serde(default, deserialize_with = "objects")]
    pub(super) invocations: Vec<Invocation>,
    #[serde(default, deserialize_with = "objects")]
    pub(super) artifacts: Vec<Artifact>,
    /// Absent or `null` where there was no search for any.
    #[serde(default)]
    pub(super) results: Option<Vec<Result>>,
    #[serde(default)]
    pub(super) original_uri_base_ids: BTreeMap<String, ArtifactLocation>,
    #[serde(default)]
    pub(super) external_property_file_references: Option<References>,
}

/// Where the rest of a run is kept.
#[derive(Deserialize)]
pub(super) struct References {
    #[serde(default)]
    results: Vec<serde::de::IgnoredAny>,
}

impl References {
    pub(super) const fn has_results(&self) -> bool {
        !self.results.is_empty()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub(super) execution_successful: bool,
    #[serde(default)]
    pub(super) exit_code_description: Option<String>,
    #[serde(default, deserialize_with = "objects")]
    pub(super) tool_execution_notifications: Vec<Notification>,
    #[serde(default, deserialize_with = "objects")]
    pub(super) tool_configuration_notifications: Vec<Notification>,
}

#[derive(Deserialize)]
pub(super) struct Notification {
    #[serde(default)]
    pub(super) level: Option<Level>,
    #[serde(deserialize_with = "object")]
    pub(super) message: Words,
    #[serde(default, deserialize_with = "objects")]
    locations: Vec<Location>,
}

impl Notification {
    /// The file that it is about.
    pub(super) fn uri(&self) -> Option<&str> {
        let physical = self.locations.first()?.physical_location.as_ref()?;
        physical.artifact_location.as_ref()?.uri.as_deref()
    }
}

/// A message: its text, or the name of a text of the rule with what is put into it.
#[derive(Deserialize)]
pub(super) struct Words {
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) arguments: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Artifact {
    #[serde(default)]
    pub(super) location: Option<ArtifactLocation>,
    #[serde(default)]
    roles: Vec<String>,
}

impl Artifact {
    /// Whether the tool was told to look at it.
    pub(super) fn is_target(&self) -> bool {
        self.roles.iter().any(|role| role == "analysisTarget")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation {
    #[serde(default)]
    pub(super) uri: Option<String>,
    #[serde(default)]
    pub(super) uri_base_id: Option<String>,
    /// −1 is none, as everywhere in the standard.
    #[serde(default)]
    pub(super) index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    #[serde(default)]
    pub(super) physical_location: Option<PhysicalLocation>,
    #[serde(default, deserialize_with = "objects")]
    pub(super) logical_locations: Vec<LogicalLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalLocation {
    #[serde(default)]
    pub(super) fully_qualified_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    #[serde(default)]
    pub(super) artifact_location: Option<ArtifactLocation>,
    #[serde(default)]
    pub(super) region: Option<Region>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    #[serde(default)]
    pub(super) start_line: Option<i64>,
    #[serde(default)]
    pub(super) end_line: Option<i64>,
    #[serde(default)]
    pub(super) snippet: Option<Snippet>,
}

#[derive(Deserialize)]
pub(super) struct Snippet {
    #[serde(default)]
    pub(super) text: Option<String>,
}
