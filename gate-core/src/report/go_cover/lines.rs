//! From blocks to lines.
//!
//! The lines of a block are those from its first to its last, without those on which only a brace
//! stands, as far as blocks tell: where a block begins where another ends, or behind an `else`, its
//! brace is on that line and what ran there is the other's. Such a block, and the body of a function,
//! ends with a brace on a line of its own, unless it has as many statements as lines. A block of one
//! statement that begins where a statement does is one line, its first, however many it is written
//! on. A block without statements has no line. Of two blocks on a line the higher count holds.

use std::collections::{BTreeMap, BTreeSet};

use super::block::{Block, Counts, Place};
use crate::{
    evidence::Line,
    report::{
        ReadProblem,
        measured::{distinct, plain_line},
    },
};

/// More lines than these no profile is about.
pub(super) const MOST: u64 = 10_000_000;

/// How far behind the brace before an `else` its own block begins: ` else`.
const ELSE: u32 = 5;

/// A statement within a function begins at a tab stop; farther to the right, what begins is a body
/// or what belongs to a `case`.
const FARTHEST_STATEMENT: u32 = 8;

/// The lines of one file, as long as there is room for them in the report.
pub(super) fn of(
    blocks: &BTreeMap<Block, Counts>,
    room: &mut u64,
) -> Result<Vec<Line>, ReadProblem> {
    let starts: BTreeSet<Place> = blocks.keys().map(|block| block.start).collect();
    let ends: BTreeSet<Place> = blocks.keys().map(|block| block.end).collect();
    let mut lines = Vec::new();
    for (block, counts) in blocks.iter().filter(|(_, counts)| counts.statements > 0) {
        let (first, last) = span(*block, counts.statements, &starts, &ends);
        *room = room.checked_sub(u64::from(last - first) + 1).ok_or_else(|| {
            ReadProblem::BeyondLimit(format!("the blocks have more than {MOST} lines"))
        })?;
        lines.extend((first..=last).map(|number| plain_line(number, counts.hits)));
    }
    distinct(&mut lines);
    Ok(lines)
}

/// The first and the last line of a block that say something.
fn span(
    block: Block,
    statements: u32,
    starts: &BTreeSet<Place>,
    ends: &BTreeSet<Place>,
) -> (u32, u32) {
    let Block { start, end } = block;
    if start.line == end.line {
        return (start.line, end.line);
    }
    let behind_else = Place { column: start.column.saturating_sub(ELSE), ..start };
    let is_body = ends.contains(&start) || ends.contains(&behind_else);
    if statements == 1 && !is_body && start.column <= FARTHEST_STATEMENT {
        return (start.line, start.line);
    }
    let first = if is_body { start.line + 1 } else { start.line };
    let is_closed = end.column <= 2 || (is_body && !starts.contains(&end));
    let has_room = end.line - first >= statements;
    let last = if is_closed && has_room { end.line - 1 } else { end.line };
    (first, last.max(first))
}
