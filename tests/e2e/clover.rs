//! Clover XML: what `gate read` says about it.

use serde_json::json;

use crate::formats::{
    expect_all_refused, expect_others_refused_by_name, expect_the_tools_coverage, notes, read,
};

#[test]
fn the_totals_are_those_of_the_tools_themselves() {
    expect_the_tools_coverage("clover");
}

#[test]
fn it_says_what_the_other_formats_say_of_the_same_run() {
    for tool in ["nyc", "c8", "jest"] {
        let clover = read(&format!("clover/{tool}-js.xml"));
        for other in [format!("lcov/{tool}-js.info"), format!("cobertura/{tool}-js.xml")] {
            let other = read(&other);
            assert_eq!(clover["lines"], other["lines"], "{tool}");
            assert_eq!(clover["branches"], other["branches"], "{tool}");
        }
    }
}

#[test]
fn the_tests_of_a_project_do_not_count() {
    let report = read("clover/openclover-shape.xml");
    assert_eq!(report["files"], 1);
    assert_eq!(report["reported"]["clover"], "4.5.2");
    // Two statements on one line are one line.
    assert!(notes(&report).contains(&"line-listed-twice"), "{report}");
    assert!(notes(&report).contains(&"declared-totals-differ"), "{report}");
}

#[test]
fn where_a_method_begins_is_no_statement() {
    assert_eq!(read("clover/phpunit.xml")["lines"], json!({"covered": 7, "total": 10}));
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "clover",
        &[
            ("bad-count.invalid.xml", "`often` is not a count"),
            ("bad-line-number.invalid.xml", "`three` is not the number of a line"),
            ("bad-total.invalid.xml", "is not a count"),
            ("cobertura.invalid.xml", "this is Cobertura XML, not Clover XML"),
            ("condition-without-outcomes.invalid.xml", "without a `truecount` and a `falsecount`"),
            ("deeply-nested.invalid.xml", "nest deeper than 64 levels"),
            ("duplicate-attribute.invalid.xml", "an attribute that is there twice"),
            ("empty.invalid.xml", "the report is empty"),
            ("entities-of-its-own.invalid.xml", "a DOCTYPE with definitions of its own"),
            ("html-page.invalid.xml", "this is an HTML page, not Clover XML"),
            ("invalid-utf-8.invalid.xml", "the report is not valid UTF-8"),
            ("mismatched-end-tag.invalid.xml", "</line> where </file> must come"),
            ("no-count.invalid.xml", "a <line> without a `count`"),
            ("no-line-number.invalid.xml", "a <line> without its number `num`"),
            ("no-name-of-a-file.invalid.xml", "a <file> without a `name` or `path`"),
            ("no-project.invalid.xml", "a <coverage> without a <project>"),
            ("no-type.invalid.xml", "a <line> without a `type`"),
            ("null-byte.invalid.xml", "NUL byte"),
            ("sonarqube.invalid.xml", "this is SonarQube's generic coverage XML, not Clover XML"),
            ("summary-only.invalid.xml", "it counts statements and lists no files"),
            ("too-many-branches.invalid.xml", "more than 65535 branches"),
            ("trailing-garbage.invalid.xml", "text outside the root element"),
            ("truncated-between-tags.invalid.xml", "cut off: <project> is not closed"),
            ("truncated-inside-a-tag.invalid.xml", "cut off: tag not closed"),
            ("two-roots.invalid.xml", "a second root element <coverage>"),
            ("unknown-type.invalid.xml", "type=\"statement\" is not method, stmt or cond"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("clover", "Clover XML");
}
