//! OSV-Scanner's JSON (`osv-scanner scan --format json`), of 1.x and 2.x.

use serde::Deserialize;

use super::{
    Format, ReadError, ReadOptions, ReadProblem,
    advisories::{Advisory, Audit, Id, Key},
    json::{self, object, objects},
};
use crate::{
    evidence::{Account, Fixes, Notes, Reach, Report, Unit},
    measure::normalised_package,
};

#[derive(Deserialize)]
struct Document {
    #[serde(deserialize_with = "objects")]
    results: Vec<Source>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(deserialize_with = "objects")]
    packages: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(deserialize_with = "object")]
    package: Package,
    /// Absent where there is none, with `--all-packages`.
    #[serde(default, deserialize_with = "objects")]
    vulnerabilities: Vec<Vulnerability>,
    #[serde(default, deserialize_with = "objects")]
    groups: Vec<Group>,
    #[serde(default)]
    license_violations: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    ecosystem: String,
    /// Of what was found as a checkout of this commit.
    #[serde(default)]
    commit: Option<String>,
}

/// One entry of the OSV database, as far as it is used.
#[derive(Deserialize)]
struct Vulnerability {
    id: Id,
    #[serde(default)]
    aliases: Vec<Id>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    details: Option<String>,
    #[serde(default, deserialize_with = "objects")]
    affected: Vec<Affected>,
}

#[derive(Deserialize)]
struct Affected {
    #[serde(default)]
    package: Option<AffectedPackage>,
    #[serde(default, deserialize_with = "objects")]
    ranges: Vec<Range>,
}

#[derive(Deserialize)]
struct AffectedPackage {
    name: String,
}

#[derive(Deserialize)]
struct Range {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "objects")]
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    fixed: Option<String>,
}

/// Entries that OSV-Scanner takes for one.
#[derive(Deserialize)]
struct Group {
    ids: Vec<Id>,
    #[serde(default)]
    aliases: Vec<Id>,
}

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let document: Document = json::document(bytes, Format::OsvScanner, &options.limits)?;
    let mut reading = Reading { audit: Audit::default(), listed: 0, reach: Reach::AtLeast };
    for entry in document.results.into_iter().flat_map(|source| source.packages) {
        reading
            .entry(entry)
            .map_err(|problem| ReadError::new(ReadProblem::Malformed(problem.to_owned())))?;
    }
    let Reading { audit, listed, reach } = reading;
    let account = Account { reach, ..Account::stated(Unit::Dependencies, 0) };
    Ok(audit.report(Format::OsvScanner, listed, account, Notes::default()))
}

struct Reading {
    audit: Audit,
    listed: u64,
    /// Only with `--all-packages` does a package stand there of which nothing is known.
    reach: Reach,
}

impl Reading {
    fn entry(&mut self, entry: Entry) -> Result<(), &'static str> {
        let Entry { package, vulnerabilities, groups, license_violations } = entry;
        self.listed += 1;
        if vulnerabilities.is_empty() && license_violations.is_empty() {
            self.reach = Reach::Stated;
        }
        let key = key(&package)?;
        self.audit.audited(&key);
        for vulnerability in vulnerabilities {
            let advisory = advisory(vulnerability, &groups, &package.name);
            self.audit.advisory(&key, advisory);
        }
        Ok(())
    }
}

fn key(package: &Package) -> Result<Key, &'static str> {
    let Package { name, version, ecosystem, commit } = package;
    // Names are compared as their ecosystem does; a checkout has none.
    let name = match ecosystem.split(':').next() {
        Some("PyPI") => normalised_package(name),
        Some(_) | None => name.clone(),
    };
    let version = match (version.as_str(), commit) {
        ("", Some(commit)) => commit.clone(),
        (version, _) => version.to_owned(),
    };
    match (name.as_str(), version.as_str()) {
        ("", "") => Err("a package has neither a name nor a version nor a commit"),
        ("", commit) => Ok((commit.to_owned(), version.clone())),
        _ => Ok((name, version)),
    }
}

fn advisory(vulnerability: Vulnerability, groups: &[Group], package: &str) -> Advisory {
    let Vulnerability { id, mut aliases, summary, details, affected } = vulnerability;
    let groups = groups.iter().filter(|group| group.ids.iter().any(|known| known.0 == id.0));
    aliases.extend(groups.flat_map(|group| group.ids.iter().chain(&group.aliases)).cloned());
    let of_package = |affected: &&Affected| {
        affected.package.as_ref().is_some_and(|affected| {
            normalised_package(&affected.name) == normalised_package(package)
        })
    };
    let ranges = affected.iter().filter(of_package).flat_map(|affected| &affected.ranges);
    // Of a GIT range a fix is a commit, which nobody can install.
    let events = ranges.filter(|range| range.kind != "GIT").flat_map(|range| &range.events);
    let fix_versions = events.filter_map(|event| event.fixed.clone()).collect();
    Advisory { id, aliases, fix_versions, fixes: Fixes::Stated, description: details.or(summary) }
}
