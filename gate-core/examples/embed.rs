//! Embedding gate-core: a policy, one report, a verdict.

use std::error::Error;

use gate_core::{
    evaluate,
    evidence::{Evidence, Piece},
    measure::Outcome,
    policy::Policy,
    render::{self, Colour},
    report::{self, ReadOptions},
};

fn main() -> Result<(), Box<dyn Error>> {
    let policy = Policy::parse(
        "version: 1
reports: { coverage: { file: coverage.xml } }
rules: { enough is tested: { coverage: { report: coverage, at-least: 80% } } }",
    )?;
    let bytes = include_bytes!("../../fixtures/peak-trade/green/reports/coverage.xml");
    let coverage = report::read(bytes, &ReadOptions::default())?;
    let evidence = Evidence::nothing().with_report("coverage", Piece::Present(coverage));
    let verdict = evaluate(&policy, &evidence, "2026-11-24T12:00:00Z".parse()?);
    print_it(&render::text(&verdict, Colour::Never))?;
    assert_eq!(verdict.outcome, Outcome::Passed);
    Ok(())
}

fn print_it(text: &str) -> std::io::Result<()> {
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())
}
