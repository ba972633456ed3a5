//! Where in the repository something is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A path as reports and rules compare it: forward slashes, no `./`, no empty or `..` segments
/// where they can be resolved.
///
/// A path from the repository's root is relative. One that could not be brought there stays as the
/// report had it (absolute, or with a drive letter), normalised in its slashes only, and the
/// reader says so in a note.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RepoPath(String);

impl RepoPath {
    /// Normalises the writing of a path: `\` becomes `/`, `.` and empty segments go, `..` takes the
    /// segment before it. A leading `/`, `//server` or `C:` stays.
    #[must_use]
    pub fn normalised(raw: &str) -> Self {
        if is_plain(raw) {
            return Self(raw.to_owned());
        }
        let raw = raw.replace('\\', "/");
        let (start, rest) = match raw.strip_prefix("//") {
            Some(rest) => ("//", rest),
            None => raw.strip_prefix('/').map_or(("", raw.as_str()), |rest| ("/", rest)),
        };
        let mut kept: Vec<&str> = Vec::new();
        for segment in rest.split('/') {
            match segment {
                "" | "." => {}
                ".." if kept.last().is_some_and(|&last| last != ".." && !is_drive(last)) => {
                    kept.pop();
                }
                // Above the root of an absolute path is the root.
                ".." if !start.is_empty() => {}
                segment => kept.push(segment),
            }
        }
        Self(format!("{start}{}", kept.join("/")))
    }

    /// The written form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the path is relative and stays below where it starts.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        let first = self.0.split('/').next().unwrap_or_default();
        !self.0.is_empty() && !first.is_empty() && first != ".." && !is_drive(first)
    }

    /// What is left of this path below `root`, if it is below it.
    #[must_use]
    pub fn below(&self, root: &Self) -> Option<Self> {
        let rest = self.0.strip_prefix(root.0.trim_end_matches('/'))?.strip_prefix('/')?;
        (!rest.is_empty()).then(|| Self(rest.to_owned()))
    }

    /// This path, taken as relative to `base`.
    #[must_use]
    pub fn under(&self, base: &Self) -> Self {
        Self::normalised(&format!("{}/{}", base.0, self.0))
    }
}

/// Whether a path needs no rewriting; nearly all of them do not.
fn is_plain(raw: &str) -> bool {
    !raw.contains('\\')
        && !raw.starts_with('/')
        && raw.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}

fn is_drive(segment: &str) -> bool {
    matches!(segment.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for RepoPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// A place in a file of the repository. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// The file.
    pub path: RepoPath,
    /// The first line, where the tool named one.
    pub line: Option<u32>,
    /// The last line, where the tool named one.
    pub end_line: Option<u32>,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.path),
            None => self.path.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_every_writer_come_to_one_form() {
        for (raw, normal) in [
            ("src/a.py", "src/a.py"),
            ("./src/a.py", "src/a.py"),
            (r"src\App.vue", "src/App.vue"),
            ("src//a.py", "src/a.py"),
            ("src/../lib/a.py", "lib/a.py"),
            ("../lib/a.py", "../lib/a.py"),
            ("/home/runner/./a.py", "/home/runner/a.py"),
            ("/../a.py", "/a.py"),
            (r"C:\work\a.cs", "C:/work/a.cs"),
            (r"C:\..\a.cs", "C:/../a.cs"),
            (r"\\server\share\a.cs", "//server/share/a.cs"),
            ("a/", "a"),
        ] {
            assert_eq!(RepoPath::normalised(raw).as_str(), normal, "{raw}");
        }
    }

    #[test]
    fn only_relative_paths_are_inside() {
        for (raw, inside) in
            [("a.py", true), ("../a.py", false), ("/a.py", false), ("C:/a.py", false), ("", false)]
        {
            assert_eq!(RepoPath::normalised(raw).is_inside(), inside, "{raw}");
        }
    }

    #[test]
    fn below_needs_a_whole_segment() {
        let root = RepoPath::normalised("/w/repo/");
        assert_eq!(RepoPath::normalised("/w/repo/a.py").below(&root).unwrap().as_str(), "a.py");
        assert_eq!(RepoPath::normalised("/w/repository/a.py").below(&root), None);
    }
}
