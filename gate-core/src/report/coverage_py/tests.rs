//! What the fixtures cannot show: documents put together by hand.

use crate::{
    evidence::{Content, Coverage, NoteCode, Report},
    report::{Format, ReadError, ReadOptions, read},
};

fn read_file(file: &str) -> Result<Report, ReadError> {
    let text = format!(
        r#"{{"meta": {{"format": 3, "version": "7"}}, "files": {{{file}}},
           "totals": {{"covered_lines": 0, "num_statements": 0, "excluded_lines": 0}}}}"#
    );
    read(text.as_bytes(), &ReadOptions::default().with_format(Format::CoveragePy))
}

fn lines(executed: &str, missing: &str, more: &str) -> String {
    format!(
        r#""a.py": {{"executed_lines": [{executed}], "missing_lines": [{missing}], {more}
           "summary": {{}}}}"#
    )
}

fn coverage(report: Report) -> Coverage {
    let Content::Coverage(coverage) = report.content else { panic!("{report:?}") };
    coverage
}

#[test]
fn what_is_excluded_is_no_line_and_has_no_branches() {
    let file = lines(
        "1, 2, 3",
        "4",
        r#""excluded_lines": [2, 9], "executed_branches": [[1, 3], [2, 3]],
           "missing_branches": [[1, -1], [9, 1]],"#,
    );
    let coverage = coverage(read_file(&file).unwrap());
    let numbers: Vec<u32> = coverage.files[0].lines().iter().map(|line| line.number).collect();
    assert_eq!(numbers, [1, 3, 4]);
    let first = coverage.files[0].lines()[0];
    assert_eq!((first.branches_covered, first.branches_total), (1, 2));
}

#[test]
fn branches_of_no_line_are_left_out_and_noted() {
    let file = lines(
        "1",
        "",
        r#""excluded_lines": [], "executed_branches": [[-1, 3]], "missing_branches": [[8, 9]],"#,
    );
    let report = read_file(&file).unwrap();
    let note = report.notes.iter().find(|note| note.code == NoteCode::BranchesWithoutLine);
    assert_eq!(note.unwrap().count, 2);
}

#[test]
fn a_file_is_an_object_and_its_name_is_a_text() {
    assert!(read_file(r#""a.py": [[1], [], [], [], [], {}]"#).is_err());
    let error = read_file(&lines("1", "", r#""excluded_lines": [],"#).replace("a.py", "a\\u0000b"));
    assert!(error.unwrap_err().to_string().contains("has a NUL"));
}
