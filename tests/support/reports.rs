//! Reports as the tools write them, from the few facts that a test is about.

use serde_json::{Map, Value, json};

/// A coverage report in coverage.py's shape.
#[derive(Debug, Clone, Default)]
pub struct Cobertura {
    classes: String,
    version: Option<String>,
}

impl Cobertura {
    /// A report of no file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file of `total` lines, the first `covered` of which ran.
    #[must_use]
    pub fn file(self, name: &str, covered: u64, total: u64) -> Self {
        self.file_with_branches(name, covered, total, (0, 0))
    }

    /// Adds such a file whose first line has so many branches, covered and all.
    #[must_use]
    pub fn file_with_branches(
        mut self,
        name: &str,
        covered: u64,
        total: u64,
        (taken, branches): (u64, u64),
    ) -> Self {
        let mut lines = String::new();
        for number in 1..=total {
            let hits = u64::from(number <= covered);
            let condition = if number == 1 && branches > 0 {
                let percent = 100 * taken / branches;
                format!(r#" branch="true" condition-coverage="{percent}% ({taken}/{branches})""#)
            } else {
                String::new()
            };
            lines.push_str(&format!("<line number=\"{number}\" hits=\"{hits}\"{condition}/>\n"));
        }
        self.class(name, &lines);
        self
    }

    /// Adds a file with these lines, each with how often it ran.
    #[must_use]
    pub fn file_with_lines(mut self, name: &str, lines: &[(u64, u64)]) -> Self {
        let line =
            |(number, hits): &(u64, u64)| format!("<line number=\"{number}\" hits=\"{hits}\"/>\n");
        self.class(name, &lines.iter().map(line).collect::<String>());
        self
    }

    fn class(&mut self, name: &str, lines: &str) {
        let name = name.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        self.classes.push_str(&format!(
            "<class name=\"x\" filename=\"{name}\"><methods/><lines>\n{lines}</lines></class>\n"
        ));
    }

    /// Is written by this version of its tool.
    #[must_use]
    pub fn by_version(mut self, version: &str) -> Self {
        self.version = Some(version.to_owned());
        self
    }

    /// The report.
    #[must_use]
    pub fn xml(&self) -> String {
        let version = self.version.as_deref().unwrap_or("7.17.3");
        format!(
            "<?xml version=\"1.0\" ?>\n<coverage version=\"{version}\">\n<packages><package><classes>\n{}\
             </classes></package></packages>\n</coverage>\n",
            self.classes
        )
    }
}

/// A Bandit report.
#[derive(Debug, Clone, Default)]
pub struct Bandit {
    findings: Vec<Finding>,
    examined: Vec<String>,
    unread: Vec<(String, String)>,
}

/// One finding of Bandit.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Bandit's name of the test.
    pub test: String,
    /// The file.
    pub file: String,
    /// The line.
    pub line: u64,
    /// LOW, MEDIUM, HIGH or UNDEFINED.
    pub severity: String,
    /// LOW, MEDIUM, HIGH or UNDEFINED.
    pub confidence: String,
    /// The source in that line.
    pub code: String,
    /// Bandit's sentence.
    pub text: String,
}

/// A finding of medium severity and high confidence.
#[must_use]
pub fn finding(test: &str, file: &str, line: u64) -> Finding {
    Finding {
        test: test.to_owned(),
        file: file.to_owned(),
        line,
        severity: "MEDIUM".to_owned(),
        confidence: "HIGH".to_owned(),
        code: format!("{}()", test.to_lowercase()),
        text: format!("Use of {test}"),
    }
}

impl Finding {
    /// The same, of this severity.
    #[must_use]
    pub fn severity(mut self, severity: &str) -> Self {
        severity.clone_into(&mut self.severity);
        self
    }

    /// The same, of this confidence.
    #[must_use]
    pub fn confidence(mut self, confidence: &str) -> Self {
        confidence.clone_into(&mut self.confidence);
        self
    }

    /// The same, in a line that reads like this.
    #[must_use]
    pub fn code(mut self, code: &str) -> Self {
        code.clone_into(&mut self.code);
        self
    }

