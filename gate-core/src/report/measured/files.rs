//! The lines of the report's files, as they come together from its parts.

use std::collections::{BTreeMap, HashMap};

use crate::{
    evidence::{FileCoverage, Line, NoteCode, Notes},
    measure::{Message, RepoPath},
    report::{Layout, ReadProblem},
};

/// Sorts lines and merges those of one number. Returns how many went, and the first number of
/// which there were several.
pub(in crate::report) fn distinct(lines: &mut Vec<Line>) -> (usize, Option<u32>) {
    let listed = lines.len();
    let mut first_double = None;
    lines.sort_unstable_by_key(|line| line.number);
    lines.dedup_by(|later, kept| {
        let is_double = later.number == kept.number;
        if is_double {
            *kept = kept.merged(*later);
            first_double = first_double.or(Some(kept.number));
        }
        is_double
    });
    (listed - lines.len(), first_double)
}

/// A class with more lines than this gives its file the memory that it was read into, rather than
/// a copy.
const MOVED_FROM: usize = 1 << 16;

/// What stands between the name of a module and the name of a file; no reader accepts it in a name.
const WITHIN: char = '\0';

/// Files under the names that the report gives them.
#[derive(Debug, Default)]
pub(in crate::report) struct Files {
    by_name: HashMap<Box<str>, usize>,
    lines: Vec<FileLines>,
}

#[derive(Debug, Default)]
struct FileLines {
    lines: Vec<Line>,
    /// Whether the lines of several classes are here, which may overlap.
    is_mixed: bool,
}

impl FileLines {
    fn append(&mut self, lines: &[Line]) {
        let (last, first) = (self.lines.last(), lines.first());
        self.is_mixed |= matches!((last, first), (Some(a), Some(b)) if a.number >= b.number);
        self.lines.extend_from_slice(lines);
    }

    fn merge(&mut self, other: Self) {
        self.is_mixed |= other.is_mixed;
        if self.lines.is_empty() {
            self.lines = other.lines;
        } else {
            self.append(&other.lines);
        }
    }

    fn finish(mut self, path: RepoPath) -> Result<FileCoverage, ReadProblem> {
        if self.is_mixed {
            distinct(&mut self.lines);
        }
        FileCoverage::new(path, self.lines)
            .map_err(|error| ReadProblem::Malformed(error.to_string()))
    }
}

impl Files {
    /// The file of this name, added if it is new.
    pub(in crate::report) fn named(&mut self, name: &str) -> usize {
        if let Some(&file) = self.by_name.get(name) {
            return file;
        }
        let file = self.lines.len();
        self.lines.push(FileLines::default());
        self.by_name.insert(name.into(), file);
        file
    }

    /// The file of this name in a module of this name, where the report tells modules apart.
    pub(in crate::report) fn named_within(&mut self, within: &str, name: &str) -> usize {
        match within {
            "" => self.named(name),
            within => self.named(&format!("{within}{WITHIN}{name}")),
        }
    }

    pub(in crate::report) const fn count(&self) -> usize {
        self.lines.len()
    }

    /// Adds the lines of a class, which ascend strictly. May take their memory.
    pub(in crate::report) fn add(&mut self, file: usize, lines: &mut Vec<Line>) {
        let Some(file) = self.lines.get_mut(file) else {
            return;
        };
        if file.lines.is_empty() && lines.len() > MOVED_FROM {
            lines.shrink_to_fit();
            file.lines = std::mem::take(lines);
        } else {
            file.append(lines);
        }
    }

    /// Adds the files of a later part of the same report.
    pub(in crate::report) fn append(&mut self, later: Self) {
        let Self { by_name, mut lines } = later;
        for (name, later) in in_order(by_name) {
            let file = self.named(&name);
            if let (Some(file), Some(later)) = (self.lines.get_mut(file), lines.get_mut(later)) {
                file.merge(std::mem::take(later));
            }
        }
    }

    /// The files under their paths in the repository, in the order of these.
    pub(in crate::report) fn resolve(
        self,
        layout: &Layout,
        sources: &[RepoPath],
        notes: &mut Notes,
    ) -> Result<Vec<FileCoverage>, ReadProblem> {
        let names = in_order(self.by_name);
        let names: Vec<_> = names
            .iter()
            .map(|(name, _)| name.split_once(WITHIN).unwrap_or(("", name)))
            .map(|(within, name)| {
                (within, name, layout.resolve_within(within, name, sources, notes))
            })
            .collect();
        // Two modules have no file in common: where nothing tells theirs apart, they stay apart.
        let mut homes: HashMap<&RepoPath, Option<&str>> = HashMap::new();
        for (within, _, path) in names.iter().filter(|(within, ..)| !within.is_empty()) {
            let home = homes.entry(path).or_insert(Some(within));
            *home = home.filter(|home| home == within);
        }
        let mut by_path: BTreeMap<RepoPath, FileLines> = BTreeMap::new();
        for ((within, name, path), lines) in names.iter().zip(self.lines) {
            let path = if homes.get(path) == Some(&None) {
                notes.add(NoteCode::PathAmbiguous, || {
                    Message::default().quote(name).say(" is a file of several modules")
                });
                RepoPath::normalised(&format!("{within}/{name}"))
            } else {
                path.clone()
            };
            by_path.entry(path).or_default().merge(lines);
        }
        by_path.into_iter().map(|(path, lines)| lines.finish(path)).collect()
    }
}

fn in_order(by_name: HashMap<Box<str>, usize>) -> Vec<(Box<str>, usize)> {
    let mut names: Vec<_> = by_name.into_iter().collect();
    names.sort_unstable_by_key(|&(_, file)| file);
    names
}
