//! What breaks off, what is no XML, and what an attacker may send.

use super::*;

#[test]
fn every_beginning_of_a_report_is_refused() {
    let xml = concat!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n",
        "<!DOCTYPE coverage SYSTEM 'x.dtd'>\n<!-- x --><coverage a=\"ä\">",
        "<sources><source>&lt;<![CDATA[ä]]></source></sources><packages>",
        "<class filename=\"ä.py\"><methods/>\n<lines>\n<line number=\"1\" hits=\"1\"/><line number=\"2\" ",
        "hits=\"1\" branch=\"true\" condition-coverage=\"50% (1/2)\" missing-branches=\"3\"/>\n",
        "<line number=\"3\" hits=\"1\"></line></lines>\n</class></packages></coverage>",
    );
    assert_eq!(said(xml).len(), 1);
    for end in 0..xml.len() {
        let error = read_bytes(&xml.as_bytes()[..end], &options()).unwrap_err().to_string();
        assert!(error.contains("cut off") || end == 0, "{end}: {error}");
    }
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let line = r#"<line number="1" hits="1"/>"#;
    for (xml, why) in [
        (lines(line) + "<coverage/>", "a second root element <coverage>"),
        (lines(line) + "x", "text outside the root element: x"),
        (lines(line) + "&amp;", "&amp; outside the root element"),
        (lines(line) + "<![CDATA[x]]>", "text outside the root element: x"),
        (lines(line) + "</coverage>", "the end tag </coverage> of an element that is not open"),
        (lines("</methods>"), "the end tag </methods> where </lines> must come"),
        (lines("<a></b>"), "the end tag </b> where </a> must come"),
        (lines("<line number='1' hits='1' hits='2'/>"), "an attribute that is there twice"),
        (lines("<line number='1' hits='1' a='' a=''/>"), "an attribute that is there twice"),
        (
            lines(r#"<line number="1" hits="1" missing-branches="" missing-branches=""/>"#),
            "an attribute that is there twice",
        ),
        (report("<class filename='a' filename='b'/>"), "an attribute that is there twice"),
        ("<coverage a='' a=''/>".to_owned(), "an attribute that is there twice"),
        (lines("<line number=1 hits='1'/>"), "an attribute value without quotes"),
        (lines("<x y/>"), "an attribute without `=`"),
        (lines("< />"), "<> is no name of an element"),
        (lines("<1/>"), "<1> is no name of an element"),
        (lines("\0"), "a tag or text with a NUL byte"),
        (
            lines("<line number=\"1\" hits=\"1\" missing-branches=\"\0\"/>"),
            "a tag or text with a NUL byte",
        ),
        (lines("&lol9;"), "&lol9; is no entity that XML itself defines"),
        (format!(" {}", lines("")), "an XML declaration that is not at the very beginning"),
        (
            "<!DOCTYPE coverage [<!ENTITY lol \"lol\">]><coverage/>".to_owned(),
            "a DOCTYPE with definitions of its own, which are not read",
        ),
        (lines("<!DOCTYPE x>"), "a DOCTYPE that is not before the root element"),
    ] {
        let refused = refusal(&xml);
        assert!(refused.ends_with(why), "{refused}");
    }
    assert!(refusal(&report("<class filename='&custom;'/>")).contains("custom"));
    assert!(refusal(&lines("<!x>")).contains("not well-formed"));
}

#[test]
fn a_doctype_may_say_anything_but_definitions() {
    for doctype in [
        "<!DOCTYPE coverage SYSTEM 'https://x/coverage-04.dtd'>",
        "<!DOCTYPE coverage\n SYSTEM \"http://cobertura.sourceforge.net/xml/[04].dtd\">",
        "<!DOCTYPE coverage>",
    ] {
        assert_eq!(said(&format!("{doctype}<coverage><packages/></coverage>")), [""; 0]);
    }
}

#[test]
fn nesting_is_bounded() {
    let xml = format!("<coverage>{}", "<a>".repeat(100_000));
    assert_eq!(refusal(&xml), "line 1, column 200: elements nest deeper than 64 levels");
    let xml = report(&format!("{}{}", "<a>".repeat(60), "</a>".repeat(60)));
    assert_eq!(said(&xml), [""; 0]);
    let xml = report(&format!("{}<b/>{}", "<a>".repeat(60), "</a>".repeat(60)));
    assert_eq!(refusal(&xml), "line 5, column 193: elements nest deeper than 64 levels");
}

#[test]
fn lines_at_the_deepest_level_are_refused_in_every_way() {
    let mut limits = Limits::default();
    for depth in 4..9 {
        limits.depth = depth;
        let result = read_bytes(
            lines(r#"<line number="1" hits="1"/>"#).as_bytes(),
            &options().with_limits(limits),
        );
        assert_eq!(result.is_ok(), depth >= 7, "{depth}");
    }
}

#[test]
fn attributes_are_bounded() {
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=''")).collect();
    for xml in [
        lines(&format!("<x{attributes}/>")),
        lines(&format!("<line{attributes}/>")),
        format!("<coverage{attributes}/>"),
    ] {
        assert!(refusal(&xml).contains("more than 64 attributes") || xml.len() < 1 << 20);
    }
    let few: String = (0..65).map(|n| format!(" a{n}=''")).collect();
    assert!(refusal(&lines(&format!("<line{few}/>"))).ends_with("has more than 64 attributes"));
}

#[test]
fn tags_and_texts_are_bounded() {
    let long = "x".repeat((1 << 20) + 1);
    for xml in [
        lines(&format!("<line number=\"1\" hits=\"1\" missing-branches=\"{long}\"/>")),
        lines(&format!("<!--{long}-->")),
        lines(&long),
        lines(&" ".repeat((1 << 20) + 1)),
        format!("<coverage><{long}"),
    ] {
        assert!(refusal(&xml).ends_with("a tag or text is longer than 1048576 bytes"));
    }
    let sources = format!("<source>{}</source>", "&lt;    ".repeat(1 << 18));
    let xml = format!("<coverage><sources>{sources}</sources></coverage>");
    let refused = refusal(&xml);
    assert!(refused.ends_with("a <source> is longer than 1048576 bytes"), "{refused}");
}

#[test]
fn size_files_and_sources_are_bounded() {
    let xml = lines("");
    let limits = Limits::default().with_bytes(xml.len() as u64);
    assert!(read_bytes(xml.as_bytes(), &options().with_limits(limits)).is_ok());
    let limits = Limits::default().with_bytes(xml.len() as u64 - 1);
    let error = read_bytes(xml.as_bytes(), &options().with_limits(limits)).unwrap_err();
    assert_eq!(error.to_string(), format!("the report is larger than {} bytes", xml.len() - 1));

    let limits = Limits { files: 2, ..Limits::default() };
    let classes: String = (0..3).map(|n| format!("<class filename=\"{n}\"/>")).collect();
    let error = read_bytes(report(&classes).as_bytes(), &options().with_limits(limits));
    assert!(error.unwrap_err().to_string().ends_with("the report names more than 2 files"));

    let sources: String = (0..=1000).map(|n| format!("<source>{n}</source>")).collect();
    let xml = format!("<coverage><sources>{sources}</sources></coverage>");
    assert!(refusal(&xml).ends_with("the report has more than 1000 sources"));
}

#[test]
fn many_branches_in_one_line_are_refused() {
    let conditions = "<condition coverage=\"50%\"/>".repeat(40_000);
    let xml = lines(&format!("<line number=\"1\" hits=\"1\">{conditions}</line>"));
    assert!(refusal(&xml).ends_with("a line has more than 65535 branches"));
}
