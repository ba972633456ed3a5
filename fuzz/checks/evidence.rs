//! What holds for every report that was read, whatever its bytes were.

use std::sync::OnceLock;

use gate_core::{
    evaluate,
    evidence::{Content, Coverage, Evidence, Piece, Report},
    measure::Outcome,
    policy::Policy,
    render,
};
use jiff::Timestamp;

use super::verdict;

/// Rules that compare a report with the baseline, one of each kind.
const COMPARING: &str = "\
version: 1
reports:
  r: { file: report }
rules:
  coverage does not drop: { coverage: { report: r, at-most-below-baseline: 0%, unread-at-most: 99999 } }
  no finding is introduced: { findings: { report: r, only: introduced, at-most: 0 } }
  no number is worse: { metric: { report: r, pointer: /a, better: lower, worse-by-at-most: 0 } }
  no test breaks: { tests: { report: r, only: introduced, vanished-at-most: 0, unread-at-most: 99999 } }
  no vulnerability is introduced: { vulnerabilities: { report: r, only: introduced, at-most: 0 } }
";

/// What was read is within bounds, can be shown, is kept by a record, and differs in nothing from
/// itself.
pub(crate) fn holds(report: &Report) {
    match &report.content {
        Content::Coverage(coverage) => coverage_holds(coverage),
        Content::Findings(findings) => {
            let all = findings.findings.len() as u64;
            assert_eq!(findings.by_severity().values().sum::<u64>(), all);
            assert_eq!(findings.by_confidence().values().sum::<u64>(), all);
        }
        Content::Vulnerabilities(found) => {
            assert!(found.vulnerable() <= found.count());
            assert!(found.dependencies.len() as u64 <= found.listed);
            assert!(found.count() <= found.advisories);
            let flaws = found.dependencies.iter().flat_map(|each| &each.vulnerabilities);
            assert!(flaws.into_iter().all(|flaw| flaw.ids.contains(&flaw.id)));
        }
        Content::Tests(tests) => {
            let cases = tests.cases();
            assert!(tests.ran() <= tests.tests.len() as u64);
            assert!(tests.tests.len() as u64 <= tests.total());
            assert!(cases.flaky <= cases.passed);
            assert!(tests.tests.is_sorted_by(|a, b| a.key() < b.key()), "every test once");
        }
        Content::Metrics(metrics) => {
            for (pointer, number) in &metrics.numbers {
                assert!(pointer.is_empty() || pointer.starts_with('/'));
                assert_eq!(number.to_string().parse(), Ok(*number), "{number}");
            }
        }
        _ => {}
    }
    serde_json::to_string(&render::report_json(report)).expect("a report is shown as JSON");
    verdict::is_harmless(&render::report_text(report));
    let evidence = Evidence::nothing()
        .with_report("r", Piece::Present(report.clone()))
        .with_baseline_report("r", Piece::Present(report.clone()));
    is_kept(&evidence);
    static POLICY: OnceLock<Policy> = OnceLock::new();
    let policy = POLICY.get_or_init(|| Policy::parse(COMPARING).expect("a sound policy"));
    let verdict = evaluate(policy, &evidence, Timestamp::UNIX_EPOCH);
    for rule in &verdict.rules {
        assert_ne!(rule.outcome, Outcome::Failed, "against itself: {rule:?}");
    }
    verdict::holds(&verdict);
}

fn coverage_holds(coverage: &Coverage) {
    let mut lines = 0;
    for file in &coverage.files {
        let mut last = 0;
        for line in file.lines() {
            assert!(line.number > last && line.branches_covered <= line.branches_total);
            last = line.number;
        }
        lines += file.lines().len() as u64;
    }
    assert!(coverage.files.is_sorted_by(|a, b| a.path() < b.path()), "every file once, in order");
    let totals = coverage.totals();
    assert_eq!(totals.lines.total(), lines);
    for ratio in [totals.lines, totals.branches, totals.combined()] {
        assert!(ratio.covered() <= ratio.total());
    }
    assert!(totals.partial <= totals.lines.covered());
}

/// A record keeps the evidence as it is.
pub(crate) fn is_kept(evidence: &Evidence) {
    let json = serde_json::to_string(evidence).expect("evidence is kept as JSON");
    let back: Evidence = serde_json::from_str(&json).expect("a record's evidence reads back");
    assert_eq!(&back, evidence);
}
