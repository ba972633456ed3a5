//! That the faster ways are gone at all: they may always give up, and the result would be the same.

use super::*;
use crate::report::{
    cobertura::{files::Listed, scan, split},
    xml::Encoding,
};

#[test]
fn ordinary_lines_are_taken_by_the_scanner() {
    for text in [
        r#"<line number="1" hits="1"/>"#,
        "\n\t\t\t\t\t\t<line number=\"1\" hits=\"1\"/>\n\t\t\t\t\t\t<line number=\"2\" hits=\"0\"/>",
        r#"<line number="1" hits="1" branch="true" condition-coverage="50% (1/2)" missing-branches="exit,30"/>"#,
        r#"<line branch="false" hits="1" number="1"/>  <line number="4294" hits="123456789" />"#,
        r#"<line number="1" hits="1" branch="True" condition-coverage="33.33% (1/3)"></line>"#,
        "<line number=\"4\" hits=\"2\" branch=\"true\" condition-coverage=\"50% (5/10)\">\n  <conditions>\n    \
         <condition number=\"0\" type=\"jump\" coverage=\"50%\"/>\n  </conditions>\n</line>",
        r#"<line number="4" hits="2" branch="true"><conditions><condition number="0" coverage="0"/></conditions></line>"#,
    ] {
        let mut listed = Listed::default();
        assert_eq!(scan::lines(text.as_bytes(), &mut listed), b"", "{text}");
        assert_eq!(listed.lines.len(), text.matches("<line ").count());
    }
}

#[test]
fn what_is_unusual_is_left_to_the_document() {
    for text in [
        "<line number='1' hits='1'/>",
        r#"<line number="0" hits="1"/>"#,
        r#"<line number="1" hits="1.0"/>"#,
        r#"<line number="1" hits="1" branch="true"/>"#,
        r#"<line number="1" hits="1" when="now"/>"#,
        r#"<line number="1" hits="1" condition-coverage="150% (3/2)"/>"#,
        r#"<line number="1" hits="1" missing-branches="a&gt;b"/>"#,
        r#"<line number="1" hits="1""#,
        " <!-- -->",
        "\n",
    ] {
        let mut listed = Listed::default();
        assert_eq!(scan::lines(text.as_bytes(), &mut listed), text.as_bytes());
        assert!(listed.lines.is_empty());
    }
}

#[test]
fn a_report_is_read_in_parts_where_these_fit_together() {
    let class = |n: usize| format!("<class filename=\"{n}.py\"><methods/><lines/></class>\n");
    let in_parts = |xml: &str| {
        let limits = Limits::default().with_threads(3);
        let options = options().with_limits(limits).split_from(0);
        split::read(xml.as_bytes(), 0, Encoding::Utf8, &options).is_some()
    };
    let classes: String = (0..9).map(class).collect();
    assert!(in_parts(&report(&classes)));
    assert!(!in_parts(&report(&format!("<!-- {classes} -->"))));
    assert!(!in_parts(&report(&format!("<group>{classes}</group>"))));
    assert!(!in_parts(&format!("<coverage><packages>{classes}</packages></coverage>")));
}