    /// The same, with this sentence.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        text.clone_into(&mut self.text);
        self
    }

    fn json(&self) -> Value {
        let Self { test, file, line, severity, confidence, code, text } = self;
        let numbered = format!("{line} {code}\n");
        json!({
            "code": numbered, "filename": file, "issue_severity": severity,
            "issue_confidence": confidence, "issue_text": text, "issue_cwe": {}, "test_id": test,
            "test_name": "a_test", "line_number": line, "line_range": [line], "more_info": "",
        })
    }
}

impl Bandit {
    /// A report of one file, `src/clean.py`, in which nothing was found.
    #[must_use]
    pub fn clean() -> Self {
        Self { examined: vec!["src/clean.py".to_owned()], ..Self::default() }
    }

    /// A report of nothing: no file was examined.
    #[must_use]
    pub fn of_nothing() -> Self {
        Self::default()
    }

    /// One with these findings.
    #[must_use]
    pub fn with(findings: impl IntoIterator<Item = Finding>) -> Self {
        Self { findings: findings.into_iter().collect(), ..Self::clean() }
    }

    /// Adds a file that Bandit could not read.
    #[must_use]
    pub fn unread(mut self, file: &str, reason: &str) -> Self {
        self.unread.push((file.to_owned(), reason.to_owned()));
        self
    }

    /// The report.
    #[must_use]
    pub fn json(&self) -> String {
        let count = |findings: &[&Finding]| {
            let mut counts = Map::new();
            for level in ["UNDEFINED", "LOW", "MEDIUM", "HIGH"] {
                let of = |pick: fn(&Finding) -> &str| {
                    findings.iter().filter(|finding| pick(finding) == level).count()
                };
                counts.insert(format!("SEVERITY.{level}"), of(|f| &f.severity).into());
                counts.insert(format!("CONFIDENCE.{level}"), of(|f| &f.confidence).into());
            }
            Value::Object(counts)
        };
        let mut files: Vec<&str> = self.examined.iter().map(String::as_str).collect();
        files.extend(self.findings.iter().map(|finding| finding.file.as_str()));
        files.sort_unstable();
        files.dedup();
        let mut metrics = Map::new();
        for file in files {
            let here: Vec<&Finding> = self.findings.iter().filter(|f| f.file == file).collect();
            metrics.insert(file.to_owned(), count(&here));
        }
        metrics.insert("_totals".to_owned(), count(&self.findings.iter().collect::<Vec<_>>()));
        let errors: Vec<Value> = self
            .unread
            .iter()
            .map(|(file, reason)| json!({"filename": file, "reason": reason}))
            .collect();
        json!({
            "errors": errors, "generated_at": "2026-11-24T06:00:00Z", "metrics": metrics,
            "results": self.findings.iter().map(Finding::json).collect::<Vec<_>>(),
        })
        .to_string()
    }
}

/// A pip-audit report.
#[derive(Debug, Clone, Default)]
pub struct PipAudit {
    dependencies: Vec<Value>,
}

impl PipAudit {
    /// A report of no dependency.
    #[must_use]
    pub fn of_nothing() -> Self {
        Self::default()
    }

    /// A report of one dependency without flaws, `idna`.
    #[must_use]
    pub fn clean() -> Self {
        Self::default().dependency("idna", "3.10", [])
    }

    /// Adds a dependency with these flaws.
    #[must_use]
    pub fn dependency<const N: usize>(
        mut self,
        name: &str,
        version: &str,
        flaws: [Value; N],
    ) -> Self {
        let flaws = Vec::from(flaws);
        self.dependencies.push(json!({"name": name, "version": version, "vulns": flaws}));
        self
    }

    /// A flaw, for [`dependency`](Self::dependency).
    #[must_use]
    pub fn flaw(id: &str, aliases: &[&str], fixed_in: &[&str]) -> Value {
        json!({"id": id, "aliases": aliases, "fix_versions": fixed_in, "description": "A flaw."})
    }

    /// Adds a dependency that was not audited.
    #[must_use]
    pub fn skipped(mut self, name: &str, reason: &str) -> Self {
        self.dependencies.push(json!({"name": name, "skip_reason": reason}));
        self
    }

    /// The report.
    #[must_use]
    pub fn json(&self) -> String {
        json!({"dependencies": self.dependencies, "fixes": []}).to_string()
    }
}

/// The state of a pull request that grace has approved, for a test to change.
#[must_use]
pub fn approved() -> Value {
    serde_json::from_slice(&crate::fixture_bytes("pull-request/approved.json"))
        .expect("the fixture is JSON")
}
