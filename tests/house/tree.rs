//! The files of the repository, as git lists them: the committed ones, and the new ones that it does
//! not ignore.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the root").to_owned()
}

/// Every file, by its path from the root, sorted.
pub(crate) fn files() -> Vec<String> {
    let output = Command::new("git")
        // A container may run as somebody else than the owner of the checkout.
        .args(["-c", "safe.directory=*"])
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git runs");
    assert!(
        output.status.success(),
        "the house rules need a git checkout: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let names = String::from_utf8(output.stdout).expect("every file name is UTF-8");
    let root = root();
    let mut files: Vec<String> = names
        .split('\0')
        .filter(|name| !name.is_empty() && root.join(name).is_file())
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    files
}

/// Every file below a folder, by its path from the root.
pub(crate) fn below(folder: &str) -> Vec<String> {
    let prefix = format!("{folder}/");
    files().into_iter().filter(|file| file.starts_with(&prefix)).collect()
}

/// Every Rust source that stable compiles.
pub(crate) fn sources() -> Vec<String> {
    files().into_iter().filter(|file| file.ends_with(".rs") && !file.starts_with("fuzz/")).collect()
}

pub(crate) fn exists(path: &str) -> bool {
    root().join(path).exists()
}

pub(crate) fn bytes(path: &str) -> Vec<u8> {
    fs::read(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn text(path: &str) -> String {
    String::from_utf8(bytes(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The last segment of a path.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Fails with every offence, one a line.
#[track_caller]
pub(crate) fn none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}:\n  {}", offences.join("\n  "));
}

/// Whether `text` has `word` with no letter, digit, `-` or `_` on either side.
pub(crate) fn has_word(text: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(joins) && !text[at + word.len()..].starts_with(joins))
}

#[test]
fn a_word_is_found_only_whole() {
    assert!(has_word("`report-missing`", "report-missing"));
    assert!(!has_word("no-report-missing", "report-missing"));
    assert!(!has_word("approved_by", "approved"));
    assert!(has_word("coverage", "coverage"));
}
