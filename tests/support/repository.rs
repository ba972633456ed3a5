//! A repository on disk: a policy, the reports it names, and the state of its pull request.

use std::{
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{Checked, Gate, fixture_bytes, gate};

/// The day of all tests, unless they say otherwise.
pub const NOW: &str = "2026-11-24T12:00:00Z";

/// A repository in a folder of its own, which goes with it.
#[derive(Debug)]
pub struct Repository {
    folder: TempDir,
    now: String,
    arguments: Vec<OsString>,
}

/// The reports that a policy may name, by the words of its rules.
const REPORTS: &[(&str, &str)] = &[
    ("coverage", "{ format: cobertura, file: coverage.xml }"),
    ("bandit", "{ format: bandit, file: bandit.json }"),
    ("pip-audit", "{ format: pip-audit, file: pip-audit.json }"),
    ("perf", "{ format: gate-metrics, file: perf.json }"),
    ("unit", "{ format: junit, file: unit.xml }"),
    ("ruff", "{ format: ruff, file: ruff.json }"),
    ("mypy", "{ format: mypy, file: mypy.json }"),
    ("safety", "{ format: safety, file: safety.json }"),
    ("sarif", "{ format: sarif, file: report.sarif }"),
    ("osv-scanner", "{ format: osv-scanner, file: osv-scanner.json }"),
    ("semgrep", "{ format: semgrep, file: semgrep.json }"),
    ("cyclonedx", "{ format: cyclonedx, file: bom.json }"),
    ("own", "{ format: gate-findings, file: own.json }"),
    ("lcov", "{ format: lcov, file: lcov.info }"),
    ("jacoco", "{ format: jacoco, file: jacoco.xml }"),
    ("go", "{ format: go-cover, file: cover.out }"),
];

impl Repository {
    /// An empty one.
    #[track_caller]
    #[must_use]
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Self { folder, now: NOW.to_owned(), arguments: Vec::new() }
    }

    /// One with this policy.
    #[track_caller]
    #[must_use]
    pub fn with_policy(policy: &str) -> Self {
        Self::empty().file(".github/gate.yml", policy)
    }

    /// One whose policy has a single rule, `the rule`, for example
    /// `coverage: { report: coverage, at-least: 80% }`. The reports are `coverage.xml`,
    /// `bandit.json`, `pip-audit.json` and, under the name `unit`, `unit.xml`.
    #[track_caller]
    #[must_use]
    pub fn with_rule(rule: &str) -> Self {
        Self::with_rules(&[("the rule", rule)], "")
    }

    /// One whose policy has these rules, and then these lines, for example waivers.
    #[track_caller]
    #[must_use]
    pub fn with_rules(rules: &[(&str, &str)], rest: &str) -> Self {
        let mut policy = "version: 1\n".to_owned();
        let used = |name: &str| {
            let named = format!("report: {name}");
            rules.iter().any(|(_, rule)| {
                rule.split(&named).skip(1).any(|after| !after.starts_with(char::is_alphanumeric))
            })
        };
        let reports: Vec<_> = REPORTS.iter().filter(|(name, _)| used(name)).collect();
        if !reports.is_empty() {
            policy.push_str("reports:\n");
        }
        for (name, report) in reports {
            policy.push_str(&format!("  {name}: {report}\n"));
        }
        policy.push_str("rules:\n");
        for (name, rule) in rules {
            policy.push_str(&format!("  {name}: {{ {rule} }}\n"));
        }
        Self::with_policy(&(policy + rest))
    }

    /// Adds a file, for example a report.
    #[track_caller]
    #[must_use]
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder"))
            .and_then(|()| fs::write(&path, content))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        self
    }

    /// Adds a copy of a fixture.
    #[track_caller]
    #[must_use]
    pub fn fixture(self, name: &str, fixture: &str) -> Self {
        self.file(name, fixture_bytes(fixture))
    }

    /// Adds `pull-request.json`.
    #[track_caller]
    #[must_use]
    pub fn pull_request(self, pull_request: &Value) -> Self {
        self.file("pull-request.json", pull_request.to_string())
    }

    /// Compares this report with one of the base.
    #[track_caller]
    #[must_use]
    pub fn baseline(self, name: &str, file: &str, content: impl AsRef<[u8]>) -> Self {
        let file = format!("baseline/{file}");
        self.file(&file, content).arg("--baseline").arg(format!("{name}={file}"))
    }

    /// Is judged at this time.
    #[must_use]
    pub fn at(mut self, now: &str) -> Self {
        now.clone_into(&mut self.now);
        self
    }

    /// Is judged with this argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// The path of a file in it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where it lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `git` with these arguments, done in it, whatever the settings of this machine are.
    #[track_caller]
    pub fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .current_dir(self.folder())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .args(["-c", "user.name=ada", "-c", "user.email=ada@example.org"])
            .args(["-c", "init.defaultBranch=main", "-c", "commit.gpgSign=false"])
            .args(arguments)
            .output()
            .expect("git is there");
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
    }

    /// `gate` with these arguments, started in it.
    #[track_caller]
    pub fn gate<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Gate {
        gate(arguments).in_folder(self.folder())
    }

    /// `gate check`, started in it, before it runs.
    #[track_caller]
    #[must_use]
    pub fn gate_check(&self) -> Gate {
        let check = self.gate(["check", "--now", &self.now]);
        self.arguments.iter().fold(check, Gate::arg)
    }

    /// What `gate check` says about it.
    #[track_caller]
    #[must_use]
    pub fn check(&self) -> Checked {
        Checked::new(self.gate_check().run(), &self.gate_check().arg("--format").arg("json").run())
    }
}

/// What `gate check` says of a folder that is there already, with these arguments.
#[track_caller]
#[must_use]
pub fn check_in(folder: impl AsRef<Path>, arguments: &[&str]) -> Checked {
    let check = || {
        let check = gate(["check", "--now", NOW]).in_folder(&folder);
        arguments.iter().fold(check, Gate::arg)
    };
    Checked::new(check().run(), &check().arg("--format").arg("json").run())
}
