//! Cobertura XML: what `gate read` says about it.

use gate_tests::{Cobertura, Repository, gate, totals};
use serde_json::{Value, json};

use crate::formats::{expect_all_refused, expect_others_refused_by_name, notes, read, read_as};

#[test]
fn the_totals_are_those_of_the_tools_themselves() {
    for (file, tool) in totals("cobertura/") {
        let report = read(&file);
        assert_eq!(report["kind"], "coverage", "{file}");
        assert_eq!(report["format"], "cobertura", "{file}");
        // gate counts distinct lines; the file says so where its tool counted otherwise.
        let expected = tool.get("distinct").unwrap_or(&tool);
        for counted in ["lines", "branches"] {
            assert_eq!(report[counted], expected[counted], "{counted} of {file}");
        }
    }
}

#[test]
fn the_combined_total_is_coverage_pys_own() {
    let mut seen = 0;
    for (file, tool) in totals("cobertura/coverage-py") {
        let (Some(percent), None) = (tool["percent_covered"].as_f64(), tool.get("distinct")) else {
            continue;
        };
        let combined = &read(&file)["combined"];
        let count = |key: &str| combined[key].as_f64().unwrap();
        if count("total") > 0.0 {
            let ours = 100.0 * count("covered") / count("total");
            assert_eq!(ours, percent, "{file}");
            seen += 1;
        }
    }
    assert!(seen >= 8, "{seen} reports with a total of coverage.py");
}

#[test]
fn what_the_root_declares_is_reported_and_noted_where_it_differs() {
    let count = |value: &Value| value.as_u64().map(|count| count.to_string());
    for (file, tool) in totals("cobertura/") {
        let report = read(&file);
        let reported = &report["reported"];
        // Where the tool's own totals are known and the report declares any, they are the same,
        // but for a converter and a writer that count otherwise than the tool they come from.
        let converted = file.contains("lcov_cobertura") || file.contains("js.xml");
        if let (Some(declared), Some(valid), false) =
            (count(&tool["lines"]["total"]), reported["lines-valid"].as_str(), converted)
        {
            assert_eq!(valid, declared, "declared lines of {file}");
        }
        let differs = [
            ("lines-valid", &report["lines"]["total"]),
            ("lines-covered", &report["lines"]["covered"]),
            ("branches-valid", &report["branches"]["total"]),
            ("branches-covered", &report["branches"]["covered"]),
        ]
        .iter()
        .any(|(declared, distinct)| {
            let declared = reported[declared].as_str().and_then(|text| text.parse::<u64>().ok());
            declared.is_some_and(|declared| json!(declared) != **distinct)
        });
        let noted = notes(&report).contains(&"declared-totals-differ");
        assert_eq!(noted, differs, "a note where declared and distinct differ: {file}");
    }
}

