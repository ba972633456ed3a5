//! The fixtures, and what the tools themselves said about them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

/// The path of a fixture, for example `bandit/nothing.json`.
#[track_caller]
#[must_use]
pub fn fixture(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name);
    path.canonicalize().unwrap_or_else(|error| panic!("no fixture {name}: {error}"))
}

/// The content of a fixture.
#[track_caller]
#[must_use]
pub fn fixture_bytes(name: &str) -> Vec<u8> {
    fs::read(fixture(name)).unwrap_or_else(|error| panic!("fixture {name}: {error}"))
}

/// The names of the files in a folder of fixtures, sorted, for example `nothing.json`.
#[track_caller]
#[must_use]
pub fn fixtures_in(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(fixture(folder)).expect("a folder of fixtures can be listed");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a fixture").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// `totals.json`: what the tools say about each valid report below this folder.
#[track_caller]
#[must_use]
pub fn totals(folder: &str) -> Map<String, Value> {
    let all: Map<String, Value> =
        serde_json::from_slice(&fixture_bytes("totals.json")).expect("totals.json is an object");
    let below: Map<String, Value> =
        all.into_iter().filter(|(name, _)| name.starts_with(folder)).collect();
    assert!(!below.is_empty(), "totals.json says nothing about {folder}");
    below
}
