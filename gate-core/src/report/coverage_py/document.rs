//! The document as it is written. What is not named here is passed over.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::report::json::{object, objects_by_name, present};

#[derive(Deserialize)]
pub(super) struct Document {
    #[serde(deserialize_with = "object")]
    pub(super) meta: Meta,
    #[serde(deserialize_with = "objects_by_name")]
    pub(super) files: BTreeMap<String, File>,
    #[serde(deserialize_with = "object")]
    pub(super) totals: Totals,
}

#[derive(Deserialize)]
pub(super) struct Meta {
    /// Absent before 7.2.
    #[serde(default, deserialize_with = "present")]
    pub(super) format: Option<u64>,
    pub(super) version: String,
}

#[derive(Deserialize)]
pub(super) struct File {
    pub(super) executed_lines: Vec<i64>,
    pub(super) missing_lines: Vec<i64>,
    pub(super) excluded_lines: Vec<i64>,
    /// Pairs of lines; the second is negative for a way out. Absent where no branches were measured.
    #[serde(default, deserialize_with = "present")]
    pub(super) executed_branches: Option<Vec<(i64, i64)>>,
    #[serde(default, deserialize_with = "present")]
    pub(super) missing_branches: Option<Vec<(i64, i64)>>,
    #[serde(deserialize_with = "object")]
    pub(super) summary: Summary,
}

#[derive(Deserialize)]
pub(super) struct Summary {
    #[serde(default, deserialize_with = "present")]
    pub(super) num_branches: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct Totals {
    pub(super) covered_lines: u64,
    pub(super) num_statements: u64,
    pub(super) excluded_lines: u64,
    #[serde(default, deserialize_with = "present")]
    pub(super) num_branches: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    pub(super) covered_branches: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    pub(super) percent_covered_display: Option<String>,
}
