//! The reports that lie in a repository: what is read is taken, what is none is passed over.

use std::{collections::BTreeMap, fs, path::Path};

use gate_core::{
    evidence::Report,
    measure::{ContentKind, Format},
    report::{self, Layout},
};

use super::{
    signs::Signs,
    tools::{TOOLS, Tool},
    workflows::{Upload, Workflows},
};
use crate::{files, gather};

/// A report on disk, and how the policy will know it.
pub(super) struct Found {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) format: Format,
    /// What wrote it, where that is known: by its usual place, or because it is configured.
    pub(super) tool: Option<&'static Tool>,
    pub(super) report: Report,
}

/// Folders in which reports are not this repository's own of today.
const ELSEWHERE: [&str; 9] = [
    ".git",
    "node_modules",
    ".venv",
    "venv",
    "site-packages",
    "fixtures",
    "testdata",
    "baseline",
    "target",
];
/// What the names of reports have in them.
const NAMES: [&str; 19] = [
    "jacoco",
    "clover",
    "lcov",
    "coverage",
    "cobertura",
    "junit",
    "test",
    "bandit",
    "audit",
    "safety",
    "ruff",
    "mypy",
    "semgrep",
    "osv",
    "sarif",
    "bom",
    "report",
    "result",
    "cover",
];
/// What Maven builds, and keeps in a folder that is no place for reports elsewhere.
const OF_MAVEN: &str = "target/site/jacoco/";
const MOST_BYTES: u64 = 64 << 20;
const MOST_FOLDERS: usize = 5;

/// The reports of a repository: of each kind of coverage and tests one, of all others one a format. A
/// report that a workflow uploads goes first, then the one that lies highest.
pub(super) fn reports(
    all: &[String],
    layout: &Layout,
    signs: &Signs,
    workflows: &Workflows,
) -> Vec<Found> {
    let uploaded = |file: &str| workflows.uploads.iter().any(|upload| upload.takes(file));
    let mut files: Vec<&String> = all.iter().filter(|file| may_be_report(file)).collect();
    files.sort_by_key(|file| (!uploaded(file), file.matches('/').count(), file.len(), *file));
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for file in files {
        let Some(next) = read(file, layout, signs) else { continue };
        found.entry(next.name.clone()).or_insert(next);
    }
    let mut found: Vec<Found> = found.into_values().collect();
    let place = |found: &Found| TOOLS.iter().position(|tool| tool.report == found.name);
    found.sort_by_key(|found| place(found).unwrap_or(TOOLS.len()));
    found
}

fn may_be_report(file: &str) -> bool {
    let mut folders: Vec<&str> = file.split('/').collect();
    let name = folders.pop().unwrap_or_default().to_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    folders.len() <= MOST_FOLDERS
        && (!folders.iter().any(|folder| ELSEWHERE.contains(folder)) || file.contains(OF_MAVEN))
        && ["xml", "json", "jsonl", "sarif", "info", "out"].contains(&ending)
        && (ending == "sarif" || NAMES.iter().any(|part| name.contains(part)))
        && fs::metadata(file)
            .is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MOST_BYTES)
}

fn read(file: &str, layout: &Layout, signs: &Signs) -> Option<Found> {
    let options = gather::options(layout.clone());
    let bytes = files::read(Path::new(file), &options.limits).ok()?;
    let format = report::recognise(&bytes).ok()?;
    let report = report::read(&bytes, &options.with_format(format)).ok()?;
    let of_format = || TOOLS.iter().filter(|tool| tool.format == format);
    let is_here = |tool: &&Tool| !signs.saying(tool.signs).is_empty();
    let tool = of_format().find(|tool| tool.file == file && is_here(tool));
    let tool = tool.or_else(|| of_format().find(is_here));
    let name = match format.kind() {
        ContentKind::Coverage => "coverage",
        ContentKind::Tests => "tests",
        ContentKind::Findings | ContentKind::Vulnerabilities | ContentKind::Metrics | _ => {
            format.name()
        }
    };
    Some(Found { name: name.to_owned(), file: file.to_owned(), format, tool, report })
}

impl Found {
    /// The name of the rule over it, after the tool that writes such reports.
    pub(super) fn rule(&self) -> Option<&'static str> {
        let tool = self.tool.or_else(|| TOOLS.iter().find(|tool| tool.format == self.format));
        tool.map(|tool| tool.rule)
    }

    /// The step that uploads it.
    pub(super) fn upload<'w>(&self, workflows: &'w Workflows) -> Option<&'w Upload> {
        workflows.uploads.iter().find(|upload| upload.takes(&self.file))
    }
}
