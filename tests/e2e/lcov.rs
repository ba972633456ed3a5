//! LCOV: what `gate read` says about it.

use gate_tests::{fixture, gate};
use serde_json::json;

use crate::formats::{
    expect_all_refused, expect_others_refused_by_name, expect_the_tools_coverage, notes, read,
};

#[test]
fn the_totals_are_those_of_the_tools_themselves() {
    expect_the_tools_coverage("lcov");
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "lcov",
        &[
            ("bad-hits.invalid.info", "`many` is not a count"),
            ("bad-line-number.invalid.info", "`12x` is not the number of a line"),
            ("bad-total.invalid.info", "is not a count"),
            ("branch-without-outcome.invalid.info", "is not BRDA:line,block,branch,taken"),
            ("cobertura.invalid.info", "this is Cobertura XML, not LCOV"),
            ("empty.invalid.info", "the report is empty"),
            ("file-within-a-record.invalid.info", "the record of src/cart.js has no end_of_record"),
            ("html-page.invalid.info", "this is an HTML page, not LCOV"),
            ("invalid-utf-8.invalid.info", "the report is not valid UTF-8"),
            ("line-before-a-file.invalid.info", "DA: outside of the record of a file"),
            ("line-break-in-a-name.invalid.info", "line 3, column 1: `rt.js` is no record of LCOV"),
            ("no-hits.invalid.info", "`DA:3` is not DA:line,hits"),
            ("no-name-of-a-file.invalid.info", "SF: without the name of a file"),
            ("null-byte.invalid.info", "a NUL byte"),
            ("plain-text.invalid.info", "this is plain text, not LCOV"),
            ("trailing-garbage.invalid.info", "`error: upload interrupted` is no record of LCOV"),
            ("truncated-inside-a-line.invalid.info", "is no record of LCOV"),
            ("truncated-inside-a-record.invalid.info", "cut off: the record of src/never.js"),
            ("two-ends.invalid.info", "end_of_record where no record is open"),
            ("utf-16.invalid.info", "a text in UTF-16"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("lcov", "LCOV");
}

#[test]
fn what_had_to_be_interpreted_becomes_a_note() {
    let report = read("lcov/any-shape.info");
    for code in [
        "branches-without-line",
        "declared-totals-differ",
        "line-listed-twice",
        "line-number-left-out",
        "negative-hits",
        "path-not-resolved",
        "unusual-hits",
    ] {
        assert!(notes(&report).contains(&code), "{code}: {report}");
    }
    assert_eq!(report["account"]["examined"], 2, "an empty file and two with lines");
    assert_eq!(report["files"], 3);
}

#[test]
fn what_the_records_declare_is_added_up() {
    let reported = &read("lcov/nyc-js.info")["reported"];
    assert_eq!(*reported, json!({"LF": "14", "LH": "9", "BRF": "14", "BRH": "8"}));
}

#[test]
fn branches_that_are_told_in_prose_are_told_apart() {
    gate(["read"])
        .arg(fixture("lcov/coverage-py-edge.info"))
        .run()
        .expect_success()
        .expect_line("coverage, lcov")
        .expect_line("lines     48/66 = 72.72 %")
        .expect_line("branches  15/24 = 62.50 %");
}
