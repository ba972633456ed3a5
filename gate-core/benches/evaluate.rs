//! Judging against reading: 10 000 findings and a million lines, each also as the baseline.
//!
//! `cargo bench -p gate-core --bench evaluate [-- PAIRS]`
//!
//! One pair reads the four reports and evaluates the policy over them; its ratio is the time to
//! evaluate over the time to read. The median of the ratios is what counts.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on stops, and prints what it measured"
)]

use std::{
    fmt::Write as _,
    hint::black_box,
    time::{Duration, Instant},
};

use gate_core::{
    evaluate,
    evidence::{Evidence, Piece, Report},
    policy::Policy,
    report::{ReadOptions, read},
};

const LINES: usize = 1_000_000;
const FINDINGS: usize = 10_000;

/// Every kind that reads reports, with paths and a waiver, against the baseline.
const POLICY: &str = "version: 1
reports: { coverage: { file: c.xml }, bandit: { file: b.json } }
rules:
  floor: { coverage: { report: coverage, metric: combined, at-least: 40% } }
  no drop: { coverage: { report: coverage, at-most-below-baseline: 0.2% } }
  src: { coverage: { report: coverage, at-least: 40%, paths: { include: ['src/**'] } } }
  new: { findings: { report: bandit, only: introduced, severity: medium, at-most: 0 } }
  all: { findings: { report: bandit, at-most: 20000, paths: { exclude: ['tests/**'] } } }
waivers:
  - { finding: B101, paths: ['tests/**'], reason: tests assert }
";

fn main() {
    let pairs = std::env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(11_usize);
    let policy = Policy::parse(POLICY).expect("the policy is sound");
    let (coverage, bandit) = (coverage(), bandit());
    println!(
        "{LINES} lines in {} MB, {FINDINGS} findings in {} MB, twice: head and baseline",
        coverage.len() / 1_000_000,
        bandit.len() / 1_000_000
    );
    let mut ratios = Vec::new();
    for _ in 0..pairs {
        let start = Instant::now();
        let [head_coverage, base_coverage] = [(); 2].map(|()| report(&coverage));
        let [head_bandit, base_bandit] = [(); 2].map(|()| report(&bandit));
        let reading = start.elapsed();
        let evidence = Evidence::nothing()
            .with_report("coverage", Piece::Present(head_coverage))
            .with_report("bandit", Piece::Present(head_bandit))
            .with_baseline_report("coverage", Piece::Present(base_coverage))
            .with_baseline_report("bandit", Piece::Present(base_bandit));
        let now = "2026-11-24T12:00:00Z".parse().expect("a time");
        let start = Instant::now();
        black_box(evaluate(black_box(&policy), black_box(&evidence), now));
        ratios.push((start.elapsed(), reading));
    }
    ratios.sort_by(|a, b| share(*a).total_cmp(&share(*b)));
    for (word, at) in [("least", 0), ("median", ratios.len() / 2), ("most", ratios.len() - 1)] {
        let (evaluating, reading) = ratios.get(at).copied().unwrap_or_default();
        let percent = share((evaluating, reading));
        println!("{word:<7} evaluate {evaluating:>10.2?}, read {reading:>10.2?}: {percent:.2} %");
    }
}

#[expect(clippy::float_arithmetic, reason = "a percentage of times, for people")]
fn share((evaluating, reading): (Duration, Duration)) -> f64 {
    evaluating.as_secs_f64() * 100.0 / reading.as_secs_f64()
}

fn report(text: &str) -> Report {
    read(text.as_bytes(), &ReadOptions::default()).expect("the report is sound")
}

fn coverage() -> String {
    let mut xml = "<coverage><packages><package name=\"p\"><classes>\n".to_owned();
    for file in 0..LINES / 400 {
        let _ = writeln!(
            xml,
            "<class name=\"m{file}\" filename=\"src/p{}/m{file}.py\"><methods/><lines>",
            file % 50
        );
        for line in 1..=400 {
            let hits = u32::from((line + file) % 3 > 0);
            let _ = writeln!(xml, "\t\t\t\t\t\t<line number=\"{line}\" hits=\"{hits}\"/>");
        }
        xml.push_str("</lines></class>\n");
    }
    xml.push_str("</classes></package></packages></coverage>");
    xml
}

fn bandit() -> String {
    let mut results = String::new();
    for index in 0..FINDINGS {
        let comma = if index == 0 { "" } else { "," };
        let (test, severity) = match index % 3 {
            0 => ("B101", "LOW"),
            1 => ("B602", "HIGH"),
            _ => ("B506", "MEDIUM"),
        };
        let folder = if index / 20 % 4 == 0 { "tests" } else { "src" };
        let line = index % 997 + 1;
        let _ = write!(
            results,
            r#"{comma}{{"code":"{line} call({index})\n","filename":"{folder}/m{}.py","issue_confidence":"HIGH",
            "issue_cwe":{{"id":78,"link":"https://cwe.mitre.org/data/definitions/78.html"}},"issue_severity":"{severity}",
            "issue_text":"subprocess call with shell=True identified, security issue.","line_number":{line},
            "line_range":[{line}],"more_info":"https://bandit.readthedocs.io","test_id":"{test}","test_name":"x"}}"#,
            index / 20
        );
    }
    format!(
        r#"{{"errors":[],"generated_at":"2026-11-24T12:00:00Z","metrics":{{"src/a.py":{{"loc":1}}}},"results":[{results}]}}"#
    )
}
