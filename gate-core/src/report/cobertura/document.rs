//! The state machine that turns the events of a document into evidence. Every way of reading feeds
//! this one.

use quick_xml::events::{BytesEnd, BytesStart, Event};

use super::{
    body::{Body, MAX_SOURCES},
    class::Class,
    tag::{Name, Tag},
};
use crate::report::{
    Format, Limits,
    xml::{Element, Encoding, Fault, Frame, Outcome, frame},
};

/// The longest value of a root attribute that is kept.
const MAX_REPORTED: usize = 1024;

/// A document as far as it has been read.
#[derive(Debug)]
pub(super) struct Document<'o> {
    pub(super) limits: &'o Limits,
    frame: Frame,
    /// The open elements, the root first.
    stack: Vec<Name>,
    pub(super) class: Class,
    pub(super) body: Body,
    /// The text of the `<source>` that is open.
    source: String,
}

impl<'o> Document<'o> {
    pub(super) fn new(limits: &'o Limits, encoding: Encoding) -> Self {
        Self {
            limits,
            frame: Frame::new(encoding),
            stack: Vec::new(),
            class: Class::default(),
            body: Body::default(),
            source: String::new(),
        }
    }

    /// A document that goes on where these elements are open.
    pub(super) fn within(limits: &'o Limits, encoding: Encoding, open: &[Tag]) -> Self {
        Self {
            stack: open.iter().copied().map(Name::Known).collect(),
            frame: Frame::within(encoding),
            body: Body { has_packages: true, ..Body::default() },
            ..Self::new(limits, encoding)
        }
    }

    /// Whether exactly these elements are open.
    pub(super) fn is_within(&self, open: &[Tag]) -> bool {
        self.stack.iter().eq(open.iter().copied().map(Name::Known).collect::<Vec<_>>().iter())
    }

    /// Takes one event, which begins at byte `at`.
    pub(super) fn event(&mut self, event: &Event<'_>, at: u64) -> Outcome {
        frame::no_nul(event.as_bytes(), at)?;
        match event {
            Event::Start(start) => {
                self.open(start, at, false)?;
            }
            Event::Empty(start) => {
                self.open(start, at, true)?;
            }
            Event::End(end) => self.close(end, at)?,
            Event::Text(text) if self.stack.is_empty() => frame::outside(text, at)?,
            Event::Text(text) => self.source_text(text, at)?,
            Event::CData(text) if self.stack.is_empty() => {
                return Err(frame::outside_root(text, at));
            }
            Event::CData(text) => self.source_text(text, at)?,
            Event::GeneralRef(reference) => {
                let text = frame::resolve(reference, !self.stack.is_empty(), at)?;
                self.source_text(&text, at)?;
            }
            Event::Decl(declaration) => {
                self.frame.declaration(declaration, at, &mut self.body.notes)?;
            }
            Event::DocType(text) => self.frame.doctype(text, at)?,
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return Ok(()),
        }
        self.frame.begin();
        Ok(())
    }

    fn open(&mut self, start: &BytesStart<'_>, at: u64, is_empty: bool) -> Outcome {
        let name = Name::read(start.name().0, at)?;
        if self.stack.len() >= self.limits.depth {
            let most = self.limits.depth;
            return Err(Fault::beyond(at, format_args!("elements nest deeper than {most} levels")));
        }
        let element = Element { start, at, limits: self.limits };
        match (self.stack.last(), &name) {
            (None, _) => self.root(&name, element)?,
            (Some(_), Name::Known(Tag::Class)) => self.open_class(element)?,
            (Some(_), Name::Known(Tag::Line)) => match self.listing() {
                Some(listing) => self.open_line(element, listing)?,
                None => element.check()?,
            },
            (Some(parent), Name::Known(Tag::Condition)) if self.counts_condition(parent) => {
                self.condition(element)?;
            }
            (Some(_), Name::Known(Tag::Packages)) => {
                self.body.has_packages = true;
                element.check()?;
            }
            (Some(_), Name::Known(Tag::Source)) => {
                self.source.clear();
                element.check()?;
            }
            (Some(_), Name::Other(other)) if &**other == "project" && self.stack.len() == 1 => {
                self.body.has_project = true;
                if self.body.is_clover() {
                    return Err(Fault::another_format(Format::Cobertura, "Clover XML"));
                }
                element.check()?;
            }
            (Some(_), Name::Other(other)) if &**other == "file" && self.is_empty_root() => {
                let found = "SonarQube's generic coverage XML";
                return Err(Fault::another_format(Format::Cobertura, found));
            }
            (Some(_), _) => element.check()?,
        }
        self.stack.push(name);
        if is_empty { self.leave(at) } else { Ok(()) }
    }

    fn close(&mut self, end: &BytesEnd<'_>, at: u64) -> Outcome {
        let found = end.name().0;
        match self.stack.last() {
            Some(open) if open.as_str() == found => self.leave(at),
            open => Err(frame::wrong_end(found, open.map(Name::as_str), at)),
        }
    }

    /// Leaves the innermost open element.
    fn leave(&mut self, at: u64) -> Outcome {
        match self.stack.pop() {
            Some(Name::Known(Tag::Line)) => self.close_line(),
            Some(Name::Known(Tag::Class)) => self.close_class(),
            Some(Name::Known(Tag::Source))
                if self.stack.last() == Some(&Name::Known(Tag::Sources)) =>
            {
                self.close_source(at)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn root(&mut self, name: &Name, element: Element<'_>) -> Outcome {
        self.frame.root(name.as_str(), element.at)?;
        if *name != Name::Known(Tag::Coverage) {
            return Err(Fault::another_root(Format::Cobertura, name.as_str()));
        }
        let reported = &mut self.body.reported;
        element.all(|attribute| {
            let mut value = element.text(&attribute)?.into_owned();
            value.truncate(value.floor_char_boundary(MAX_REPORTED));
            reported.insert(attribute.key.0.to_owned(), value);
            Ok(())
        })
    }

    /// Whether the root is open, and no package has come yet.
    fn is_empty_root(&self) -> bool {
        self.stack.len() == 1 && !self.body.has_packages
    }

    fn source_text(&mut self, text: &str, at: u64) -> Outcome {
        if self.stack.last() == Some(&Name::Known(Tag::Source)) {
            self.source.push_str(text);
            if self.source.len() > self.limits.token {
                let most = self.limits.token;
                return Err(Fault::beyond(
                    at,
                    format_args!("a <source> is longer than {most} bytes"),
                ));
            }
        }
        Ok(())
    }

    fn close_source(&mut self, at: u64) -> Outcome {
        self.body.add_source(self.source.trim().to_owned()).ok_or_else(|| {
            let what = format_args!("the report has more than {MAX_SOURCES} sources");
            Fault::beyond(at, what)
        })
    }

    /// The open elements, the innermost last.
    pub(super) fn open_elements(&self) -> &[Name] {
        &self.stack
    }

    /// What the document says, whose text ends at byte `at`.
    pub(super) fn finish(self, at: u64) -> Outcome<Body> {
        self.frame.end(self.stack.last().map(Name::as_str), at)?;
        Ok(self.body)
    }

    /// What the part of a document says that was read so far.
    pub(super) fn into_body(self) -> Body {
        self.body
    }
}
