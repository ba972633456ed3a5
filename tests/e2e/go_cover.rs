//! Go's cover profiles: what `gate read` says about them.

use gate_tests::totals;
use serde_json::json;

use crate::formats::{
    expect_all_refused, expect_others_refused_by_name, expect_the_tools_coverage, notes, read,
};

#[test]
fn the_lines_are_those_that_hold_code() {
    expect_the_tools_coverage("go-cover");
}

#[test]
fn the_statements_are_those_that_go_counts() {
    let mut seen = 0;
    for (file, tool) in totals("go-cover/") {
        let Some(said) = tool["source"].as_str() else { continue };
        let reported = &read(&file)["reported"];
        let count = |key: &str| reported[key].as_str().unwrap().parse::<f64>().unwrap();
        let percent = 100.0 * count("statements-covered") / count("statements");
        assert_eq!(said, format!("(statements) {percent:.1}%"), "{file}");
        seen += 1;
    }
    assert_eq!(seen, 4, "profiles with a total of Go");
}

#[test]
fn the_three_modes_say_the_same_of_what_ran() {
    let mut set = read("go-cover/set.out");
    for mode in ["count", "atomic"] {
        let other = read(&format!("go-cover/{mode}.out"));
        assert_eq!(other["reported"]["mode"], mode);
        set["reported"]["mode"] = json!(mode);
        assert_eq!(set, other);
    }
}

#[test]
fn odd_names_and_counts_are_read() {
    let report = read("go-cover/any-shape.out");
    assert_eq!(report["files"], 4);
    assert_eq!(notes(&report), ["path-not-resolved"], "a drive is no folder of the repository");
}

#[test]
fn broken_reports_are_refused_and_the_reason_is_said() {
    let form = "is not `FILE:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT`";
    expect_all_refused(
        "go-cover",
        &[
            ("bad-count.invalid.out", "`never` is not a count"),
            ("bad-statements.invalid.out", form),
            ("empty.invalid.out", "the report is empty"),
            ("end-before-start.invalid.out", form),
            ("html-page.invalid.out", "this is an HTML page, not a Go cover profile"),
            ("invalid-utf-8.invalid.out", "the report is not valid UTF-8"),
            ("lcov.invalid.out", "this is LCOV, not a Go cover profile"),
            ("line-0.invalid.out", form),
            ("line-beyond-any-file.invalid.out", form),
            ("more-lines-than-there-are.invalid.out", "the blocks have more than 10000000 lines"),
            ("no-count.invalid.out", form),
            ("no-end.invalid.out", form),
            ("no-name-of-a-file.invalid.out", form),
            ("null-byte.invalid.out", "a NUL byte"),
            ("plain-text.invalid.out", "this is plain text, not a Go cover profile"),
            ("trailing-garbage.invalid.out", form),
            ("truncated-inside-a-line.invalid.out", "cut off: it ends inside a line"),
            ("two-modes.invalid.out", form),
            ("two-numbers-of-statements.invalid.out", "listed with two numbers of statements"),
            ("unknown-mode.invalid.out", "is not `mode: ` with set, count or atomic"),
            ("utf-16.invalid.out", "a text in UTF-16"),
        ],
    );
}

#[test]
fn other_formats_are_refused_by_name() {
    expect_others_refused_by_name("go-cover", "a Go cover profile");
}
