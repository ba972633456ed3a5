//! The tools that `gate init` knows: how they show, what they write, and how they are made to write it.

use gate_core::measure::Format;

/// A tool whose report can be judged.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tool {
    /// Its name in a sentence.
    pub(super) title: &'static str,
    /// The name of its report in the policy.
    pub(super) report: &'static str,
    /// What it writes.
    pub(super) format: Format,
    /// Words of configuration files, of which one shows that it is there.
    pub(super) signs: &'static [&'static str],
    /// The command that writes its report, and how it does not stop the job: gate judges.
    pub(super) command: &'static str,
    /// The report that it writes.
    pub(super) file: &'static str,
    /// The name of the rule.
    pub(super) rule: &'static str,
}

/// Every tool, in the order in which rules are written.
pub(super) const TOOLS: &[Tool] = &[
    Tool {
        title: "coverage.py",
        report: "coverage",
        format: Format::Cobertura,
        signs: &["coverage", "pytest-cov", ".coveragerc"],
        command: "python -m pytest --cov --cov-branch --cov-report=xml:coverage.xml",
        file: "coverage.xml",
        rule: "enough of the project is tested",
    },
    Tool {
        title: "Jest",
        report: "coverage",
        format: Format::Cobertura,
        signs: &["jest", "ts-jest"],
        command: "npx jest --coverage --coverageReporters=cobertura",
        file: "coverage/cobertura-coverage.xml",
        rule: "enough of the project is tested",
    },
    Tool {
        title: "Vitest",
        report: "coverage",
        format: Format::Cobertura,
        signs: &["vitest"],
        command: "npx vitest run --coverage --coverage.reporter=cobertura",
        file: "coverage/cobertura-coverage.xml",
        rule: "enough of the project is tested",
    },
    Tool {
        title: "cargo-llvm-cov",
        report: "coverage",
        format: Format::Cobertura,
        signs: &["Cargo.toml"],
        command: "cargo llvm-cov --workspace --cobertura --output-path coverage.xml",
        file: "coverage.xml",
        rule: "enough of the project is tested",
    },
    Tool {
        title: "go test",
        report: "coverage",
        format: Format::GoCover,
        signs: &["go.mod"],
        command: "go test -coverprofile=cover.out ./... || true",
        file: "cover.out",
        rule: "enough of the project is tested",
    },
    Tool {
        title: "JaCoCo",
        report: "coverage",
        format: Format::Jacoco,
        signs: &["pom.xml"],
        command: "mvn --batch-mode org.jacoco:jacoco-maven-plugin:prepare-agent verify org.jacoco:jacoco-maven-plugin:report",
        file: "target/site/jacoco/jacoco.xml",
        rule: "enough of the project is tested",
    },
    Tool {
        title: "PHPUnit",
        report: "coverage",
        format: Format::Clover,
        signs: &["phpunit.xml", "phpunit.xml.dist"],
        command: "vendor/bin/phpunit --coverage-clover clover.xml || true",
        file: "clover.xml",
        rule: "enough of the project is tested",
    },
    Tool {
        title: "pytest",
        report: "tests",
        format: Format::Junit,
        signs: &["pytest", "pytest-cov", "pytest.ini"],
        command: "python -m pytest --junitxml=junit.xml || true",
        file: "junit.xml",
        rule: "the tests pass",
    },
    Tool {
        title: "gotestsum",
        report: "tests",
        format: Format::Junit,
        signs: &["go.mod"],
        command: "gotestsum --junitfile junit.xml ./... || true",
        file: "junit.xml",
        rule: "the tests pass",
    },
    Tool {
        title: "Ruff",
        report: "ruff",
        format: Format::Ruff,
        signs: &["ruff", "ruff-check", "ruff.toml", ".ruff.toml"],
        command: "ruff check --output-format json --output-file ruff.json --exit-zero",
        file: "ruff.json",
        rule: "the linter has nothing new to say",
    },
    Tool {
        title: "MyPy",
        report: "mypy",
        format: Format::Mypy,
        signs: &["mypy", "mypy.ini", ".mypy.ini"],
        command: "mypy --output json . > mypy.json || true",
        file: "mypy.json",
        rule: "the types hold",
    },
    Tool {
        title: "Bandit",
        report: "bandit",
        format: Format::Bandit,
        signs: &["bandit", ".bandit"],
        command: "bandit --recursive . --format json --output bandit.json --exit-zero",
        file: "bandit.json",
        rule: "no insecure code is introduced",
    },
    Tool {
        title: "Semgrep",
        report: "semgrep",
        format: Format::Semgrep,
        signs: &["semgrep", ".semgrep.yml"],
        command: "semgrep scan --config auto --json --output semgrep.json",
        file: "semgrep.json",
        rule: "no dangerous pattern is introduced",
    },
    Tool {
        title: "pip-audit",
        report: "pip-audit",
        format: Format::PipAudit,
        signs: &["pip-audit"],
        command: "pip-audit --format json --output pip-audit.json || true",
        file: "pip-audit.json",
        rule: "no vulnerable dependency is introduced",
    },
    Tool {
        title: "Safety",
        report: "safety",
        format: Format::Safety,
        signs: &["safety", ".safety-policy.yml"],
        command: "safety check --output json > safety.json || true",
        file: "safety.json",
        rule: "Safety knows no new vulnerability",
    },
    Tool {
        title: "OSV-Scanner",
        report: "osv-scanner",
        format: Format::OsvScanner,
        signs: &["osv-scanner", "osv-scanner.toml"],
        command: "osv-scanner scan --format json --output osv-scanner.json . || true",
        file: "osv-scanner.json",
        rule: "OSV knows no new vulnerability",
    },
];
