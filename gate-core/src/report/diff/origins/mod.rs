//! Where added lines come from that are not new: from lines that went elsewhere, or from the lines
//! in whose place they stand, in another form.
//!
//! Whole blocks are looked for first ([`blocks`]), in all files. What is left is compared with what
//! is left beside the places that its neighbours come from ([`gaps`]), token by token.
//!
//! At last, what is not the whole of a statement is not the same ([`statements`]).
//!
//! Only what went can be an origin, and each line of it once: a copy is new.

mod blocks;
mod comments;
mod gaps;
mod same_code;
mod statements;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::File;
use crate::evidence::{ChangeKind, Motion, Origin};

/// The origins of one file's added lines, by their numbers.
pub(super) type Origins = BTreeMap<u32, Origin>;

/// A line of the diff.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: u32,
    /// Its code, without a comment after it.
    text: &'a [u8],
    whole: &'a [u8],
    /// Which group of its file it belongs to.
    group: usize,
}

/// The lines of one file that went and that came, ascending.
#[derive(Default)]
struct Sides<'a> {
    is_python: bool,
    gone: Vec<Line<'a>>,
    come: Vec<Line<'a>>,
}

/// What an added line was.
#[derive(Clone, Copy)]
struct Was {
    /// The file of the diff.
    file: usize,
    /// The lines on which its code stood.
    first: u32,
    last: u32,
    how: Motion,
}

/// What is known so far.
struct Known {
    /// For each file, its added lines whose origin was found.
    was: Vec<BTreeMap<u32, Was>>,
    /// For each file, its lines that are somebody's origin.
    used: Vec<BTreeSet<u32>>,
}

impl Known {
    fn of(&self, file: usize, line: u32) -> Option<Was> {
        self.was.get(file)?.get(&line).copied()
    }

    fn is_used(&self, file: usize, line: u32) -> bool {
        self.used.get(file).is_some_and(|used| used.contains(&line))
    }

    fn forget(&mut self, file: usize, line: u32) {
        if let Some(known) = self.was.get_mut(file) {
            known.remove(&line);
        }
    }

    fn found(&mut self, file: usize, line: u32, was: Was) {
        if let Some((known, used)) = self.was.get_mut(file).zip(self.used.get_mut(was.file)) {
            used.extend(was.first..=was.last);
            known.insert(line, was);
        }
    }
}

/// The origins of every file's added lines.
pub(super) fn find(files: &[File<'_>]) -> Vec<Origins> {
    let sides: Vec<Sides<'_>> = files.iter().map(sides).collect();
    let mut known =
        Known { was: vec![BTreeMap::new(); files.len()], used: vec![BTreeSet::new(); files.len()] };
    blocks::find(&sides, &mut known);
    gaps::find(&sides, &mut known);
    statements::check(&sides, &mut known);
    let origin = |was: Was| {
        let path = files.get(was.file)?.change.base_path().clone();
        Some(Origin { path, start: was.first, how: was.how })
    };
    let all = known.was.into_iter();
    all.map(|lines| {
        lines.into_iter().filter_map(|(line, was)| Some((line, origin(was)?))).collect()
    })
    .collect()
}

fn sides<'a>(file: &File<'a>) -> Sides<'a> {
    let path = file.change.path.as_str();
    let is_python = path.ends_with(".py") || path.ends_with(".pyi");
    let mut sides = Sides { is_python, ..Sides::default() };
    // What a copy does not have is still in the original.
    if file.change.kind == ChangeKind::Copied {
        return sides;
    }
    let mark = comments::mark(path);
    for (group, lines) in file.groups.iter().enumerate() {
        let line = |(number, &whole): (u32, &&'a [u8])| {
            let text = comments::without(whole, mark);
            Line { number, text, whole, group }
        };
        sides.gone.extend((lines.old_start..).zip(&lines.removed).map(line));
        sides.come.extend((lines.new_start..).zip(&lines.added).map(line));
    }
    sides
}

/// How a line came: what stands in the place of the lines that it was, in another form, was
/// reformatted. (In the same form it has changed places with something.)
fn motion(from: (usize, Line<'_>), to: (usize, Line<'_>)) -> Motion {
    let is_here = from.0 == to.0 && from.1.group == to.1.group;
    if is_here && from.1.whole.trim_ascii_end() != to.1.whole.trim_ascii_end() {
        Motion::Reformatted
    } else {
        Motion::Moved
    }
}
