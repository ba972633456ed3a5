//! The verdict for other readers: SARIF, JUnit XML, and a step of GitHub Actions.

mod github;
mod junit;
mod sarif;
mod write;

use gate_tests::{Bandit, Cobertura, Repository, finding};

/// A repository of which two required rules and an advisory one do not hold, one holds, and one does not
/// apply.
pub(crate) fn mixed() -> Repository {
    let rules = [
        ("no insecure code", "findings: { report: bandit, severity: medium, at-most: 0 }"),
        ("tested", "coverage: { report: coverage, at-least: 80% }"),
        ("a little tested", "coverage: { report: coverage, at-least: 10% }"),
        ("clean", "mode: advisory, findings: { report: bandit, at-most: 0 }"),
        ("watched", "mode: shadow, findings: { report: bandit, at-most: 0 }"),
        ("for others", "unless: { author: [ada] }, review: { approvals: 9 }"),
    ];
    let waivers = "waivers:\n  - { finding: B404, reason: looked at by two of us }\n";
    let findings = [
        finding("B602", "src/a b.py", 7).severity("HIGH").text("shell, with: 100 %"),
        finding("B404", "src/c.py", 1).severity("MEDIUM"),
        finding("B101", "src/d.py", 3).severity("LOW"),
    ];
    Repository::with_rules(&rules, waivers)
        .file("bandit.json", Bandit::with(findings).json())
        .file("coverage.xml", Cobertura::new().file("src/d.py", 4, 10).xml())
        .fixture("pull-request.json", "pull-request/approved.json")
}
