//! The elements of a document one by one, for the readers of formats that need no speed beyond
//! quick-xml's own.

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{
    Fault, Frame, Outcome, attributes::Element, by_name, cut_only, decoded, encoding, frame, next,
    too_long,
};
use crate::{
    evidence::Notes,
    report::{
        Format, Limits, ReadError, ReadOptions,
        recognise::{Looks, look},
    },
};

/// What a reader makes of the elements of a document.
pub(in crate::report) trait Elements {
    /// An element begins within the open ones; the root is the first.
    fn open(&mut self, name: &str, element: Element<'_>) -> Outcome;

    /// Text within the innermost open element, its references resolved; it may come in pieces.
    fn text(&mut self, text: &str) -> Outcome;

    /// The innermost open element ends.
    fn close(&mut self, at: u64) -> Outcome;
}

/// What `elements` make of a document with one of these roots, and what was odd about its form.
/// Tags have the length of a token at most; text, of which a reader keeps what it needs, is bounded
/// by the report.
pub(in crate::report) fn read<E: Elements>(
    bytes: &[u8],
    options: &ReadOptions,
    format: Format,
    roots: &[&str],
    elements: impl Fn() -> E,
) -> Result<(E, Notes), ReadError> {
    let read = |text: &[u8], encoding| {
        let mut document = Document {
            limits: &options.limits,
            frame: Frame::new(encoding),
            stack: Vec::new(),
            notes: Notes::default(),
            format,
            roots,
            text,
            elements: elements(),
        };
        match document.feed() {
            Ok(()) => Ok((document.elements, document.notes)),
            Err(fault) => Err(fault.into_error(Some(text))),
        }
    };
    decoded(bytes, read).map_err(|error| by_name(error, bytes, format))
}

struct Document<'o, E> {
    limits: &'o Limits,
    frame: Frame,
    /// The open elements, the root first.
    stack: Vec<Box<str>>,
    notes: Notes,
    format: Format,
    roots: &'o [&'o str],
    text: &'o [u8],
    elements: E,
}

impl<E: Elements> Document<'_, E> {
    fn feed(&mut self) -> Outcome {
        let text = self.text;
        let from = encoding::beginning(text)?;
        let mut reader = Reader::from_reader(text.get(from..).unwrap_or_default());
        cut_only(reader.config_mut());
        loop {
            let (event, at) = next(&mut reader, text, usize::MAX)?;
            frame::no_nul(event.as_bytes(), at)?;
            match &event {
                Event::Start(start) => self.open(start, at)?,
                Event::Empty(start) => {
                    self.open(start, at)?;
                    self.leave(at)?;
                }
                Event::End(end) => {
                    let found = end.name().0;
                    let open = self.stack.last().map(AsRef::as_ref);
                    if open != Some(found) {
                        return Err(frame::wrong_end(found, open, at));
                    }
                    self.leave(at)?;
                }
                Event::Text(text) if self.stack.is_empty() => frame::outside(text, at)?,
                Event::Text(text) => self.elements.text(text)?,
                Event::CData(text) if self.stack.is_empty() => {
                    return Err(frame::outside_root(text, at));
                }
                Event::CData(text) => self.elements.text(text)?,
                Event::GeneralRef(reference) => {
                    let text = frame::resolve(reference, !self.stack.is_empty(), at)?;
                    self.elements.text(&text)?;
                }
                Event::Decl(declaration) => {
                    self.frame.declaration(declaration, at, &mut self.notes)?;
                }
                Event::DocType(text) => self.frame.doctype(text, at)?,
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => {
                    return self.frame.end(self.stack.last().map(AsRef::as_ref), at);
                }
            }
            self.frame.begin();
        }
    }

    fn open(&mut self, start: &BytesStart<'_>, at: u64) -> Outcome {
        let name = start.name().0;
        let token = self.limits.token;
        if start.len() > token {
            return Err(too_long(at, token));
        }
        frame::name(name, at)?;
        if self.stack.len() >= self.limits.depth {
            let most = self.limits.depth;
            return Err(Fault::beyond(at, format_args!("elements nest deeper than {most} levels")));
        }
        if self.stack.is_empty() {
            self.frame.root(name, at)?;
            if !self.roots.contains(&name) {
                return Err(self.another(name));
            }
        }
        self.elements.open(name, Element { start, at, limits: self.limits })?;
        self.stack.push(name.into());
        Ok(())
    }

    /// The refusal of a document with this root. Several formats share one, so that all of the
    /// beginning is looked at.
    fn another(&self, root: &str) -> Fault {
        match look(self.text) {
            Looks::Like(format) if format != self.format => {
                Fault::another_format(self.format, format.title())
            }
            Looks::Other(name) => Fault::another_format(self.format, name),
            Looks::Like(_) | Looks::PullRequest | Looks::Unclear(_) => {
                Fault::another_root(self.format, root)
            }
        }
    }

    fn leave(&mut self, at: u64) -> Outcome {
        self.stack.pop();
        self.elements.close(at)
    }
}
