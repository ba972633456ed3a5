//! LCOV, as lcov, geninfo, coverage.py, istanbul, gcovr, node and others write it.
//!
//! The lines are those of `DA`, the branches those of `BRDA`; a file may have several records, one a
//! test. Of two statements about a line the higher hits count, and an outcome of a branch that ran
//! in one of them ran. The totals of the records are compared and never used.

mod record;
#[cfg(test)]
mod tests;

use super::{
    Format, ReadError, ReadOptions, ReadProblem,
    measured::{Declared, Measured},
    text::{self, Expected},
};
use crate::evidence::Report;
use record::Records;

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let limits = &options.limits;
    let text = text::text(bytes, Expected::Report(Format::Lcov), limits)?;
    let mut records = Records::new(Measured::new(Format::Lcov, options), limits);
    for (start, line) in text::lines(text) {
        let taken = text::check_line(line, limits).and_then(|()| records.take(line));
        taken.map_err(|problem| ReadError::at(problem, text.as_bytes(), start))?;
    }
    if let Some(open) = records.open() {
        let problem = ReadProblem::Truncated(format!("the record of {open} has no end_of_record"));
        return Err(ReadError::at(problem, text.as_bytes(), text.len()));
    }
    records.report().map_err(ReadError::new)
}

/// What the records of one report declare together.
#[derive(Debug, Clone, Copy, Default)]
struct Sums(Declared);

impl Sums {
    /// Adds what one record declares under this key.
    fn add(&mut self, key: &str, count: u64) {
        let slot = match key {
            "LF" => &mut self.0.lines,
            "LH" => &mut self.0.covered_lines,
            "BRF" => &mut self.0.branches,
            "BRH" => &mut self.0.covered_branches,
            _ => return,
        };
        *slot = Some(slot.unwrap_or(0).saturating_add(count));
    }
}