#[test]
fn rates_are_never_used() {
    // 20001 of 20002, and the writer says 1.
    let report = read("cobertura/coverage-py-near-100-7.16.2.xml");
    assert_eq!(report["reported"]["line-rate"], "1");
    assert_eq!(report["lines"], json!({"covered": 20001, "total": 20002}));
    // Nothing at all, and the writer says 1.
    let report = read("cobertura/coverage-py-empty.xml");
    assert_eq!(report["reported"]["line-rate"], "1");
    assert_eq!(report["lines"], json!({"covered": 0, "total": 0}));
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "cobertura",
        &[
            ("bad-hits.invalid.xml", "hits=\"many\" is not a count"),
            ("bad-line-number.invalid.xml", "number=\"12x\" is not the number of a line"),
            ("clover.invalid.xml", "this is Clover XML, not Cobertura XML"),
            ("conditions-are-words.invalid.xml", "\"50% (a/b)\" is not a count of branches"),
            ("covered-above-total.invalid.xml", "\"50% (3/2)\" is not a count of branches"),
            ("deeply-nested.invalid.xml", "nest deeper than 64 levels"),
            ("duplicate-attribute.invalid.xml", "an attribute that is there twice"),
            ("empty.invalid.xml", "the report is empty"),
            ("entity-bomb.invalid.xml", "a DOCTYPE with definitions of its own"),
            ("external-entity.invalid.xml", "a DOCTYPE with definitions of its own"),
            ("html-page.invalid.xml", "this is an HTML page, not Cobertura XML"),
            ("invalid-utf-8.invalid.xml", "line 3, column 20: the report is not valid UTF-8"),
            ("jacoco.invalid.xml", "this is JaCoCo XML, not Cobertura XML"),
            ("junit.invalid.xml", "this is JUnit XML, not Cobertura XML"),
            ("mismatched-end-tag.invalid.xml", "</class> where </classes> must come"),
            ("no-filename.invalid.xml", "a <class> without a filename"),
            ("no-hits.invalid.xml", "a <line> without hits"),
            ("no-line-number.invalid.xml", "a <line> without a number"),
            ("null-byte.invalid.xml", "NUL byte"),
            ("plain-text.invalid.xml", "text outside the root element: No data to report."),
            ("trailing-garbage.invalid.xml", "text outside the root element"),
            ("truncated-between-tags.invalid.xml", "cut off: <classes> is not closed"),
            ("truncated-inside-a-tag.invalid.xml", "cut off: tag not closed"),
            ("two-roots.invalid.xml", "a second root element <coverage>"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("cobertura", "Cobertura XML");
}

#[test]
fn what_had_to_be_interpreted_becomes_a_note() {
    for (file, code) in [
        ("any-hits-shape.xml", "unusual-hits"),
        ("any-hits-shape.xml", "negative-hits"),
        ("any-line-numbers-shape.xml", "line-number-left-out"),
        ("any-conditions-shape.xml", "line-listed-twice"),
        ("any-paths-shape.xml", "path-not-resolved"),
        ("coverlet-shape-false-utf-16.xml", "false-encoding"),
        ("dotnet-coverage-shape.xml", "branches-not-stated"),
        ("matlab-shape.xml", "declared-not-a-number"),
        ("scoverage-shape.xml", "lines-of-methods-only"),
    ] {
        let report = read(&format!("cobertura/{file}"));
        assert!(notes(&report).contains(&code), "{file} has the note {code}: {report}");
    }
}

#[test]
fn an_ordinary_report_has_no_notes() {
    for file in ["coverage-py-click.xml", "nyc-js.xml", "phpunit-classes.xml"] {
        let report = read(&format!("cobertura/{file}"));
        assert!(!notes(&report).contains(&"path-not-resolved"), "{report}");
        assert!(!notes(&report).contains(&"declared-not-a-number"), "{report}");
    }
}

#[test]
fn utf_16_is_read_in_both_orders() {
    let little = read("cobertura/gcovr-shape-utf-16-le.xml");
    assert_eq!(little["lines"], json!({"covered": 1, "total": 2}));
    assert_eq!(little, read("cobertura/gcovr-shape-utf-16-be.xml"));
}

#[test]
fn the_format_may_be_named() {
    let named = read_as("cobertura", "cobertura/nyc-js.xml");
    named.expect_success().expect_line("lines     9/14");
}

#[test]
fn a_line_counts_once_however_often_it_is_listed() {
    let twice = Cobertura::new().file("src/a.py", 1, 2).file("src/a.py", 2, 3).xml();
    let repository = Repository::empty().file("coverage.xml", twice);
    let report = repository.gate(["read", "coverage.xml", "--json"]).run().json();
    assert_eq!(report["files"], 1);
    assert_eq!(report["lines"], json!({"covered": 2, "total": 3}));
}

#[test]
fn one_file_under_two_writings_is_one_file() {
    let twice = Cobertura::new().file("./src/a.py", 1, 2).file("src\\a.py", 1, 2).xml();
    let repository = Repository::empty().file("coverage.xml", twice);
    let report = repository.gate(["read", "coverage.xml", "--json"]).run().json();
    assert_eq!((&report["files"], &report["lines"]["total"]), (&json!(1), &json!(2)));
}

#[test]
fn a_report_is_read_the_same_from_anywhere() {
    let elsewhere = tempfile::tempdir().unwrap();
    let file = gate_tests::fixture("cobertura/coverage-py-click.xml");
    let here = gate(["read", "--json"]).arg(&file).run();
    let there = gate(["read", "--json"]).arg(&file).in_folder(elsewhere.path()).run();
    assert_eq!(here.stdout, there.stdout);
}

#[test]
fn a_path_that_may_be_several_files_stays_as_it_is_and_is_noted() {
    // Two relative sources, and nothing says below which of them the file lies.
    let report = "<coverage><sources><source>a</source><source>b</source></sources><packages>\
        <package><classes><class filename=\"util.py\"><lines><line number=\"1\" hits=\"1\"/></lines>\
        </class></classes></package></packages></coverage>";
    Repository::with_rule("coverage: { report: coverage, at-least: 80% }")
        .file("coverage.xml", report)
        .check()
        .expect_passed()
        .expect_remark("path-ambiguous")
        .expect_line("util.py may be several files of the repository");
}
