//! What holds for the readers of every format; the files named after formats say it of each.

use std::collections::BTreeSet;

use gate_core::measure::Format;
use gate_tests::{Run, fixture, fixtures_in, gate, totals};
use serde_json::Value;

/// What `gate read --json` prints of a fixture. One that is `.named.` could be of several tools, so
/// that its format is given; and so could what Ruff says of peak-trade.
#[track_caller]
pub(crate) fn read(file: &str) -> Value {
    let gate = gate(["read", "--json"]).arg(fixture(file));
    let folder = file.split('/').next().expect("a folder");
    let is_ruff = folder == "peak-trade" && file.contains("/ruff");
    let gate = match (file.contains(".named."), is_ruff) {
        (true, _) => gate.arg("--format").arg(folder),
        (false, true) => gate.arg("--format").arg("ruff"),
        (false, false) => gate,
    };
    let run = gate.run();
    run.expect_success();
    let json = run.json();
    assert_eq!(json["version"], 1, "{run}");
    json
}

/// The lines and branches of every fixture of a format of coverage are the tool's own; where its lists
/// say something else than its totals, they are what is listed.
#[track_caller]
pub(crate) fn expect_the_tools_coverage(format: &str) {
    for (file, tool) in totals(&format!("{format}/")) {
        let report = read(&file);
        assert_eq!(report["kind"], "coverage", "{file}");
        assert_eq!(report["format"], format, "{file}");
        let expected = tool.get("distinct").unwrap_or(&tool);
        for counted in ["lines", "branches"] {
            assert_eq!(report[counted], expected[counted], "{counted} of {file}");
        }
        let is_odd = tool.get("distinct").is_some() || file.contains("-shape");
        let noted = notes(&report).contains(&"declared-totals-differ");
        assert!(is_odd || !noted, "{file} lists what it counts: {report}");
    }
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
        let is_another = |other: &Format| words.starts_with(&format!("this is {},", other.title()));
        if !Format::ALL.iter().any(is_another) {
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

/// A valid fixture of every other format is refused by its name.
#[track_caller]
pub(crate) fn expect_others_refused_by_name(format: &str, title: &str) {
    let mut others =
        vec![("pull-request/approved.json".to_owned(), "the gate's own pull-request.json")];
    for other in Format::ALL.iter().filter(|other| other.name() != format) {
        let is_plain = |name: &&String| !name.contains(".invalid.") && !name.contains(".named.");
        let names = fixtures_in(other.name());
        let name = names.iter().rfind(is_plain).expect("a valid fixture");
        others.push((format!("{other}/{name}"), other.title()));
    }
    for (file, name) in others {
        read_as(format, &file).expect_refused(&[&format!("this is {name}, not {title}")]);
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
        ("ruff/json-lines.invalid.json", "Ruff's JSON lines"),
        ("cyclonedx/xml.invalid.xml", "CycloneDX XML"),
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
