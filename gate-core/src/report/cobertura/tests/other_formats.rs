//! Reports of other formats, which are refused by their names.

use super::*;

#[test]
fn other_formats_are_refused_by_name() {
    for (xml, name) in [
        (
            r#"<?xml version="1.0"?><!DOCTYPE report SYSTEM "report.dtd"><report name="x">"#,
            "JaCoCo XML",
        ),
        (r#"<coverage generated="1" clover="3.2.0"><project timestamp="1">"#, "Clover XML"),
        (r#"<coverage generated="1"><project/></coverage>"#, "Clover XML"),
        ("<testsuites/>", "JUnit XML"),
        ("<testsuite name='x'>", "JUnit XML"),
        ("<!DOCTYPE html><html><head><meta charset=utf-8></head></html>", "an HTML page"),
        ("<HTML><body>", "an HTML page"),
        ("<CoverageSession/>", "OpenCover XML"),
        (r#"<coverage version="1"><file path="a.c">"#, "SonarQube's generic coverage XML"),
        ("<scoverage/>", "XML with the root element <scoverage>"),
        ("<c:coverage/>", "XML with the root element <c:coverage>"),
    ] {
        assert_eq!(refusal(xml), format!("this is {name}, not Cobertura XML"));
    }
}

#[test]
fn a_coverage_element_alone_is_no_report() {
    let refused = "a <coverage> with neither <packages> nor classes is no Cobertura report";
    assert_eq!(refusal("<coverage/>"), refused);
    assert_eq!(refusal("<coverage><project/></coverage>"), refused);
}

#[test]
fn no_text_and_no_xml() {
    assert_eq!(refusal(""), "the report is empty: the tool wrote nothing into it");
    assert!(refusal("  \n").contains("the report is cut off: it has no root element"));
    assert!(refusal("Not found").contains("text outside the root element: Not found"));
}
