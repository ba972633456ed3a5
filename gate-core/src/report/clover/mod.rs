//! Clover XML, as OpenClover, PHPUnit, istanbul and gcovr write it.
//!
//! What counts are the lines of statements and conditions below the `project`; the first lines of
//! methods, which PHPUnit and OpenClover list too, are no statements, and what lies below the
//! `testproject` are the tests. Writers mean two things by a condition: see [`document`].

mod document;
#[cfg(test)]
mod tests;

use super::{Format, ReadError, ReadOptions, measured::Measured, xml};
use crate::evidence::Report;
use document::Document;

const ROOTS: &[&str] = &["coverage"];

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let document = || Document::new(Measured::new(Format::Clover, options));
    let (document, notes) = xml::read(bytes, options, Format::Clover, ROOTS, document)?;
    let mut measured = document.finish()?;
    measured.notes.append(notes);
    measured.report().map_err(ReadError::new)
}
