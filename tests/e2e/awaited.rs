//! What is still awaited, as the App sees it; on the command line nothing is ever awaited. So these
//! ask the library.

use gate_core::{
    Verdict, evaluate,
    evidence::{Evidence, Piece},
    measure::{Message, Outcome},
    policy::Policy,
};

const POLICY: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml, artifact: coverage, deadline: 45m }
rules:
  tested: { coverage: { report: coverage, at-least: 80%, at-most-below-baseline: 0% } }
  approved: { review: { approvals: 1 } }
  signed: { commits: { signed: verified } }
";

fn awaited<T>() -> Piece<T> {
    Piece::Awaited {
        since: "2026-11-24T12:00:00Z".parse().unwrap(),
        from: Message::new("the job ").quote("Quality / coverage"),
    }
}

fn judged(evidence: &Evidence, now: &str) -> Verdict {
    evaluate(&Policy::parse(POLICY).unwrap(), evidence, now.parse().unwrap())
}

#[track_caller]
fn assert_reason(verdict: &Verdict, rule: &str, code: &str, outcome: Outcome) -> String {
    let rule = verdict.rules.iter().find(|verdict| verdict.name == rule).unwrap();
    let reason = rule.reasons.iter().find(|reason| reason.code.word() == code).unwrap();
    assert_eq!(reason.outcome, outcome);
    reason.message.to_string()
}

#[test]
fn a_report_is_pending_until_its_deadline() {
    let evidence = Evidence::nothing().with_report("coverage", awaited());
    let verdict = judged(&evidence, "2026-11-24T12:44:59Z");
    let message = assert_reason(&verdict, "tested", "report-awaited", Outcome::Pending);
    assert_eq!(
        message,
        "the report coverage is awaited until 2026-11-24T12:45:00Z, from the job Quality / coverage"
    );
}

#[test]
fn and_inconclusive_from_then_on() {
    let evidence = Evidence::nothing().with_report("coverage", awaited());
    let verdict = judged(&evidence, "2026-11-24T12:45:00Z");
    assert_reason(&verdict, "tested", "report-overdue", Outcome::Inconclusive);
    assert_eq!(verdict.outcome, Outcome::Inconclusive);
}

#[test]
fn a_baseline_is_pending_while_it_is_gathered() {
    let report = gate_core::report::read(
        &gate_tests::fixture_bytes("cobertura/coverage-py-click.xml"),
        &gate_core::report::ReadOptions::default(),
    );
    let evidence = Evidence::nothing()
        .with_report("coverage", Piece::Present(report.unwrap()))
        .with_baseline_report("coverage", awaited());
    let verdict = judged(&evidence, "2026-11-24T12:00:00Z");
    assert_reason(&verdict, "tested", "baseline-awaited", Outcome::Pending);
}

#[test]
fn a_pull_request_is_pending_while_it_is_gathered() {
    let evidence = Evidence::nothing().with_pull_request(awaited());
    let verdict = judged(&evidence, "2026-11-24T12:00:00Z");
    assert_reason(&verdict, "approved", "pull-request-awaited", Outcome::Pending);
}

#[test]
fn the_commits_are_pending_while_they_are_gathered() {
    let evidence = Evidence::nothing().with_commits(awaited());
    let verdict = judged(&evidence, "2026-11-24T12:00:00Z");
    assert_reason(&verdict, "signed", "commits-awaited", Outcome::Pending);
}
