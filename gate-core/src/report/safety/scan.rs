//! The report of `safety scan --output json`, of 3.x.

use serde::Deserialize;

use super::{Reading, advisory, check::pinned};
use crate::report::{
    advisories::Id,
    json::{nullable, object, object_or_null, objects},
};

#[derive(Deserialize)]
pub(super) struct Scan {
    #[serde(deserialize_with = "object")]
    meta: Meta,
    #[serde(deserialize_with = "object")]
    scan_results: Results,
}

#[derive(Deserialize)]
struct Meta {
    schema_version: String,
}

#[derive(Deserialize)]
struct Results {
    #[serde(default, deserialize_with = "objects")]
    files: Vec<File>,
    #[serde(default, deserialize_with = "objects")]
    projects: Vec<Project>,
}

#[derive(Deserialize)]
struct Project {
    #[serde(default, deserialize_with = "objects")]
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    #[serde(deserialize_with = "object")]
    results: Dependencies,
}

#[derive(Deserialize)]
struct Dependencies {
    #[serde(deserialize_with = "objects")]
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    #[serde(deserialize_with = "objects")]
    specifications: Vec<Specification>,
}

#[derive(Deserialize)]
struct Specification {
    raw: String,
    #[serde(deserialize_with = "object")]
    vulnerabilities: Vulnerabilities,
}

#[derive(Deserialize)]
struct Vulnerabilities {
    #[serde(deserialize_with = "objects")]
    known_vulnerabilities: Vec<Known>,
    #[serde(default, deserialize_with = "object_or_null")]
    remediation: Option<Remediation>,
}

#[derive(Deserialize)]
struct Known {
    id: Id,
    #[serde(deserialize_with = "object_or_null")]
    ignored: Option<Ignored>,
}

#[derive(Deserialize)]
struct Ignored {
    code: Code,
}

/// Why Safety left a vulnerability out of what it counts.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Code {
    /// No version is pinned, so that nobody knows whether it applies.
    UnpinnedSpecification,
    /// It was found in the environment and not in a requirements file.
    EnvironmentDependency,
    /// The policy ignores this severity.
    CvssSeverity,
    /// The policy names it.
    Manual,
}

#[derive(Deserialize)]
struct Remediation {
    #[serde(deserialize_with = "nullable")]
    recommended: Option<String>,
    #[serde(default)]
    other_recommended: Vec<String>,
}

impl Reading {
    pub(super) fn scan(&mut self, scan: Scan) -> Result<(), String> {
        let Scan { meta, scan_results: Results { files, projects } } = scan;
        if meta.schema_version != "3.0" {
            return Err(format!(
                "its schema_version is {:?}; only \"3.0\" is known",
                meta.schema_version
            ));
        }
        let files = files.into_iter().chain(projects.into_iter().flat_map(|project| project.files));
        for dependency in files.flat_map(|file| file.results.dependencies) {
            self.listed += 1;
            for specification in dependency.specifications {
                self.specification(&dependency.name, specification);
            }
        }
        Ok(())
    }

    fn specification(&mut self, name: &str, specification: Specification) {
        let Specification { raw, vulnerabilities } = specification;
        let Vulnerabilities { known_vulnerabilities, remediation } = vulnerabilities;
        let start = raw.find("==");
        let version = start.and_then(|start| raw.get(start..)).and_then(pinned);
        let unpinned = |known: &Known| {
            known.ignored.as_ref().is_some_and(|why| why.code == Code::UnpinnedSpecification)
        };
        if version.is_none() || known_vulnerabilities.iter().any(unpinned) {
            self.left_unread(&raw, "no version is pinned, so Safety did not decide about it");
        }
        let key = self.audited(name, version.unwrap_or(&raw));
        let versions: Vec<String> = remediation
            .into_iter()
            .flat_map(|remediation| {
                remediation.recommended.into_iter().chain(remediation.other_recommended)
            })
            .collect();
        for Known { id, ignored } in known_vulnerabilities {
            match ignored {
                Some(_) => self.ignored(&id.0, name),
                None => self.audit.advisory(&key, advisory(id, None, versions.clone(), None)),
            }
        }
    }
}
