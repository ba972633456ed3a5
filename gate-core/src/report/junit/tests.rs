//! What only the reader itself can be asked.

use crate::{
    evidence::{Cases, Content, NoteCode, Report, Tests},
    report::{Layout, Limits, ReadOptions, read},
};

fn report(xml: &str) -> Report {
    read(xml.as_bytes(), &ReadOptions::default()).unwrap()
}

fn content(report: &Report) -> &Tests {
    let Content::Tests(tests) = &report.content else { panic!("{report:?}") };
    tests
}

fn names(xml: &str) -> Vec<String> {
    content(&report(xml)).tests.iter().map(|test| test.name.clone()).collect()
}

fn cases(xml: &str) -> Cases {
    content(&report(xml)).cases()
}

#[test]
fn a_name_is_made_of_what_says_something() {
    for (xml, name) in [
        (
            r#"<testsuites name="all"><testsuite name="pytest"><testcase classname="test_a.TestK" name="test_m"/></testsuite></testsuites>"#,
            "test_a.TestK::test_m",
        ),
        (
            r#"<testsuite name="shop.Cart"><testcase classname="shop.Cart" name="adds"/></testsuite>"#,
            "shop.Cart::adds",
        ),
        (
            r#"<testsuite name="/home/a/phpunit.xml"><testsuite name="C:\x"><testcase name="a"/></testsuite></testsuite>"#,
            "a",
        ),
        (
            r#"<testsuites><testsuite name="in a suite"><testcase classname="test" name="passes"/></testsuite></testsuites>"#,
            "in a suite::test::passes",
        ),
        (r#"<testsuite><testcase classname=" t" name=" t"/></testsuite>"#, "t"),
    ] {
        assert_eq!(names(xml), [name], "{xml}");
    }
}

#[test]
fn a_failure_says_its_message_or_the_first_line_of_its_text() {
    let xml = r#"<testsuite><testcase name="a"><failure message="&#10; it is not &lt;b&gt;&#10;more"/></testcase>
        <testcase name="b"><error><![CDATA[
            first line
            second]]></error></testcase><testcase name="c"><skipped>why</skipped></testcase></testsuite>"#;
    let report = report(xml);
    let said: Vec<_> = content(&report).tests.iter().map(|test| test.message.as_deref()).collect();
    assert_eq!(said, [Some("it is not <b>"), Some("first line"), Some("why")]);
}

#[test]
fn hidden_failures_are_counted_once_however_often_they_are_declared() {
    let xml = r#"<testsuites errors="2"><testsuite name="a" errors="1"/><testsuite name="b" errors="1">
        <testcase name="c"><error/></testcase></testsuite></testsuites>"#;
    assert_eq!(cases(xml), Cases { errors: 2, ..Cases::default() });
}

#[test]
fn an_error_that_is_declared_as_a_failure_hides_nothing() {
    let xml =
        r#"<testsuite failures="1" errors="0"><testcase name="a"><error/></testcase></testsuite>"#;
    assert_eq!(cases(xml), Cases { errors: 1, ..Cases::default() });
}

#[test]
fn a_warning_of_phpunit_is_an_error() {
    let xml = r#"<testsuite warnings="1"><testcase name="a"><warning/></testcase></testsuite>"#;
    assert_eq!(cases(xml).errors, 1);
}

#[test]
fn a_skip_that_also_failed_has_failed() {
    let xml = r#"<testsuite><testcase name="a"><skipped/><failure/></testcase></testsuite>"#;
    assert_eq!(cases(xml), Cases { failures: 1, ..Cases::default() });
}

#[test]
fn a_rerun_without_a_final_outcome_has_failed() {
    let xml = r#"<testsuite><testcase name="a"><rerunFailure/></testcase></testsuite>"#;
    assert_eq!(cases(xml), Cases { failures: 1, ..Cases::default() });
}

#[test]
fn an_attribute_of_failure_fails_without_an_element() {
    let xml = r#"<testsuite><testcase name="a" failure="1 == 2"/></testsuite>"#;
    assert_eq!(cases(xml).failures, 1);
}

#[test]
fn only_what_the_totals_leave_out_is_taken_for_a_try() {
    let of = |total: u64| {
        let listed = r#"<testcase name="a"/><testcase name="a"/><testcase name="b"/>"#;
        cases(&format!(r#"<testsuite tests="{total}">{listed}</testsuite>"#))
    };
    assert_eq!(of(3), Cases { passed: 3, ..Cases::default() });
    assert_eq!(of(2), Cases { passed: 2, flaky: 1, ..Cases::default() });
    assert_eq!(of(1), Cases { passed: 3, ..Cases::default() });
}

#[test]
fn a_file_of_the_repository_is_the_place_of_a_test() {
    let xml = r#"<testsuite><testcase name="a" file="/ci/repo/tests/test_a.py"/><testcase name="b" file="/x.py"/></testsuite>"#;
    let layout = Layout::unknown().with_root("/ci/repo");
    let report = read(xml.as_bytes(), &ReadOptions::default().with_layout(layout)).unwrap();
    let paths: Vec<_> =
        content(&report).tests.iter().map(|t| t.path.as_ref().map(ToString::to_string)).collect();
    assert_eq!(paths, [Some("tests/test_a.py".to_owned()), None]);
    assert_eq!(report.notes, []);
}

#[test]
fn counts_with_separators_are_read_and_empty_ones_are_none() {
    let xml = r#"<testsuite tests="1,000" failures=""><testcase name="a"/></testsuite>"#;
    let codes: Vec<_> = report(xml).notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, [NoteCode::DeclaredTotalsDiffer]);
}

#[test]
fn more_tests_than_the_limit_are_refused() {
    let limits = Limits { files: 1, ..Limits::default() };
    let xml = r#"<testsuite><testcase name="a"/><testcase name="b"/></testsuite>"#;
    let error = read(xml.as_bytes(), &ReadOptions::default().with_limits(limits)).unwrap_err();
    assert!(error.to_string().contains("more than 1 test cases"), "{error}");
}
