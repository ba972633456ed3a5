//! The state machine that turns the events of a document into evidence. Every way of reading feeds
//! this one.

use quick_xml::events::{BytesDecl, BytesEnd, BytesRef, BytesStart, Event};

use super::{
    attributes::Element,
    body::{Body, MAX_SOURCES},
    class::Class,
    encoding::Encoding,
    fault::{Fault, Outcome},
    tag::{Name, Tag},
};
use crate::{evidence::NoteCode, measure::Message, report::Limits};

/// The longest value of a root attribute that is kept.
const MAX_REPORTED: usize = 1024;

/// A document as far as it has been read.
#[derive(Debug)]
pub(super) struct Document<'o> {
    pub(super) limits: &'o Limits,
    /// What the bytes of the text are in.
    encoding: Encoding,
    /// The open elements, the root first.
    stack: Vec<Name>,
    seen: Seen,
    pub(super) class: Class,
    pub(super) body: Body,
    /// The text of the `<source>` that is open.
    source: String,
}

/// What may come only once, or only before something else.
#[derive(Debug, Default)]
struct Seen {
    anything: bool,
    doctype: bool,
    root: bool,
}

impl<'o> Document<'o> {
    pub(super) fn new(limits: &'o Limits, encoding: Encoding) -> Self {
        Self {
            limits,
            encoding,
            stack: Vec::new(),
            seen: Seen::default(),
            class: Class::default(),
            body: Body::default(),
            source: String::new(),
        }
    }

    /// A document that goes on where these elements are open.
    pub(super) fn within(limits: &'o Limits, encoding: Encoding, open: &[Tag]) -> Self {
        Self {
            stack: open.iter().copied().map(Name::Known).collect(),
            seen: Seen { anything: true, doctype: false, root: true },
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
        if memchr::memchr(0, event.as_bytes()).is_some() {
            return Err(Fault::syntax(at, "a tag or text with a NUL byte"));
        }
        match event {
            Event::Start(start) => {
                self.open(start, at, false)?;
            }
            Event::Empty(start) => {
                self.open(start, at, true)?;
            }
            Event::End(end) => self.close(end, at)?,
            Event::Text(text) => self.text(text, at)?,
            Event::CData(text) if self.stack.is_empty() => {
                return Err(outside_root(text, at));
            }
            Event::CData(text) => self.source_text(text, at)?,
            Event::GeneralRef(reference) => self.reference(reference, at)?,
            Event::Decl(declaration) => self.declaration(declaration, at)?,
            Event::DocType(text) => self.doctype(text, at)?,
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return Ok(()),
        }
        self.seen.anything = true;
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
                    return Err(Fault::another_format("Clover XML"));
                }
                element.check()?;
            }
            (Some(_), Name::Other(other)) if &**other == "file" && self.is_empty_root() => {
                return Err(Fault::another_format("SonarQube's generic coverage XML"));
            }
            (Some(_), _) => element.check()?,
        }
        self.stack.push(name);
        if is_empty { self.leave(at) } else { Ok(()) }
    }

    fn close(&mut self, end: &BytesEnd<'_>, at: u64) -> Outcome {
        let found = end.name().0;
        let message = match self.stack.last() {
            Some(open) if open.as_str() == found => return self.leave(at),
            Some(open) => Message::new("the end tag </")
                .quote(found)
                .say("> where </")
                .quote(open.as_str())
                .say("> must come"),
            None => {
                Message::new("the end tag </").quote(found).say("> of an element that is not open")
            }
        };
        Err(Fault::syntax(at, message))
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
        let at = element.at;
        if self.seen.root {
            let what = Message::new("a second root element <").quote(name.as_str()).say(">");
            return Err(Fault::syntax(at, what));
        }
        if *name != Name::Known(Tag::Coverage) {
            return Err(name.as_root_of_another_format());
        }
        self.seen.root = true;
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

    fn text(&mut self, text: &str, at: u64) -> Outcome {
        if !self.stack.is_empty() {
            self.source_text(text, at)
        } else if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
            Ok(())
        } else {
            Err(outside_root(text, at))
        }
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

    fn reference(&mut self, reference: &BytesRef<'_>, at: u64) -> Outcome {
        let written = || Message::new("&").quote(reference).say(";");
        if self.stack.is_empty() {
            return Err(Fault::syntax(at, written().say(" outside the root element")));
        }
        let character = reference.resolve_char_ref();
        match character.map_err(|error| Fault::xml(at, error, false))? {
            Some(character) => self.source_text(character.encode_utf8(&mut [0; 4]), at),
            None => match quick_xml::escape::resolve_xml_entity(reference) {
                Some(text) => self.source_text(text, at),
                None => {
                    Err(Fault::syntax(at, written().say(" is no entity that XML itself defines")))
                }
            },
        }
    }

    fn close_source(&mut self, at: u64) -> Outcome {
        self.body.add_source(self.source.trim().to_owned()).ok_or_else(|| {
            let what = format_args!("the report has more than {MAX_SOURCES} sources");
            Fault::beyond(at, what)
        })
    }

    fn declaration(&mut self, declaration: &BytesDecl<'_>, at: u64) -> Outcome {
        if self.seen.anything {
            return Err(Fault::syntax(at, "an XML declaration that is not at the very beginning"));
        }
        declaration.version().map_err(|error| Fault::xml(at, error, false))?;
        if let Some(name) = declaration.encoding() {
            let name = name.map_err(|error| Fault::attribute(at, &error))?;
            if !self.encoding.is_called(&name) {
                self.body.notes.add(NoteCode::FalseEncoding, || {
                    Message::new("the report says it is in ")
                        .quote(&name)
                        .say(format_args!(" and is in {}", self.encoding.name()))
                });
            }
        }
        Ok(())
    }

    fn doctype(&mut self, text: &str, at: u64) -> Outcome {
        if self.seen.root || self.seen.doctype {
            return Err(Fault::syntax(at, "a DOCTYPE that is not before the root element"));
        }
        self.seen.doctype = true;
        let mut quote = None;
        for byte in text.bytes() {
            match (quote, byte) {
                (None, b'[') => {
                    let what = "a DOCTYPE with definitions of its own, which are not read";
                    return Err(Fault::malformed(at, what));
                }
                (None, b'"' | b'\'') => quote = Some(byte),
                (Some(open), byte) if open == byte => quote = None,
                _ => {}
            }
        }
        Ok(())
    }

    /// The open elements, the innermost last.
    pub(super) fn open_elements(&self) -> &[Name] {
        &self.stack
    }

    /// What the document says, whose text ends at byte `at`.
    pub(super) fn finish(self, at: u64) -> Outcome<Body> {
        match self.stack.last() {
            Some(open) => {
                let what = Message::new("<").quote(open.as_str()).say("> is not closed");
                Err(Fault::truncated(at, what))
            }
            None if !self.seen.root => Err(Fault::truncated(at, "it has no root element")),
            None => Ok(self.body),
        }
    }

    /// What the part of a document says that was read so far.
    pub(super) fn into_body(self) -> Body {
        self.body
    }
}

fn outside_root(text: &str, at: u64) -> Fault {
    let what = Message::new("text outside the root element: ").quote(text.trim());
    Fault::syntax(at, what)
}
