//! The lines of a class, as they are listed.

use crate::evidence::{Line, Notes};

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
