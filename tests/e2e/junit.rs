//! JUnit XML: what `gate read` says about it.

use gate_tests::{fixture, gate, totals};
use serde_json::json;

use crate::formats::{expect_all_refused, expect_others_refused_by_name, notes, read, read_as};

#[test]
fn the_totals_are_those_of_the_tool_itself() {
    for (file, tool) in totals("junit/") {
        let report = read(&file);
        assert_eq!(report["kind"], "tests", "{file}");
        assert_eq!(report["format"], "junit", "{file}");
        for counted in ["tests", "failures", "errors", "skipped"] {
            assert_eq!(report[counted], tool[counted], "{counted} of {file}");
        }
        if tool.get("flaky").is_some() {
            assert_eq!(report["flaky"], tool["flaky"], "flaky of {file}");
        }
    }
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "junit",
        &[
            ("cobertura.invalid.xml", "this is Cobertura XML, not JUnit XML"),
            ("count-is-a-word.invalid.xml", "failures=\"three\" is not a count"),
            ("count-is-negative.invalid.xml", "failures=\"-3\" is not a count"),
            ("deeply-nested.invalid.xml", "elements nest deeper than 64 levels"),
            ("duplicate-attribute.invalid.xml", "an attribute that is there twice"),
            ("empty.invalid.xml", "the report is empty"),
            ("entities-of-its-own.invalid.xml", "a DOCTYPE with definitions of its own"),
            ("html-page.invalid.xml", "this is an HTML page, not JUnit XML"),
            ("invalid-utf-8.invalid.xml", "the report is not valid UTF-8 text"),
            (
                "mismatched-end-tag.invalid.xml",
                "the end tag </testsuite> where </testcase> must come",
            ),
            ("no-name.invalid.xml", "a <testcase> without a `name`"),
            ("null-byte.invalid.xml", "a NUL byte"),
            ("trailing-garbage.invalid.xml", "text outside the root element"),
            ("truncated-between-cases.invalid.xml", "the report is cut off"),
            ("truncated-inside-a-case.invalid.xml", "the report is cut off"),
            ("two-roots.invalid.xml", "a second root element"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("junit", "JUnit XML");
}

#[test]
fn a_build_that_broke_is_an_error_although_no_test_case_shows_it() {
    let report = read("junit/gotestsum-build-failure.xml");
    assert_eq!(report["errors"], 1);
    assert_eq!(
        report["unlisted"],
        json!([{"part": null, "suite": "", "failures": 0, "errors": 1}])
    );
    assert!(notes(&report).contains(&"failures-not-listed"), "{report}");
    let report = read("junit/suite-failed-shape.xml");
    assert_eq!(report["unlisted"][0]["suite"], "checkout");
}

#[test]
fn suites_that_nest_count_their_tests_once() {
    let report = read("junit/phpunit.xml");
    assert_eq!((&report["tests"], &report["account"]["examined"]), (&json!(8), &json!(6)));
    assert!(!notes(&report).contains(&"declared-totals-differ"), "{report}");
}

#[test]
fn cases_outside_of_every_suite_count() {
    assert_eq!(read("junit/node-test.xml")["failures"], 1);
}

#[test]
fn totals_that_disagree_with_the_test_cases_are_noted_and_not_used() {
    let report = read("junit/disagreeing-totals-shape.xml");
    assert_eq!((&report["tests"], &report["failures"]), (&json!(3), &json!(1)));
    assert!(notes(&report).contains(&"declared-totals-differ"), "{report}");
    // jest-junit leaves the tests that are to be written out of its totals.
    assert!(notes(&read("junit/jest-junit.xml")).contains(&"declared-totals-differ"));
    assert!(!notes(&read("junit/surefire-reruns.xml")).contains(&"declared-totals-differ"));
}

#[test]
fn what_passed_after_a_failure_is_flaky_and_has_passed() {
    for (file, flaky) in [
        ("junit/surefire-reruns.xml", 2),
        ("junit/nextest-shape.xml", 1),
        // It lists each try as a case that passed.
        ("junit/pytest-reruns.xml", 1),
    ] {
        let report = read(file);
        assert_eq!(report["flaky"], flaky, "{file}");
        assert_eq!(report["failures"], 1, "{file}");
        assert!(notes(&report).contains(&"flaky-tests"), "{report}");
    }
}

#[test]
fn a_failure_counts_although_another_case_of_that_name_passed() {
    let report = read("junit/retried-shape.xml");
    assert_eq!((&report["tests"], &report["failures"]), (&json!(3), &json!(1)));
    assert!(notes(&report).contains(&"test-listed-twice"), "{report}");
}

#[test]
fn an_outcome_that_nobody_knows_is_left_unread() {
    let report = read("junit/unknown-outcomes-shape.xml");
    let unread = report["account"]["unread"].as_array().unwrap();
    let names: Vec<&str> = unread.iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["cart::is broken", "cart::is unstable"]);
}

#[test]
fn tests_that_were_not_run_were_not_examined() {
    let account = &read("junit/pytest.xml")["account"];
    assert_eq!((&account["unit"], &account["examined"]), (&json!("tests"), &json!(12)));
    assert_eq!(account["skipped"][0], json!({"name": "test_all::test_skip", "reason": "why"}));
    assert_eq!(read("junit/pytest-no-test-selected.xml")["account"]["examined"], 0);
}

#[test]
fn long_output_is_read_over_and_long_tags_are_refused() {
    let big = "x".repeat(2 << 20);
    let output = format!(
        "<testsuite><testcase name=\"a\"><system-out>{big}</system-out></testcase></testsuite>"
    );
    let tag = format!("<testsuite><testcase name=\"{big}\"/></testsuite>");
    let repository =
        gate_tests::Repository::empty().file("output.xml", output).file("tag.xml", tag);
    repository.gate(["read", "output.xml"]).run().expect_success();
    repository.gate(["read", "tag.xml"]).run().expect_refused(&["a tag or text is longer than"]);
}

#[test]
fn the_text_of_a_report_says_what_its_json_says() {
    gate(["read"])
        .arg(fixture("junit/surefire-reruns.xml"))
        .run()
        .expect_success()
        .expect_line("tests, junit")
        .expect_line("tests     6")
        .expect_line("failures  1")
        .expect_line("flaky     2")
        .expect_line("examined  5 tests");
    read_as("junit", "junit/pytest.xml").expect_success();
}
