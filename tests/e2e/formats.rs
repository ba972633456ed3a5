//! What holds for the readers of every format; the files named after formats say it of each.

use std::collections::BTreeSet;

use gate_tests::{Run, fixture, fixtures_in, gate};
use serde_json::Value;

/// What `gate read --json` prints of a fixture.
#[track_caller]
pub(crate) fn read(file: &str) -> Value {
    let run = gate(["read", "--json"]).arg(fixture(file)).run();
    run.expect_success();
    let json = run.json();
    assert_eq!(json["version"], 1, "{run}");
    json
}

/// `gate read` of a fixture as a report of this format.
#[track_caller]
pub(crate) fn read_as(format: &str, file: &str) -> Run {
    gate(["read", "--format", format]).arg(fixture(file)).run()
}

/// Every broken fixture in the folder is refused with these words: by the reader of the format, and
/// also where no format is given. The table names every broken file of the folder.
#[track_caller]
pub(crate) fn expect_all_refused(format: &str, table: &[(&str, &str)]) {
    for (name, words) in table {
        let file = format!("{format}/{name}");
        read_as(format, &file).expect_refused(&[words, name]);
        // What another tool wrote is no broken report by itself, only in this place.
        let another = ["this is pip-audit", "this is Bandit", "this is Cobertura", "this is JUnit"];
        if !another.iter().any(|other| words.starts_with(other)) {
            gate(["read"]).arg(fixture(&file)).run().expect_refused(&[name]);
        }
    }
    let named: BTreeSet<&str> = table.iter().map(|(name, _)| *name).collect();
    let all = fixtures_in(format);
    let broken: BTreeSet<&str> = all
        .iter()
        .map(String::as_str)
        // Latin-1 has a test of its own.
        .filter(|name| name.contains(".invalid.") && !name.starts_with("latin-1"))
        .collect();
    assert_eq!(named, broken, "the table and the folder have the same files");
}

/// A valid fixture of another format is refused by its name.
#[track_caller]
pub(crate) fn expect_others_refused_by_name(format: &str, title: &str) {
    let others = [
        ("cobertura", "cobertura/nyc-js.xml", "Cobertura XML"),
        ("bandit", "bandit/small-project.json", "Bandit JSON"),
        ("pip-audit", "pip-audit/vulnerable.json", "pip-audit JSON"),
        ("junit", "junit/pytest.xml", "JUnit XML"),
        ("gate-metrics", "gate-metrics/small.json", "gate/metrics/v1"),
        ("pull-request", "pull-request/approved.json", "the gate's own pull-request.json"),
    ];
    for (_, file, name) in others.iter().filter(|(other, ..)| *other != format) {
        read_as(format, file).expect_refused(&[&format!("this is {name}, not {title}")]);
    }
}

/// The codes of the notes of a report.
pub(crate) fn notes(report: &Value) -> Vec<&str> {
    let notes = report["notes"].as_array().expect("a list of notes");
    notes.iter().map(|note| note["code"].as_str().expect("a code")).collect()
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    gate(["read", "nowhere.xml"]).run().expect_refused(&["cannot read nowhere.xml"]);
}

#[test]
fn a_folder_is_refused() {
    gate(["read", "."]).run().expect_refused(&["it is a folder"]);
}

#[test]
fn an_unknown_format_is_a_usage_error_that_names_the_known_ones() {
    let run = gate(["read", "--format", "bandt", "x.json"]).run();
    run.expect_exit(2).expect_complaint("known formats are cobertura, bandit, pip-audit");
    assert_eq!(run.stdout, "");
}

#[test]
fn what_no_reader_knows_is_named() {
    for (file, name) in [
        ("bandit/sarif.invalid.json", "SARIF"),
        ("cobertura/jacoco.invalid.xml", "JaCoCo XML"),
        ("cobertura/html-page.invalid.xml", "an HTML page"),
        ("pull-request/approved.json", "the gate's own pull-request.json"),
    ] {
        let refused = gate(["read"]).arg(fixture(file)).run();
        refused.expect_refused(&[
            "no known report format",
            &format!("this looks like {name};"),
            "known formats are cobertura, bandit, pip-audit",
        ]);
    }
}

#[test]
fn the_text_of_a_report_says_what_its_json_says() {
    gate(["read"])
        .arg(fixture("cobertura/nyc-js.xml"))
        .run()
        .expect_success()
        .expect_line("coverage, cobertura")
        .expect_line("lines     9/14 = 64.28 %")
        .expect_line("branches  8/14 = 57.14 %");
    gate(["read"])
        .arg(fixture("bandit/small-project.json"))
        .run()
        .expect_success()
        .expect_line("findings  12")
        .expect_line("high      2");
    gate(["read"])
        .arg(fixture("pip-audit/some-skipped.json"))
        .run()
        .expect_success()
        .expect_line("vulnerabilities  2")
        .expect_line("skipped   shop: distribution marked as editable");
}
