//! JaCoCo's XML, as its tasks for Maven, Gradle, Ant and the command line write it.
//!
//! What counts are the lines of the source files. A line ran if at least one of its instructions ran;
//! how often, JaCoCo does not know. Its branches are those that JaCoCo counts. A file is named by its
//! package, so that its path in the repository has to be found; in a report of several modules, its
//! module helps to tell it from others.

mod document;
#[cfg(test)]
mod tests;

use super::{Format, ReadError, ReadOptions, measured::Measured, xml};
use crate::evidence::Report;
use document::Document;

const ROOTS: &[&str] = &["report"];

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let document = || Document::new(Measured::new(Format::Jacoco, options));
    let (document, notes) = xml::read(bytes, options, Format::Jacoco, ROOTS, document)?;
    let mut measured = document.finish();
    measured.notes.append(notes);
    measured.report().map_err(ReadError::new)
}
