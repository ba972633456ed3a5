//! Fixtures: each is listed with where it came from, reads or is refused as its name says, and is
//! used.

use std::collections::BTreeSet;

use gate_core::{
    measure::Format,
    report::{self, Limits, ReadOptions},
};
use serde_json::Value;

use crate::tree;

const PULL_REQUEST: &str = "pull-request";

/// Every fixture, by its path below fixtures/.
fn fixtures() -> Vec<String> {
    let is_about_them = |path: &str| {
        path.starts_with("make/")
            || path.starts_with("github/make/")
            || ["make.sh", "README.md", "github/README.md", "totals.json"].contains(&path)
    };
    let below = tree::below("fixtures");
    let fixtures: Vec<String> = below
        .iter()
        .filter_map(|path| path.strip_prefix("fixtures/"))
        .filter(|path| !is_about_them(path))
        .map(str::to_owned)
        .collect();
    assert!(fixtures.len() > 100, "the fixtures were not found");
    fixtures
}

fn folder(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

fn is_invalid(path: &str) -> bool {
    tree::name(path).contains(".invalid.")
}

/// The format of a report, by its folder or, in peak-trade, by its name.
fn format(path: &str) -> Option<Format> {
    if let Ok(format) = folder(path).parse() {
        return Some(format);
    }
    match tree::name(path) {
        "coverage.xml" => Some(Format::Cobertura),
        "junit.xml" | "contract.xml" | "smoke.xml" => Some(Format::Junit),
        "bandit.json" => Some(Format::Bandit),
        "pip-audit.json" => Some(Format::PipAudit),
        "safety.json" => Some(Format::Safety),
        "mypy.jsonl" => Some(Format::Mypy),
        "types.json" | "outdated.json" => Some(Format::GateMetrics),
        "files.json" | "docs.json" => Some(Format::GateFindings),
        // The list of a run without findings could be of several tools.
        "ruff.json" | "ruff-imports.json" | "ruff-format.json" => Some(Format::Ruff),
        _ => None,
    }
}

fn totals() -> BTreeSet<String> {
    let totals: Value = serde_json::from_slice(&tree::bytes("fixtures/totals.json"))
        .expect("fixtures/totals.json is JSON");
    totals.as_object().expect("an object").keys().cloned().collect()
}

#[test]
fn every_fixture_is_listed_with_where_it_came_from() {
    let list = tree::text("fixtures/README.md");
    let chapter = |name: &str| {
        let head = format!("\n## {name}/\n");
        let (_, rest) = list.split_once(&head)?;
        Some(rest.split("\n## ").next().unwrap_or(rest))
    };
    let mut offences = Vec::new();
    for path in fixtures() {
        let Some(chapter) = chapter(folder(&path)) else {
            offences.push(format!("{path}: no chapter `## {}/`", folder(&path)));
            continue;
        };
        // The small projects are listed by their folders.
        let is_listed = if folder(&path) == "peak-trade" {
            let mut parts = path.split('/').skip(1);
            let (side, part) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
            let is_folder = parts.next().is_some();
            let part = if is_folder { format!("{part}/") } else { part.to_owned() };
            chapter.contains(&format!("`{side}/`"))
                && (chapter.contains(&format!("`{part}`"))
                    || chapter.contains(&format!("`{side}/{part}`")))
        } else {
            chapter.contains(&format!("`{}`", tree::name(&path)))
        };
        if !is_listed {
            offences.push(path);
        }
    }
    tree::none("every fixture is listed in fixtures/README.md", &offences);
}

#[test]
fn everything_that_is_listed_is_there() {
    let names: BTreeSet<String> =
        tree::below("fixtures").iter().map(|path| tree::name(path).to_owned()).collect();
    let list = tree::text("fixtures/README.md");
    let rows = list.lines().filter(|line| line.starts_with("| `"));
    let first_cells = rows.filter_map(|row| row.split('|').nth(1));
    let listed = first_cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let gone: Vec<String> = listed
        .filter(|name| !name.ends_with('/') && !names.contains(*name))
        .map(str::to_owned)
        .collect();
    tree::none("fixtures/README.md lists what is there", &gone);
}

#[test]
fn every_valid_report_has_its_totals() {
    let reports: BTreeSet<String> =
        fixtures().into_iter().filter(|path| format(path).is_some() && !is_invalid(path)).collect();
    let totals = totals();
    let difference = |a: &BTreeSet<String>, b: &BTreeSet<String>, what: &str| -> Vec<String> {
        a.difference(b).map(|path| format!("{path}: {what}")).collect()
    };
    let mut offences = difference(&reports, &totals, "not in totals.json");
    offences.extend(difference(&totals, &reports, "in totals.json, and no report"));
    tree::none("fixtures/totals.json knows every valid report", &offences);
}

#[test]
fn a_report_reads_or_is_refused_as_its_name_says() {
    let mut offences = Vec::new();
    for path in fixtures() {
        let Some(format) = format(&path) else { continue };
        let bytes = tree::bytes(&format!("fixtures/{path}"));
        if is_invalid(&path) {
            // Asked for by name, because it may be a sound report of another format.
            if report::read(&bytes, &ReadOptions::default().with_format(format)).is_ok() {
                offences.push(format!("{path} was read"));
            }
            continue;
        }
        let options = match folder(&path) {
            // The policy there says that these are Ruff's, as an empty list does not.
            "peak-trade" if format == Format::Ruff => ReadOptions::default().with_format(format),
            _ => ReadOptions::default(),
        };
        if tree::name(&path).contains(".named.") {
            // An empty list is the whole report of several tools: only the policy says of which.
            if let Err(error) = report::read(&bytes, &options.clone().with_format(format)) {
                offences.push(format!("{path}: {error}"));
            }
            if report::read(&bytes, &options).is_ok() {
                offences.push(format!("{path} needs no format: it is recognised"));
            }
            continue;
        }
        match report::read(&bytes, &options) {
            Err(error) => offences.push(format!("{path}: {error}")),
            Ok(report) if report.format != format.name() => {
                offences.push(format!("{path} was taken for {}", report.format));
            }
            Ok(_) => {}
        }
    }
    tree::none("valid reports read, `*.invalid.*` do not", &offences);
}

#[test]
fn a_pull_request_reads_or_is_refused_as_its_name_says() {
    let is_one =
        |path: &&String| folder(path) == PULL_REQUEST || tree::name(path) == "pull-request.json";
    let mut offences = Vec::new();
    for path in fixtures().iter().filter(is_one) {
        let bytes = tree::bytes(&format!("fixtures/{path}"));
        match (report::read_pull_request(&bytes, &Limits::default()), is_invalid(path)) {
            (Ok(_), true) => offences.push(format!("{path} was read")),
            (Err(error), false) => offences.push(format!("{path}: {error}")),
            (Ok(_), false) | (Err(_), true) => {}
        }
    }
    tree::none("valid pull requests read, `*.invalid.*` do not", &offences);
}

#[test]
fn every_fixture_is_used() {
    // The invalid ones are used above, and a report's totals by whoever reads totals.json; a pull
    // request is used by a test that names it.
    let mut tests = tree::below("tests/e2e");
    tests.extend(tree::below("gate-core/src"));
    tests.extend(tree::below("tests/support"));
    let tests: String = tests.iter().map(|file| tree::text(file)).collect();
    let mut offences = Vec::new();
    if !tests.contains("totals.json") {
        offences.push("no test compares reports with fixtures/totals.json".to_owned());
    }
    let totals = totals();
    for path in fixtures() {
        let known = folder(&path).parse::<Format>().is_ok();
        let is_used = match folder(&path) {
            "peak-trade" => tests.contains("peak-trade"),
            // GitHub's descriptions, which the fake GitHub obeys.
            "github" => {
                tree::text("tests/support/github/descriptions.rs").contains(tree::name(&path))
            }
            PULL_REQUEST => {
                let stem = tree::name(&path).trim_end_matches(".json");
                is_invalid(&path) || tree::has_word(&tests, stem)
            }
            _ if known => is_invalid(&path) || totals.contains(&path),
            _ => false,
        };
        if !is_used {
            offences.push(path);
        }
    }
    tree::none("no fixture lies there unused", &offences);
}
