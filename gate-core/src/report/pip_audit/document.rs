//! The document, as it is written, and what its entries can be.

use serde::Deserialize;

use super::super::{
    advisories::Advisory,
    json::{objects, present},
};
use crate::measure::normalised_package;

#[derive(Deserialize)]
pub(super) struct Document {
    #[serde(deserialize_with = "objects")]
    pub(super) dependencies: Vec<Entry>,
    #[serde(default, deserialize_with = "objects")]
    pub(super) fixes: Vec<Fix>,
}

/// One of `dependencies`.
#[derive(Deserialize)]
#[serde(try_from = "RawEntry")]
pub(super) enum Entry {
    Audited(Audited),
    Skipped { name: String, reason: String },
}

/// A dependency that was audited.
pub(super) struct Audited {
    pub(super) package: String,
    pub(super) version: String,
    pub(super) vulns: Vec<Advisory>,
}

#[derive(Deserialize)]
struct RawEntry {
    name: String,
    #[serde(default, deserialize_with = "present")]
    version: Option<String>,
    #[serde(default, deserialize_with = "some_objects")]
    vulns: Option<Vec<Advisory>>,
    #[serde(default, deserialize_with = "present")]
    skip_reason: Option<String>,
}

fn some_objects<'de, D: serde::Deserializer<'de>>(
    json: D,
) -> Result<Option<Vec<Advisory>>, D::Error> {
    objects(json).map(Some)
}

impl TryFrom<RawEntry> for Entry {
    type Error = String;

    fn try_from(raw: RawEntry) -> Result<Self, String> {
        let RawEntry { name, version, vulns, skip_reason } = raw;
        let package = normalised_package(&name);
        if package.is_empty() {
            return Err("a dependency's name is empty".to_owned());
        }
        match (version, vulns, skip_reason) {
            (Some(version), Some(vulns), None) => {
                Ok(Self::Audited(Audited { package, version, vulns }))
            }
            (_, None, Some(reason)) => {
                // A skipped URL requirement has its whole line for a name.
                let name = if is_name(&name) { package } else { name };
                Ok(Self::Skipped { name, reason })
            }
            (_, Some(_), Some(_)) => {
                Err(format!("`{name}` has both `vulns` and `skip_reason`: was it audited or not?"))
            }
            (None, Some(_), None) => Err(format!("`{name}` has `vulns` and no `version`")),
            (_, None, None) => {
                Err(format!("`{name}` has neither `vulns` nor `skip_reason`: was it audited?"))
            }
        }
    }
}

/// One of `fixes`.
#[derive(Deserialize)]
#[serde(try_from = "RawFix")]
pub(super) enum Fix {
    Upgraded {
        package: String,
        old_version: String,
        new_version: String,
    },
    /// pip-audit could not do it; the flaws stay.
    Skipped,
}

#[derive(Deserialize)]
struct RawFix {
    name: String,
    #[serde(default, deserialize_with = "present")]
    old_version: Option<String>,
    #[serde(default, deserialize_with = "present")]
    new_version: Option<String>,
    #[serde(default, deserialize_with = "present")]
    skip_reason: Option<String>,
}

impl TryFrom<RawFix> for Fix {
    type Error = String;

    fn try_from(raw: RawFix) -> Result<Self, String> {
        let RawFix { name, old_version, new_version, skip_reason } = raw;
        match (old_version, new_version, skip_reason) {
            (Some(old_version), Some(new_version), None) => {
                Ok(Self::Upgraded { package: normalised_package(&name), old_version, new_version })
            }
            (_, None, Some(_)) => Ok(Self::Skipped),
            (_, Some(_), Some(_)) => {
                Err(format!("the fix of `{name}` has both `new_version` and `skip_reason`"))
            }
            (_, _, None) => Err(format!(
                "the fix of `{name}` has neither `old_version` and `new_version` nor `skip_reason`"
            )),
        }
    }
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}
