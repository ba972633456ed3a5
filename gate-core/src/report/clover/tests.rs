//! What a condition is, by who wrote it.

use crate::{
    evidence::{Content, Line},
    report::{Format, ReadOptions, read},
};

fn line(condition: &str) -> Line {
    let report = format!(
        "<coverage clover=\"4\"><project><file path=\"a.js\">{condition}</file></project></coverage>"
    );
    let options = ReadOptions::default().with_format(Format::Clover);
    let report = read(report.as_bytes(), &options).unwrap();
    let Content::Coverage(coverage) = report.content else { panic!("{report:?}") };
    coverage.files[0].lines()[0]
}

fn branches(condition: &str) -> (u32, u16, u16) {
    let line = line(condition);
    (line.hits, line.branches_covered, line.branches_total)
}

#[test]
fn with_a_count_a_condition_says_how_many_branches_ran() {
    let condition = r#"<line num="1" count="7" type="cond" truecount="3" falsecount="5"/>"#;
    assert_eq!(branches(condition), (7, 3, 8));
}

#[test]
fn without_a_count_a_condition_says_how_often_it_came_out_so() {
    let condition = r#"<line num="1" type="cond" truecount="3" falsecount="0"/>"#;
    assert_eq!(branches(condition), (3, 1, 2));
    let two = format!(r#"<line num="1" type="stmt" count="9"/>{condition}{condition}"#);
    assert_eq!(branches(&two), (9, 2, 4));
}
