//! The protection of the base branch, as it is written.

use serde::Deserialize;

use super::{
    super::json::{object_or_null, objects},
    document::Word,
};
use crate::evidence::{Protection, RequiredCheck};

/// Every key is needed: what is not said is not known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProtection {
    approvals: u64,
    code_owners: bool,
    last_push_approval: bool,
    stale_dismissal: bool,
    conversation_resolution: bool,
    up_to_date: bool,
    no_force_pushes: bool,
    no_deletions: bool,
    #[serde(deserialize_with = "objects")]
    checks: Vec<RawRequiredCheck>,
    #[serde(default, deserialize_with = "object_or_null")]
    gate: Option<RawRequiredCheck>,
    #[serde(default)]
    unseen: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRequiredCheck {
    name: Word,
    app: Option<u64>,
}

impl From<RawRequiredCheck> for RequiredCheck {
    fn from(raw: RawRequiredCheck) -> Self {
        Self { name: raw.name.0, app: raw.app }
    }
}

impl From<RawProtection> for Protection {
    fn from(raw: RawProtection) -> Self {
        Self {
            approvals: raw.approvals,
            code_owners: raw.code_owners,
            last_push_approval: raw.last_push_approval,
            stale_dismissal: raw.stale_dismissal,
            conversation_resolution: raw.conversation_resolution,
            up_to_date: raw.up_to_date,
            no_force_pushes: raw.no_force_pushes,
            no_deletions: raw.no_deletions,
            checks: raw.checks.into_iter().map(RequiredCheck::from).collect(),
            gate: raw.gate.map(RequiredCheck::from),
            unseen: raw.unseen,
        }
    }
}
