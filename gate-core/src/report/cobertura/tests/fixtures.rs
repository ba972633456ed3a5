//! The reports below `fixtures/`, against what their tools and an independent count say.

use std::{fs, path::Path};

use serde_json::Value;

use super::*;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

#[test]
fn every_valid_report_counts_what_it_should() {
    let totals = fs::read(folder().join("totals.json")).unwrap();
    let totals: Value = serde_json::from_slice(&totals).unwrap();
    let mut counted = 0;
    for (name, expected) in totals.as_object().unwrap() {
        // In peak-trade the name tells; what it has of tests is no coverage.
        let is_one = match name.strip_prefix("peak-trade/") {
            Some(name) => name.ends_with("/coverage.xml"),
            None => name.starts_with("cobertura/"),
        };
        if !is_one {
            continue;
        }
        let expected = expected.get("distinct").unwrap_or(expected);
        let report = read_bytes(&fs::read(folder().join(name)).unwrap(), &options()).unwrap();
        let totals = coverage(&report).totals();
        for (metric, ratio) in [("lines", totals.lines), ("branches", totals.branches)] {
            let stated = |part: &str| expected[metric][part].as_u64();
            assert_eq!(stated("covered"), Some(ratio.covered()), "{metric} of {name}");
            assert_eq!(stated("total"), Some(ratio.total()), "{metric} of {name}");
        }
        counted += 1;
    }
    assert!(counted > 40, "{counted}");
}

#[test]
fn every_invalid_report_is_refused() {
    let files = fs::read_dir(folder().join("cobertura")).unwrap();
    let mut refused = 0;
    for file in files.map(|file| file.unwrap().path()) {
        if file.to_str().unwrap().ends_with(".invalid.xml") {
            let result = read_bytes(&fs::read(&file).unwrap(), &options());
            assert!(result.is_err(), "{}", file.display());
            refused += 1;
        }
    }
    assert!(refused > 20, "{refused}");
}
