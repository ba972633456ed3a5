//! JaCoCo XML: what `gate read` says about it, and which files it is about.

use gate_tests::Repository;
use serde_json::json;

use crate::formats::{
    expect_all_refused, expect_others_refused_by_name, expect_the_tools_coverage, read,
};

#[test]
fn the_totals_are_those_of_the_tool_itself() {
    expect_the_tools_coverage("jacoco");
}

#[test]
fn classes_without_line_numbers_are_unread() {
    let report = read("jacoco/no-line-numbers.xml");
    let unread = report["account"]["unread"].as_array().unwrap();
    let names: Vec<&str> = unread.iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["shop/cart/Shelf", "shop/money/Price"]);
    assert!(unread[0]["reason"].as_str().unwrap().contains("without line numbers"));

    let rule = "coverage: { report: jacoco, at-least: 30% }";
    let with = |rule: &str| {
        Repository::with_rule(rule).fixture("jacoco.xml", "jacoco/no-line-numbers.xml").check()
    };
    with(rule).expect_inconclusive().expect_line("shop/money/Price");
    with("coverage: { report: jacoco, at-least: 30%, unread-at-most: 2 }").expect_passed();
}

#[test]
fn files_of_two_modules_stay_apart() {
    let report = read("jacoco/shop-modules.xml");
    assert_eq!((&report["files"], &report["account"]["examined"]), (&json!(5), &json!(5)));
    assert_eq!(report["reported"]["name"], "shop");
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "jacoco",
        &[
            ("bad-counter.invalid.xml", "missed=\"one\" is not a count"),
            ("bad-instructions.invalid.xml", "ci=\"-1\" is not a count"),
            ("bad-line-number.invalid.xml", "`3x` is not the number of a line"),
            ("cobertura.invalid.xml", "this is Cobertura XML, not JaCoCo XML"),
            ("counter-of-nothing.invalid.xml", "a <counter> without `type`"),
            ("deeply-nested.invalid.xml", "nest deeper than 64 levels"),
            ("duplicate-attribute.invalid.xml", "an attribute that is there twice"),
            ("empty.invalid.xml", "the report is empty"),
            ("entities-of-its-own.invalid.xml", "a DOCTYPE with definitions of its own"),
            ("gcovr-cpp.invalid.xml", "a <line> without `ci`"),
            ("html-page.invalid.xml", "this is an HTML page, not JaCoCo XML"),
            ("invalid-utf-8.invalid.xml", "the report is not valid UTF-8"),
            ("mismatched-end-tag.invalid.xml", "</line> where </package> must come"),
            ("no-instructions.invalid.xml", "a <line> without `ci`"),
            ("no-line-number.invalid.xml", "a <line> without its number `nr`"),
            ("no-name-of-a-file.invalid.xml", "a <sourcefile> without a `name`"),
            ("no-name-of-a-package.invalid.xml", "a <package> without a `name`"),
            ("no-name-of-a-report.invalid.xml", "a <report> without a `name`"),
            ("null-byte.invalid.xml", "NUL byte"),
            ("too-many-branches.invalid.xml", "more than 65535 branches"),
            ("trailing-garbage.invalid.xml", "text outside the root element"),
            ("truncated-between-tags.invalid.xml", "cut off: <report> is not closed"),
            ("truncated-inside-a-tag.invalid.xml", "cut off: tag not closed"),
            ("two-roots.invalid.xml", "a second root element <report>"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("jacoco", "JaCoCo XML");
}
