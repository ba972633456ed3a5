//! peak-trade on the fake GitHub: its sources as git knows them, and the workflows of its pipeline with
//! the reports that the real tools wrote of these sources.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::{
    fixtures::{fixture, fixture_bytes},
    github::{FakeGitHub, Opening, Pull, Run},
};

/// Files by their paths from the root of the repository.
type Sources = BTreeMap<String, String>;

/// The policy with every gate of the pipeline.
#[must_use]
pub fn policy() -> String {
    text(&fixture("peak-trade/seed/gate.yml"))
}

/// The sources of one side, `green` or `red`, under the policy with every gate.
#[must_use]
fn sources(side: &str) -> Sources {
    let mut sources = Sources::new();
    collect(&fixture(&format!("peak-trade/{side}")), "", &mut sources);
    let is_written = |path: &str| {
        let by_the_pipeline = ["reports/", "baseline/"].iter().any(|it| path.starts_with(it));
        by_the_pipeline || ["changes.diff", "pull-request.json"].contains(&path)
    };
    sources.retain(|path, _| !is_written(path));
    sources.insert(".github/gate.yml".to_owned(), policy());
    sources
}

/// What the red pull request is based on: red without the modules that it adds, with its older files.
#[must_use]
fn base_of_red() -> Sources {
    let mut sources = sources("red");
    sources.retain(|path, _| {
        !["broker", "notify", "scheduler"].iter().any(|it| path.ends_with(&format!("/{it}.py")))
    });
    collect(&fixture("make/peak-trade-base"), "", &mut sources);
    sources
}

fn collect(folder: &Path, below: &str, into: &mut Sources) {
    let entries = fs::read_dir(folder).expect("a folder of fixtures can be listed");
    for entry in entries {
        let entry = entry.expect("a fixture");
        let path = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{path}/"), into);
        } else {
            into.insert(path, text(&entry.path()));
        }
    }
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The artifacts of each workflow, with the reports in them.
const ARTIFACTS: [(&str, &str, &[&str]); 9] = [
    ("Quality", "lint", &["ruff.json", "ruff-imports.json", "ruff-format.json", "files.json"]),
    ("Quality", "types", &["mypy.jsonl", "types.json"]),
    ("Quality", "security", &["bandit.json", "safety.json", "pip-audit.json"]),
    ("Quality", "coverage-py3.10", &["py3.10/coverage.xml", "py3.10/junit.xml"]),
    ("Quality", "coverage-py3.11", &["py3.11/coverage.xml", "py3.11/junit.xml"]),
    ("Quality", "coverage-py3.12", &["py3.12/coverage.xml", "py3.12/junit.xml"]),
    ("CI", "validation", &["contract.xml", "smoke.xml"]),
    ("CI", "dependencies", &["outdated.json"]),
    ("Docs", "docs", &["docs.json"]),
];

impl FakeGitHub {
    /// The repository as red's base has it, measured by its own security scan. Whose branch is not
    /// protected.
    #[track_caller]
    pub fn peak_trade(&self, repository: &str) {
        self.repository(repository, &[("README.md", "peak-trade\n")]);
        for login in ["ada", "grace", "linus"] {
            self.collaborator(repository, login, "write");
        }
        let base = base_of_red();
        let files: Vec<(&str, &str)> =
            base.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let base = self.push(repository, "main", &files);
        let run = self.start_workflow(repository, &base, "Quality", &["security scan"]);
        let reports = ["bandit.json", "safety.json", "pip-audit.json"];
        self.leave(&run, "security", "peak-trade/red/baseline", &reports);
        self.finish_workflow(&run, "success");
    }

    /// A pull request that makes of the base the sources of a side.
    #[track_caller]
    pub fn open_peak_trade(&self, repository: &str, by: &str, side: &str) -> Pull {
        self.push_peak_trade((repository, "broker"), by, &base_of_red(), side);
        self.open_pull_request(repository, &Opening::from_branch("broker").by(by).with(&[]))
    }

    /// Makes of a pull request with the sources of red one with those of green.
    #[track_caller]
    pub fn mend_peak_trade(&self, pull: &Pull, by: &str) -> Pull {
        self.push_peak_trade((&pull.repository, &pull.branch), by, &sources("red"), "green");
        self.now_of(pull)
    }

    /// Pushes the sources of a side; what was there and is not on that side goes.
    fn push_peak_trade(&self, branch: (&str, &str), by: &str, before: &Sources, side: &str) {
        let sources = sources(side);
        let gone = before.keys().filter(|path| !sources.contains_key(*path));
        let gone = gone.map(|path| (path.as_str(), None));
        let there = sources.iter().map(|(path, text)| (path.as_str(), Some(text.as_bytes())));
        let changes: Vec<(&str, Option<&[u8]>)> = there.chain(gone).collect();
        self.push_changes_by(by, branch, &changes);
    }

    /// Runs the pipeline on a commit that has the sources of this side: its workflows end as its
    /// `pull-request.json` says, and leave its reports. The runs with jobs that are not over.
    ///
    /// # Panics
    ///
    /// If the fixtures are not as they should be.
    #[track_caller]
    pub fn run_peak_trade(&self, repository: &str, head: &str, side: &str) -> Vec<Run> {
        let pull_request = fixture_bytes(&format!("peak-trade/{side}/pull-request.json"));
        let pull_request: Value = serde_json::from_slice(&pull_request).expect("JSON");
        let mut open = Vec::new();
        for workflow in ["Quality", "CI", "Docs"] {
            let checks = pull_request["checks"].as_array().expect("checks");
            let jobs: Vec<(&str, Option<&str>)> = checks
                .iter()
                .filter_map(|check| {
                    let name = check["name"].as_str()?.strip_prefix(workflow)?;
                    Some((name.strip_prefix(" / ")?, check["conclusion"].as_str()))
                })
                .collect();
            let names: Vec<&str> = jobs.iter().map(|(name, _)| *name).collect();
            let run = self.start_workflow(repository, head, workflow, &names);
            let artifacts = ARTIFACTS.iter().filter(|(of, ..)| *of == workflow);
            for (_, artifact, reports) in artifacts {
                self.leave(&run, artifact, &format!("peak-trade/{side}/reports"), reports);
            }
            for (name, conclusion) in &jobs {
                if let Some(conclusion) = conclusion {
                    self.finish_job(&run, name, conclusion);
                }
            }
            if jobs.iter().all(|(_, conclusion)| conclusion.is_some()) {
                let good = |(_, conclusion): &(&str, Option<&str>)| *conclusion == Some("success");
                let conclusion = if jobs.iter().all(good) { "success" } else { "failure" };
                self.finish_workflow(&run, conclusion);
            } else {
                open.push(run);
            }
        }
        open
    }

    fn leave(&self, run: &Run, artifact: &str, folder: &str, reports: &[&str]) {
        let files: Vec<(String, Vec<u8>)> = reports
            .iter()
            .map(|name| (format!("reports/{name}"), fixture_bytes(&format!("{folder}/{name}"))))
            .collect();
        let files: Vec<(&str, &[u8])> =
            files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        self.upload_artifact(run, artifact, &files);
    }
}
