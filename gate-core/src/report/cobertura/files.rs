//! The lines of the report's files, as they come together from its classes.

use std::collections::{BTreeMap, HashMap};

use crate::{
    evidence::{FileCoverage, Line, Notes},
    measure::RepoPath,
    report::{
        Layout, ReadProblem,
        xml::{Fault, Outcome},
    },
};

/// Lines of a class in the order in which they are listed, with what was odd about them. Kept and
/// emptied from class to class.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) lines: Vec<Line>,
    /// Whether the numbers do not ascend strictly.
    pub(super) is_unordered: bool,
    pub(super) notes: Notes,
}

impl Listed {
    pub(super) fn push(&mut self, line: Line) {
        self.is_unordered |= self.last() >= line.number;
        self.lines.push(line);
    }

    /// The number of the line listed last, 0 before the first.
    pub(super) fn last(&self) -> u32 {
        self.lines.last().map_or(0, |line| line.number)
    }

    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.is_unordered = false;
        self.notes = Notes::default();
    }
}

/// Sorts lines and merges those of one number. Returns how many went, and the first number of
/// which there were several.
pub(super) fn distinct(lines: &mut Vec<Line>) -> (usize, Option<u32>) {
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

/// Files under the names that the report gives them.
#[derive(Debug, Default)]
pub(super) struct Files {
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

    fn finish(mut self, path: RepoPath) -> Outcome<FileCoverage> {
        if self.is_mixed {
            distinct(&mut self.lines);
        }
        FileCoverage::new(path, self.lines)
            .map_err(|error| Fault::whole(ReadProblem::Malformed(error.to_string())))
    }
}

impl Files {
    /// The file of this name, added if it is new.
    pub(super) fn named(&mut self, name: &str) -> usize {
        if let Some(&file) = self.by_name.get(name) {
            return file;
        }
        let file = self.lines.len();
        self.lines.push(FileLines::default());
        self.by_name.insert(name.into(), file);
        file
    }

    pub(super) const fn count(&self) -> usize {
        self.lines.len()
    }

    /// Adds the lines of a class, which ascend strictly. May take their memory.
    pub(super) fn add(&mut self, file: usize, lines: &mut Vec<Line>) {
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
    pub(super) fn append(&mut self, later: Self) {
        let Self { by_name, mut lines } = later;
        for (name, later) in in_order(by_name) {
            let file = self.named(&name);
            if let (Some(file), Some(later)) = (self.lines.get_mut(file), lines.get_mut(later)) {
                file.merge(std::mem::take(later));
            }
        }
    }

    /// The files under their paths in the repository, in the order of these.
    pub(super) fn resolve(
        self,
        layout: &Layout,
        sources: &[RepoPath],
        notes: &mut Notes,
    ) -> Outcome<Vec<FileCoverage>> {
        let mut by_path: BTreeMap<RepoPath, FileLines> = BTreeMap::new();
        for ((name, _), lines) in in_order(self.by_name).into_iter().zip(self.lines) {
            by_path.entry(layout.resolve(&name, sources, notes)).or_default().merge(lines);
        }
        by_path.into_iter().map(|(path, lines)| lines.finish(path)).collect()
    }
}

fn in_order(by_name: HashMap<Box<str>, usize>) -> Vec<(Box<str>, usize)> {
    let mut names: Vec<_> = by_name.into_iter().collect();
    names.sort_unstable_by_key(|&(_, file)| file);
    names
}
