//! What holds around and between the elements of any document: one declaration at the beginning, at
//! most one document type, one root element, end tags that fit, and nothing outside.

use std::borrow::Cow;

use quick_xml::events::{BytesDecl, BytesRef};

use super::{
    encoding::Encoding,
    fault::{Fault, Outcome},
};
use crate::{
    evidence::{NoteCode, Notes},
    measure::Message,
};

/// A document's frame, as far as it has been read.
#[derive(Debug)]
pub(in crate::report) struct Frame {
    /// What the bytes of the text are in.
    encoding: Encoding,
    has_begun: bool,
    has_doctype: bool,
    has_root: bool,
}

impl Frame {
    pub(in crate::report) const fn new(encoding: Encoding) -> Self {
        Self { encoding, has_begun: false, has_doctype: false, has_root: false }
    }

    /// The frame of a document that goes on below its root.
    pub(in crate::report) const fn within(encoding: Encoding) -> Self {
        Self { encoding, has_begun: true, has_doctype: false, has_root: true }
    }

    /// Something has come, before which no declaration may stand any more.
    pub(in crate::report) const fn begin(&mut self) {
        self.has_begun = true;
    }

    /// A root element.
    pub(in crate::report) fn root(&mut self, name: &str, at: u64) -> Outcome {
        if self.has_root {
            let what = Message::new("a second root element <").quote(name).say(">");
            return Err(Fault::syntax(at, what));
        }
        self.has_root = true;
        Ok(())
    }

    pub(in crate::report) fn declaration(
        &self,
        declaration: &BytesDecl<'_>,
        at: u64,
        notes: &mut Notes,
    ) -> Outcome {
        if self.has_begun {
            return Err(Fault::syntax(at, "an XML declaration that is not at the very beginning"));
        }
        declaration.version().map_err(|error| Fault::xml(at, error, false))?;
        if let Some(name) = declaration.encoding() {
            let name = name.map_err(|error| Fault::attribute(at, &error))?;
            if !self.encoding.is_called(&name) {
                notes.add(NoteCode::FalseEncoding, || {
                    Message::new("the report says it is in ")
                        .quote(&name)
                        .say(format_args!(" and is in {}", self.encoding.name()))
                });
            }
        }
        Ok(())
    }

    pub(in crate::report) fn doctype(&mut self, text: &str, at: u64) -> Outcome {
        if self.has_root || self.has_doctype {
            return Err(Fault::syntax(at, "a DOCTYPE that is not before the root element"));
        }
        self.has_doctype = true;
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

    /// Whether the document may end at byte `at`, where this element is open.
    pub(in crate::report) fn end(&self, open: Option<&str>, at: u64) -> Outcome {
        match open {
            Some(open) => {
                let what = Message::new("<").quote(open).say("> is not closed");
                Err(Fault::truncated(at, what))
            }
            None if !self.has_root => Err(Fault::truncated(at, "it has no root element")),
            None => Ok(()),
        }
    }
}

/// No text of XML has a NUL.
pub(in crate::report) fn no_nul(bytes: &[u8], at: u64) -> Outcome {
    match memchr::memchr(0, bytes) {
        Some(_) => Err(Fault::syntax(at, "a tag or text with a NUL byte")),
        None => Ok(()),
    }
}

/// A name that an element may have.
pub(in crate::report) fn name(name: &str, at: u64) -> Outcome {
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | ':'))
        && !name.contains(['<', '>', '&', '"', '\'', '=', '/']);
    if is_name {
        return Ok(());
    }
    let what = Message::new("<").quote(name).say("> is no name of an element");
    Err(Fault::syntax(at, what))
}

/// An end tag that does not close the innermost open element.
pub(in crate::report) fn wrong_end(found: &str, open: Option<&str>, at: u64) -> Fault {
    let message = Message::new("the end tag </").quote(found);
    Fault::syntax(
        at,
        match open {
            Some(open) => message.say("> where </").quote(open).say("> must come"),
            None => message.say("> of an element that is not open"),
        },
    )
}

/// Text where no element is open: white space only.
pub(in crate::report) fn outside(text: &str, at: u64) -> Outcome {
    if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
        return Ok(());
    }
    Err(outside_root(text, at))
}

pub(in crate::report) fn outside_root(text: &str, at: u64) -> Fault {
    let what = Message::new("text outside the root element: ").quote(text.trim());
    Fault::syntax(at, what)
}

/// What a reference in a text stands for. Only what XML itself defines is known.
pub(in crate::report) fn resolve(
    reference: &BytesRef<'_>,
    is_inside: bool,
    at: u64,
) -> Outcome<Cow<'static, str>> {
    let written = || Message::new("&").quote(reference).say(";");
    if !is_inside {
        return Err(Fault::syntax(at, written().say(" outside the root element")));
    }
    let character = reference.resolve_char_ref();
    match character.map_err(|error| Fault::xml(at, error, false))? {
        Some(character) => Ok(Cow::Owned(character.to_string())),
        None => {
            quick_xml::escape::resolve_xml_entity(reference).map(Cow::Borrowed).ok_or_else(|| {
                Fault::syntax(at, written().say(" is no entity that XML itself defines"))
            })
        }
    }
}
