//! The patterns, one by one.

use super::*;

#[test]
fn every_pattern_is_one() {
    assert!(silence::every_pattern_compiles());
    assert!(tests::every_pattern_compiles());
    assert!(bars::every_pattern_compiles());
}

fn silences(line: &str) -> Vec<String> {
    silence::of(line.as_bytes())
        .into_iter()
        .map(|silence| String::from_utf8_lossy(silence.text).into_owned())
        .collect()
}

#[test]
fn several_on_one_line_are_several() {
    assert_eq!(silences("f()  # type: ignore  # noqa: E501"), ["# noqa: E501", "# type: ignore"]);
    assert_eq!(
        silences("f()  # nosec B101, B102 # nosemgrep: a.b"),
        ["# nosec B101, B102", "nosemgrep: a.b"]
    );
    assert_eq!(silences("f()  // #nosec G101"), ["#nosec G101"]);
}

#[test]
fn words_that_only_look_alike_are_none() {
    for line in
        ["no_security = 1", "# nosecrets", "type = ignore", "pragma = 1", "// no lint", "x.allow()"]
    {
        assert_eq!(silences(line), [""; 0], "{line}");
    }
}

#[test]
fn a_narrower_one_is_covered_by_a_wider_one() {
    let covers = |wide: &str, narrow: &str| {
        silence::of(wide.as_bytes())[0].covers(&silence::of(narrow.as_bytes())[0])
    };
    assert!(covers("# noqa", "# noqa: E501"));
    assert!(covers("# noqa: e501, F401", "#noqa:F401"));
    assert!(!covers("# noqa: E501", "# noqa"));
    assert!(!covers("# noqa", "# nosec"));
    assert!(covers("# nosec B602", "# nosec: B602"));
}

#[test]
fn a_text_is_kept_short() {
    let long = format!("# pylint: disable={}", "a".repeat(500));
    let short = short(long.as_bytes());
    assert_eq!(short.chars().count(), MOST_TEXT + 1);
}
