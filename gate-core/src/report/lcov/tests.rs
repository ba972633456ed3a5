//! What the fixtures cannot show: limits, and records put together by hand.

use crate::{
    evidence::{Content, Coverage, Report},
    report::{Format, Limits, ReadError, ReadOptions, read},
};

fn read_with(text: &str, limits: Limits) -> Result<Report, ReadError> {
    let options = ReadOptions::default().with_format(Format::Lcov).with_limits(limits);
    read(text.as_bytes(), &options)
}

fn coverage(text: &str) -> Coverage {
    let report = read_with(text, Limits::default()).unwrap();
    let Content::Coverage(coverage) = report.content else { panic!("{report:?}") };
    coverage
}

fn refusal(text: &str, limits: Limits) -> String {
    read_with(text, limits).unwrap_err().to_string()
}

#[test]
fn of_two_records_about_a_line_the_higher_hits_and_every_outcome_that_ran_count() {
    let of = |first: &str, second: &str| {
        format!(
            "SF:a.c\nDA:1,{first}\nBRDA:1,0,0,{first}\nBRDA:1,0,1,0\nend_of_record\n\
             SF:a.c\nDA:1,{second}\nBRDA:1,0,0,0\nBRDA:1,0,1,{second}\nend_of_record\n"
        )
    };
    let both = coverage(&of("2", "5"));
    let line = both.files[0].lines()[0];
    assert_eq!((line.hits, line.branches_covered, line.branches_total), (5, 2, 2));
    assert_eq!(coverage(&of("5", "2")).files, both.files);
}

#[test]
fn what_goes_beyond_a_limit_is_refused() {
    let one = Limits { files: 1, ..Limits::default() };
    let two = "SF:a\nend_of_record\nSF:b\nend_of_record\n";
    assert!(refusal(two, one).contains("more than 1 files"));
    let short = Limits { token: 10, ..Limits::default() };
    assert!(refusal("SF:a\nFN:1,a_long_name\nend_of_record\n", short).contains("line 2, column 1"));
    let many: String = (0..70_000).map(|branch| format!("BRDA:1,0,{branch},1\n")).collect();
    let text = format!("SF:a\nDA:1,1\n{many}end_of_record\n");
    assert!(refusal(&text, Limits::default()).contains("more than 65535 branches"));
}

#[test]
fn a_report_of_no_file_is_one() {
    assert_eq!(coverage("TN:\n").files, []);
}
