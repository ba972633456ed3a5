//! coverage.py's own JSON: what `gate read` says about it.

use gate_tests::totals;
use serde_json::json;

use crate::formats::{
    expect_all_refused, expect_others_refused_by_name, expect_the_tools_coverage, notes, read,
};

#[test]
fn the_totals_are_those_of_the_tool_itself() {
    expect_the_tools_coverage("coverage-py");
}

#[test]
fn the_combined_total_is_coverage_pys_own() {
    let mut seen = 0;
    for (file, tool) in totals("coverage-py/") {
        let combined = &read(&file)["combined"];
        let count = |key: &str| combined[key].as_f64().unwrap();
        if tool.get("distinct").is_none() && count("total") > 0.0 {
            let ours = 100.0 * count("covered") / count("total");
            assert_eq!(ours, tool["percent_covered"].as_f64().unwrap(), "{file}");
            seen += 1;
        }
    }
    assert!(seen >= 5, "{seen} reports with a total of coverage.py");
}

#[test]
fn it_says_what_cobertura_says_of_the_same_run() {
    for (json, xml) in [
        ("coverage-py/edge.json", "cobertura/coverage-py-edge.xml"),
        ("coverage-py/edge-no-branch.json", "cobertura/coverage-py-edge-no-branch.xml"),
        ("coverage-py/near-100.json", "cobertura/coverage-py-near-100.xml"),
    ] {
        let (ours, theirs) = (read(json), read(xml));
        for counted in ["lines", "branches", "combined", "partial_lines"] {
            assert_eq!(ours[counted], theirs[counted], "{counted} of {json}");
        }
    }
}

#[test]
fn contexts_change_nothing() {
    let (with, without) = (read("coverage-py/contexts.json"), read("coverage-py/edge.json"));
    assert_eq!(with, without);
}

#[test]
fn what_is_excluded_is_told_and_does_not_count() {
    let reported = &read("coverage-py/edge.json")["reported"];
    assert_eq!(reported["excluded_lines"], "2");
    assert_eq!(reported["percent_covered_display"], "70");
    // Older releases list what is excluded and ran among the lines that ran.
    let old = read("coverage-py/edge-7.4.1.json");
    assert!(notes(&old).contains(&"declared-totals-differ"), "{old}");
    assert_eq!(old["lines"]["total"], 67);
}

#[test]
fn lines_with_number_0_are_left_out() {
    let report = read("coverage-py/edge-no-branch-5.5.json");
    assert!(notes(&report).contains(&"line-number-left-out"), "{report}");
    assert_eq!(report["branches"], json!({"covered": 0, "total": 0}));
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "coverage-py",
        &[
            ("branch-of-three.invalid.json", "not well-formed"),
            (
                "branch-ran-and-missing.invalid.json",
                "pkg/branches.py: the branch from line 5 to 6 both ran and is missing",
            ),
            ("deeply-nested.invalid.json", "nest deeper than 64 levels"),
            ("duplicate-key.invalid.json", "the key `excluded_lines` stands here twice"),
            ("edge-5.5.invalid.json", "18 branches are counted and not listed"),
            ("empty.invalid.json", "the report is empty"),
            ("html-page.invalid.json", "this is an HTML page, not coverage.py JSON"),
            ("line-beyond-any-file.invalid.json", "99999999999 is not the number of a line"),
            ("line-is-a-string.invalid.json", "invalid type: string"),
            ("line-is-no-number.invalid.json", "invalid type: floating point"),
            ("list-of-numbers.invalid.json", "expected"),
            ("nan.invalid.json", "not well-formed"),
            ("no-files.invalid.json", "missing field `files`"),
            ("no-meta.invalid.json", "missing field `meta`"),
            ("no-missing-lines.invalid.json", "missing field `missing_lines`"),
            ("no-totals.invalid.json", "missing field `totals`"),
            ("one-file-twice.invalid.json", "the key `pkg/__init__.py` stands here twice"),
            ("ran-and-missing.invalid.json", "pkg/branches.py: line 4 both ran and is missing"),
            ("truncated.invalid.json", "the report is cut off"),
            ("two-documents.invalid.json", "not well-formed: trailing characters"),
            ("unknown-form.invalid.json", "this is form 4 of coverage.py's JSON"),
            ("utf-16.invalid.json", "a text in UTF-16"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("coverage-py", "coverage.py JSON");
}
