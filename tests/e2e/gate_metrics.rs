//! Our own form for numbers, `gate/metrics/v1`: what `gate read` says about it.

use gate_tests::totals;

use crate::formats::{expect_all_refused, expect_others_refused_by_name, read, read_as};

#[test]
fn every_number_is_read_exactly_and_stands_under_its_pointer() {
    for (file, numbers) in totals("gate-metrics/") {
        let report = read(&file);
        assert_eq!(report["kind"], "metrics", "{file}");
        assert_eq!(report["format"], "gate-metrics", "{file}");
        assert_eq!(report["numbers"], numbers["numbers"], "{file}");
        let examined = numbers["numbers"].as_object().unwrap().len();
        assert_eq!(report["account"]["examined"], examined, "{file}");
        assert_eq!(report["account"]["unit"], "numbers", "{file}");
    }
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    expect_all_refused(
        "gate-metrics",
        &[
            ("another-version.invalid.json", "the schema is gate/metrics/v2, not gate/metrics/v1"),
            ("bandit.invalid.json", "this is Bandit JSON, not gate/metrics/v1"),
            ("deeply-nested.invalid.json", "values nest deeper than 64 levels"),
            ("duplicate-key.invalid.json", "the key `a` stands here twice"),
            ("empty.invalid.json", "the report is empty"),
            ("nan.invalid.json", "not well-formed"),
            ("no-metrics.invalid.json", "missing field `metrics`"),
            ("too-many-digits.invalid.json", "/a: a number has at most 28 digits"),
            ("truncated.invalid.json", "the report is cut off"),
            ("two-documents.invalid.json", "trailing characters"),
            ("unknown-key.invalid.json", "unknown field `unit`"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("gate-metrics", "gate/metrics/v1");
}

#[test]
fn the_text_of_a_report_says_what_its_json_says() {
    read_as("gate-metrics", "gate-metrics/small.json")
        .expect_success()
        .expect_line("metrics, gate-metrics")
        .expect_line("/startup/mean  0.412")
        .expect_line("/binary~1size  7340032")
        .expect_line("examined  4 numbers");
}
