//! Lines and branches that ran, per file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::measure::{Ratio, RepoPath};

/// What a coverage report says, counted as distinct lines: every `(file, line)` once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The files, in the order of their paths, each once.
    pub files: Vec<FileCoverage>,
    /// The totals and other attributes that the report declares at its root, as they stand there.
    /// Shown, compared and noted where they differ from the lines; no rule uses them.
    pub reported: BTreeMap<String, String>,
}

/// One file of a coverage report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCoverage {
    path: RepoPath,
    lines: Box<[Line]>,
    totals: Totals,
}

/// One executable line. Twelve bytes, because a monorepo has millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The line's number, from 1.
    pub number: u32,
    /// How often it ran; what is beyond 2^32 − 1 stays there.
    pub hits: u32,
    /// How many of its branches ran.
    pub branches_covered: u16,
    /// How many branches it has.
    pub branches_total: u16,
}

impl Line {
    /// Whether the line ran at least once.
    #[must_use]
    pub const fn is_covered(self) -> bool {
        self.hits > 0
    }

    /// Whether the line ran, but not all of its branches did.
    #[must_use]
    pub const fn is_partial(self) -> bool {
        self.is_covered() && self.branches_covered < self.branches_total
    }

    /// Both statements about one line, as one: the higher hits, the higher branch counts.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        Self {
            number: self.number,
            hits: self.hits.max(other.hits),
            branches_covered: self.branches_covered.max(other.branches_covered),
            branches_total: self.branches_total.max(other.branches_total),
        }
    }
}

/// The counts of some files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Distinct lines.
    pub lines: Ratio,
    /// Branches of distinct lines.
    pub branches: Ratio,
    /// Lines that are covered but not with all their branches.
    pub partial: u64,
}

impl Totals {
    /// Lines and branches together: (lines + branches covered) / (lines + branches), which is
    /// coverage.py's own total.
    #[must_use]
    pub fn combined(self) -> Ratio {
        self.lines.plus(self.branches)
    }

    /// Both added up.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            lines: self.lines.plus(other.lines),
            branches: self.branches.plus(other.branches),
            partial: self.partial + other.partial,
        }
    }

    /// The counts of some lines, of whatever files, each given once.
    #[must_use]
    pub fn of_lines(lines: &[Line]) -> Self {
        Self::of(lines)
    }

    fn of(lines: &[Line]) -> Self {
        // Plain sums over the slice: the compiler turns them into wide additions.
        let count = |value: fn(&Line) -> u64| lines.iter().map(value).sum::<u64>();
        // A line's covered branches are never above its total and a slice is shorter than 2^40, so
        // these ratios always exist.
        let ratio = |covered, total| Ratio::new(covered, total).unwrap_or_default();
        Self {
            lines: ratio(count(|line| u64::from(line.is_covered())), lines.len() as u64),
            branches: ratio(
                count(|line| u64::from(line.branches_covered)),
                count(|line| u64::from(line.branches_total)),
            ),
            partial: count(|line| u64::from(line.is_partial())),
        }
    }
}

/// The lines of a file are out of order, doubled, numbered 0, or a line has more covered branches
/// than branches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lines of a file ascend from 1, and none has more covered branches than branches")]
pub struct LineOrderError;

impl FileCoverage {
    /// A file with these lines.
    ///
    /// # Errors
    /// When the lines do not strictly ascend from 1, or one has more covered branches than
    /// branches.
    pub fn new(path: RepoPath, lines: impl Into<Box<[Line]>>) -> Result<Self, LineOrderError> {
        let lines = lines.into();
        let mut last = 0;
        for line in &lines {
            if line.number <= last || line.branches_covered > line.branches_total {
                return Err(LineOrderError);
            }
            last = line.number;
        }
        let totals = Totals::of(&lines);
        Ok(Self { path, lines, totals })
    }

    /// The file.
    #[must_use]
    pub const fn path(&self) -> &RepoPath {
        &self.path
    }

    /// Its executable lines, ascending.
    #[must_use]
    pub const fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Its executable line of this number.
    #[must_use]
    pub fn line(&self, number: u32) -> Option<Line> {
        let at = self.lines.binary_search_by_key(&number, |line| line.number).ok()?;
        self.lines.get(at).copied()
    }

