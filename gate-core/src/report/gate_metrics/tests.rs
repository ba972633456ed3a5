//! What only the reader itself can be asked.

use crate::{
    evidence::Content,
    report::{Limits, ReadOptions, read},
};

fn said(metrics: &str) -> Result<Vec<String>, String> {
    let text = format!("{{\"schema\": \"gate/metrics/v1\", \"metrics\": {metrics}}}");
    let report =
        read(text.as_bytes(), &ReadOptions::default()).map_err(|error| error.to_string())?;
    let Content::Metrics(metrics) = &report.content else { panic!("{report:?}") };
    assert_eq!(report.account.examined, metrics.numbers.len() as u64);
    Ok(metrics.numbers.iter().map(|(pointer, number)| format!("{pointer} {number}")).collect())
}

#[test]
fn every_number_stands_under_its_pointer() {
    assert_eq!(
        said(
            r#"{"a": 1, "b": {"c/d": [2.50, {"e~f": -3e-2}], "": 4}, "name": "x", "ok": true, "no": null}"#
        ),
        Ok(vec![
            "/a 1".to_owned(),
            "/b/ 4".to_owned(),
            "/b/c~1d/0 2.5".to_owned(),
            "/b/c~1d/1/e~0f -0.03".to_owned(),
        ])
    );
    assert_eq!(said("7"), Ok(vec![" 7".to_owned()]));
    assert_eq!(said("{}"), Ok(vec![]));
}

#[test]
fn a_number_that_cannot_be_kept_exactly_is_refused_at_its_place() {
    let error = said(r#"{"a": 1, "b": 1e-400}"#).unwrap_err();
    assert!(error.starts_with("line 1, column 56: /b: a number is at most 1e330"), "{error}");
    let error = said(r#"{"a": 0.12345678901234567890123456789}"#).unwrap_err();
    assert!(error.contains("/a: a number has at most 28 digits"), "{error}");
}

#[test]
fn what_would_grow_beyond_bounds_is_refused() {
    let long = format!("{{\"{}\": [1]}}", "k".repeat(600));
    assert!(said(&long).unwrap_err().contains("a JSON pointer is longer than 500 bytes"));
    let text = r#"{"schema": "gate/metrics/v1", "metrics": [1, 2]}"#;
    let limits = Limits { files: 1, ..Limits::default() };
    let error = read(text.as_bytes(), &ReadOptions::default().with_limits(limits)).unwrap_err();
    assert!(error.to_string().contains("more than 1 numbers"), "{error}");
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    assert!(said(&deep).unwrap_err().contains("values nest deeper than"));
}
