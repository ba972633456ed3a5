//! The report formats that are read, by name.

use std::{fmt, str::FromStr};

/// What kind of evidence a report holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentKind {
    /// Lines and branches that ran.
    Coverage,
    /// Flaws at places in the source.
    Findings,
    /// Known vulnerabilities of dependencies.
    Vulnerabilities,
    /// Tests that were run.
    Tests,
    /// Numbers that were measured.
    Metrics,
}

impl ContentKind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Coverage => "coverage",
            Self::Findings => "findings",
            Self::Vulnerabilities => "vulnerabilities",
            Self::Tests => "tests",
            Self::Metrics => "metrics",
        }
    }
}

macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $title:literal, $kind:ident;)+) => {
        /// A report format.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Format { $($(#[$doc])* $variant),+ }

        impl Format {
            /// Every format.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name, as policies and the command line write it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Its name in a sentence.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }

            /// What its reports hold.
            #[must_use]
            pub const fn kind(self) -> ContentKind {
                match self { $(Self::$variant => ContentKind::$kind),+ }
            }
        }
    };
}

formats! {
    /// Cobertura XML, in every dialect that its writers have.
    Cobertura = "cobertura", "Cobertura XML", Coverage;
    /// Bandit's JSON.
    Bandit = "bandit", "Bandit JSON", Findings;
    /// pip-audit's JSON.
    PipAudit = "pip-audit", "pip-audit JSON", Vulnerabilities;
    /// JUnit XML, of every test runner that writes it.
    Junit = "junit", "JUnit XML", Tests;
    /// Our own form for numbers, which any script can write.
    GateMetrics = "gate-metrics", "gate/metrics/v1", Metrics;
    /// Ruff's JSON.
    Ruff = "ruff", "Ruff JSON", Findings;
    /// MyPy's JSON lines.
    Mypy = "mypy", "MyPy JSON lines", Findings;
    /// Safety's JSON: the list of 1.x, the reports of `check` and of `scan`.
    Safety = "safety", "Safety JSON", Vulnerabilities;
    /// SARIF 2.1.0, of any tool.
    Sarif = "sarif", "SARIF", Findings;
    /// OSV-Scanner's JSON.
    OsvScanner = "osv-scanner", "OSV-Scanner JSON", Vulnerabilities;
    /// Semgrep's JSON.
    Semgrep = "semgrep", "Semgrep JSON", Findings;
    /// CycloneDX JSON with vulnerabilities.
    CycloneDx = "cyclonedx", "CycloneDX JSON", Vulnerabilities;
    /// Our own JSON of findings, which any script can write.
    GateFindings = "gate-findings", "gate/findings/v1", Findings;
    /// LCOV, of every tool that writes it.
    Lcov = "lcov", "LCOV", Coverage;
    /// coverage.py's own JSON.
    CoveragePy = "coverage-py", "coverage.py JSON", Coverage;
    /// JaCoCo's XML.
    Jacoco = "jacoco", "JaCoCo XML", Coverage;
    /// Clover XML, of OpenClover, PHPUnit, istanbul and others.
    Clover = "clover", "Clover XML", Coverage;
    /// Go's cover profiles.
    GoCover = "go-cover", "a Go cover profile", Coverage;
}

impl Format {
    pub(crate) fn names() -> String {
        Self::ALL.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such report format; known formats are {known}", known = Format::names())]
pub struct UnknownFormat;

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.iter().copied().find(|format| format.name() == word).ok_or(UnknownFormat)
    }
}