    /// Its counts.
    #[must_use]
    pub const fn totals(&self) -> Totals {
        self.totals
    }
}

impl Coverage {
    /// The file of this path.
    #[must_use]
    pub fn file(&self, path: &RepoPath) -> Option<&FileCoverage> {
        let at = self.files.binary_search_by(|file| file.path.cmp(path)).ok()?;
        self.files.get(at)
    }

    /// The counts of all files together.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.files.iter().fold(Totals::default(), |sum, file| sum.plus(file.totals))
    }
}

/// Lines as arrays, `[number, hits]` or `[number, hits, covered, total]`: a record of a large
/// project stays a few megabytes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    path: RepoPath,
    lines: Vec<Vec<u32>>,
}

impl Serialize for FileCoverage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = |line: &Line| {
            let mut numbers = vec![line.number, line.hits];
            if line.branches_total > 0 {
                numbers.extend([line.branches_covered, line.branches_total].map(u32::from));
            }
            numbers
        };
        let lines = self.lines.iter().map(stored).collect();
        Stored { path: self.path.clone(), lines }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FileCoverage {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let stored = Stored::deserialize(deserializer)?;
        let line = |numbers: &Vec<u32>| match *numbers.as_slice() {
            [number, hits] => Some(Line { number, hits, branches_covered: 0, branches_total: 0 }),
            [number, hits, covered, total] => Some(Line {
                number,
                hits,
                branches_covered: u16::try_from(covered).ok()?,
                branches_total: u16::try_from(total).ok()?,
            }),
            _ => None,
        };
        let lines: Option<Box<[Line]>> = stored.lines.iter().map(line).collect();
        let lines = lines.ok_or_else(|| {
            D::Error::custom("a line is [number, hits] or [number, hits, covered, total]")
        })?;
        Self::new(stored.path, lines).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u32, hits: u32, branches_covered: u16, branches_total: u16) -> Line {
        Line { number, hits, branches_covered, branches_total }
    }

    fn file(lines: Vec<Line>) -> Result<FileCoverage, LineOrderError> {
        FileCoverage::new(RepoPath::normalised("a.py"), lines)
    }

    #[test]
    fn counts_lines_branches_and_partial_lines_apart() {
        let totals =
            file(vec![line(1, 1, 0, 0), line(2, 3, 1, 2), line(3, 0, 0, 2)]).unwrap().totals();
        assert_eq!(totals.lines, Ratio::new(2, 3).unwrap());
        assert_eq!(totals.branches, Ratio::new(1, 4).unwrap());
        assert_eq!(totals.partial, 1);
        assert_eq!(totals.combined(), Ratio::new(3, 7).unwrap());
    }

    #[test]
    fn an_uncovered_line_may_have_covered_branches() {
        // coverage.py writes `hits="0"` with `100% (2/2)` for an optimised-away `if 1:`.
        let totals = file(vec![line(1, 0, 2, 2)]).unwrap().totals();
        assert_eq!(totals.lines, Ratio::new(0, 1).unwrap());
        assert_eq!(totals.branches, Ratio::new(2, 2).unwrap());
    }

    #[test]
    fn lines_must_ascend() {
        assert_eq!(file(vec![line(0, 1, 0, 0)]), Err(LineOrderError));
        assert_eq!(file(vec![line(2, 1, 0, 0), line(2, 1, 0, 0)]), Err(LineOrderError));
        assert_eq!(file(vec![line(1, 1, 3, 2)]), Err(LineOrderError));
    }

    #[test]
    fn is_stored_compactly_and_read_back() {
        let file = file(vec![line(1, 1, 0, 0), line(2, 3, 1, 2)]).unwrap();
        let json = serde_json::to_string(&file).unwrap();
        assert_eq!(json, r#"{"path":"a.py","lines":[[1,1],[2,3,1,2]]}"#);
        assert_eq!(serde_json::from_str::<FileCoverage>(&json).unwrap(), file);
        assert!(serde_json::from_str::<FileCoverage>(r#"{"path":"a","lines":[[1]]}"#).is_err());
    }
}
