//! The report of `safety check --json`, of 2.x and 3.x.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Reading, advisory};
use crate::report::{
    advisories::Id,
    json::{nullable, object, objects},
};

/// Which of the two objects it is.
#[derive(Deserialize)]
pub(super) struct Form {
    #[serde(default, deserialize_with = "is_there")]
    pub(super) report_meta: bool,
    #[serde(default, deserialize_with = "is_there")]
    pub(super) scan_results: bool,
}

fn is_there<'de, D: serde::Deserializer<'de>>(json: D) -> Result<bool, D::Error> {
    serde::de::IgnoredAny::deserialize(json).map(|_| true)
}

#[derive(Deserialize)]
pub(super) struct Check {
    #[serde(deserialize_with = "object")]
    report_meta: Meta,
    scanned_packages: BTreeMap<String, Package>,
    #[serde(deserialize_with = "objects")]
    vulnerabilities: Vec<Vulnerability>,
    #[serde(deserialize_with = "objects")]
    ignored_vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Meta {
    packages_found: u64,
    vulnerabilities_found: u64,
    vulnerabilities_ignored: u64,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    /// `null` in 3.x, where the requirements do not agree on one.
    #[serde(deserialize_with = "nullable")]
    version: Option<String>,
    /// Since 3.x.
    #[serde(default)]
    requirements: Vec<Requirement>,
}

#[derive(Deserialize)]
struct Requirement {
    raw: String,
    specifier: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    vulnerability_id: Id,
    package_name: String,
    #[serde(deserialize_with = "nullable")]
    analyzed_version: Option<String>,
    #[serde(deserialize_with = "nullable")]
    advisory: Option<String>,
    fixed_versions: Vec<String>,
    #[serde(rename = "CVE", deserialize_with = "nullable")]
    cve: Option<String>,
}

impl Reading {
    pub(super) fn check(&mut self, check: Check) -> Result<(), String> {
        let Check { report_meta, scanned_packages, vulnerabilities, ignored_vulnerabilities } =
            check;
        for (what, counted, listed) in [
            ("packages", report_meta.packages_found, scanned_packages.len()),
            ("vulnerabilities", report_meta.vulnerabilities_found, vulnerabilities.len()),
            (
                "ignored vulnerabilities",
                report_meta.vulnerabilities_ignored,
                ignored_vulnerabilities.len(),
            ),
        ] {
            if counted != listed as u64 {
                return Err(format!("Safety counted {counted} {what} and listed {listed}"));
            }
        }
        self.listed = report_meta.packages_found;
        for package in scanned_packages.into_values() {
            self.package(&package);
        }
        for Vulnerability { vulnerability_id: id, package_name, analyzed_version, .. } in
            &ignored_vulnerabilities
        {
            self.ignored(&id.0, package_name);
            // It was looked at, whatever was then ignored.
            if let Some(version) = analyzed_version {
                self.audited(package_name, version);
            }
        }
        for vulnerability in vulnerabilities {
            let Vulnerability { vulnerability_id, package_name, cve, .. } = vulnerability;
            let version = vulnerability.analyzed_version.unwrap_or_default();
            let key = self.audited(&package_name, &version);
            let versions = vulnerability.fixed_versions;
            let text = vulnerability.advisory;
            self.audit.advisory(&key, advisory(vulnerability_id, cve.as_deref(), versions, text));
        }
        Ok(())
    }

    /// Safety audits a package at a version; a requirement that names none it passes over.
    fn package(&mut self, package: &Package) {
        const UNPINNED: &str = "no version is pinned, so Safety did not audit it";
        let Package { name, version, requirements } = package;
        if let Some(version) = version {
            self.audited(name, version);
        }
        for Requirement { raw, specifier } in requirements {
            match pinned(specifier) {
                Some(version) => {
                    self.audited(name, version);
                }
                None => self.left_unread(raw, UNPINNED),
            }
        }
        if version.is_none() && requirements.is_empty() {
            self.left_unread(name, UNPINNED);
        }
    }
}

/// The version of a specifier that allows exactly one.
pub(super) fn pinned(specifier: &str) -> Option<&str> {
    let specifier = specifier.trim();
    let version = specifier.strip_prefix("===").or_else(|| specifier.strip_prefix("=="))?;
    let version = version.trim();
    let is_one = !version.is_empty() && !version.contains([',', '*', ';', ' ']);
    is_one.then_some(version)
}
