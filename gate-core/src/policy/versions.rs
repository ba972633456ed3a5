//! Ranges of versions, by which a waiver is limited.
//!
//! A report does not say which ecosystem a package is of, so a range is read in every way that it can
//! be: as PEP 440 has it, and as Cargo and npm have it. A version is in the range when every way that
//! can read both says so, and at least one can.

use pep440_rs::{Version, VersionSpecifiers};
use semver::VersionReq;

/// A range of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    text: String,
    python: Option<VersionSpecifiers>,
    semantic: Option<VersionReq>,
}

impl Versions {
    /// A range, if any way can read it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        // Semantic versioning has a range of everything, which says nothing.
        let says_something = !text.is_empty() && text != "*";
        let python = text.parse().ok().filter(|_| says_something);
        let semantic = VersionReq::parse(text).ok().filter(|_| says_something);
        (python.is_some() || semantic.is_some()).then(|| Self {
            text: text.to_owned(),
            python,
            semantic,
        })
    }

    /// Whether this version is in it. One that cannot be read is not.
    #[must_use]
    pub fn contain(&self, version: &str) -> bool {
        let python = self.python.as_ref().and_then(|range| Some(range.contains(&python(version)?)));
        let semantic =
            self.semantic.as_ref().and_then(|range| Some(range.matches(&semantic(version)?)));
        match (python, semantic) {
            (None, None) => false,
            (python, semantic) => python.unwrap_or(true) && semantic.unwrap_or(true),
        }
    }

    /// The range as the policy writes it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// `1.2.3-1` is a later release to PEP 440 and an earlier one to everybody else: it is no Python
/// version here.
fn python(version: &str) -> Option<Version> {
    let is_contested = version.rsplit_once('-').is_some_and(|(_, last)| {
        !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())
    });
    version.parse().ok().filter(|_| !is_contested)
}

/// Go writes `v` before it.
fn semantic(version: &str) -> Option<semver::Version> {
    semver::Version::parse(version.strip_prefix('v').unwrap_or(version)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(range: &str, version: &str) -> bool {
        Versions::read(range).unwrap().contain(version)
    }

    #[test]
    fn ranges_of_python_are_read() {
        for (range, inside, outside) in [
            ("<2.0", "1.11.0", "2.0"),
            (">=1.3, <2", "1.3", "1.2.9"),
            ("==1.11.*", "1.11.4", "1.12"),
            ("~=1.4.2", "1.4.9", "1.5"),
            ("!=1.5", "1.4", "1.5.0"),
            ("<=2024.1", "2023.12.1", "2024.2"),
            ("<2", "1!0.1", "2.0.1"),
        ] {
            assert!(!contains(range, outside), "{range} {outside}");
            assert_eq!(contains(range, inside), !inside.contains('!'), "{range} {inside}");
        }
    }

    #[test]
    fn ranges_of_semantic_versions_are_read() {
        for (range, inside, outside) in [
            ("^1.2", "1.9.0", "2.0.0"),
            ("~1.2.3", "1.2.9", "1.3.0"),
            ("<1.2.3", "1.2.2", "1.2.3"),
            (">=0.4.0, <0.5.0", "0.4.7", "0.5.0"),
        ] {
            assert!(contains(range, inside) && !contains(range, outside), "{range}");
        }
        assert!(contains("<2.0.0", "v1.8.1"));
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_in_both() {
        // Before 1.2.3 to npm, and after it to Python.
        assert!(!contains(">=1.2.3", "1.2.3-1"));
        assert!(!contains("<1.2.3", "1.2.3-beta.1"));
        assert!(!contains(">1.0", "nightly"));
        assert!(!contains(">1.0", ""));
    }

    #[test]
    fn what_is_no_range_is_none() {
        for text in ["", " ", "*", "soon", ">> 1", "<"] {
            assert_eq!(Versions::read(text), None, "{text:?}");
        }
    }
}
