//! Cobertura XML, as two dozen writers write it.
//!
//! What counts is every distinct `(file, line)` with a number from 1: the lines that a class lists
//! itself, or those of its methods where it lists none; classes of one file come together, and of
//! two statements about one line the higher counts. The totals that the report declares are kept,
//! compared and never used.
//!
//! One state machine ([`document`]) takes the events. They come from a text ([`text`]), with a
//! hand-written scanner for the lines ([`scan`]), from a text in several parts at once ([`split`])
//! or from a stream ([`stream`]); the evidence, the notes and the refusals are the same.

mod body;
mod class;
mod document;
mod files;
mod lines;
mod scan;
mod split;
mod stream;
mod tag;
#[cfg(test)]
mod tests;
mod text;
mod totals;

use std::io::{BufRead, Cursor, Read as _};

use self::{body::Body, document::Document};
use super::{
    Format, ReadError, ReadOptions, too_large,
    xml::{self, Encoding, Fault, Outcome, encoding},
};
use crate::{
    evidence::{Account, Content, Coverage, Report, Unit},
    measure::RepoPath,
};

/// Which of the ways to the same result is gone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    /// Everything through quick-xml.
    pub(crate) plain: bool,
    /// From how many bytes on a text is read in parts, where several threads are allowed.
    pub(crate) split_from: usize,
}

impl Default for Way {
    fn default() -> Self {
        Self { plain: false, split_from: 8 << 20 }
    }
}

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    xml::decoded(bytes, |text, encoding| read_text(text, encoding, options))
        .map_err(|error| xml::by_name(error, bytes, Format::Cobertura))
}

pub(super) fn read_stream(
    mut source: impl BufRead,
    options: &ReadOptions,
) -> Result<Report, ReadError> {
    let limit = options.limits.bytes;
    let mut beginning = Vec::new();
    let io = |error: std::io::Error| ReadError::new(error.into());
    source.by_ref().take(encoding::PREFIX as u64).read_to_end(&mut beginning).map_err(io)?;
    if beginning.is_empty()
        || encoding::utf_16(&beginning).is_some()
        || encoding::declares_one_byte(&beginning)
    {
        // These need all of the text at once, or have none.
        source.take(limit.saturating_add(1)).read_to_end(&mut beginning).map_err(io)?;
        if beginning.len() as u64 > limit {
            return Err(ReadError::new(too_large(limit)));
        }
        return read(&beginning, options);
    }
    let mut feed = || {
        let from = encoding::beginning(&beginning)?;
        let mut document = Document::new(&options.limits, Encoding::Utf8);
        let mut begun = Cursor::new(&beginning);
        begun.set_position(from as u64);
        let source = begun.chain(&mut source);
        let end = stream::feed(&mut document, source, from as u64, limit, !options.way.plain)?;
        report(document.finish(end)?, options)
    };
    feed().map_err(|fault| xml::by_name(fault.into_error(None), &beginning, Format::Cobertura))
}

fn read_text(text: &[u8], encoding: Encoding, options: &ReadOptions) -> Result<Report, ReadError> {
    let body = || -> Outcome<Body> {
        let from = encoding::beginning(text)?;
        let fast = !options.way.plain;
        if fast && let Some(body) = split::read(text, from, encoding, options) {
            return Ok(body);
        }
        let mut document = Document::new(&options.limits, encoding);
        text::feed(&mut document, text, from, fast)?;
        document.finish(text.len() as u64)
    };
    body().and_then(|body| report(body, options)).map_err(|fault| fault.into_error(Some(text)))
}

/// The report that a complete document is.
fn report(body: Body, options: &ReadOptions) -> Outcome<Report> {
    body.check()?;
    let Body { reported, sources, files, mut notes, .. } = body;
    let sources: Vec<_> = sources.iter().map(|source| RepoPath::normalised(source)).collect();
    let files = files.resolve(&options.layout, &sources, &mut notes).map_err(Fault::whole)?;
    let examined = files.iter().filter(|file| !file.lines().is_empty()).count() as u64;
    let coverage = Coverage { files, reported };
    totals::compare(&coverage, &mut notes);
    let account = Account::stated(Unit::Files, examined);
    let content = Content::Coverage(coverage);
    Ok(Report::new(Format::Cobertura.name(), content, account).with_notes(notes.finish()))
}
