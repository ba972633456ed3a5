//! What stops a reading, and at which byte.

use std::{borrow::Cow, fmt, io};

use quick_xml::{
    Error as XmlError, encoding::EncodingError, errors::IllFormedError,
    events::attributes::AttrError,
};

use crate::{
    measure::Message,
    report::{Format, ReadError, ReadProblem, recognise},
};

/// A problem at a byte of the text, counted from its beginning; a problem of the whole report has
/// no byte.
#[derive(Debug)]
pub(in crate::report) struct Fault {
    pub(in crate::report) problem: ReadProblem,
    pub(in crate::report) byte: Option<u64>,
}

pub(in crate::report) type Outcome<T = ()> = Result<T, Fault>;

impl Fault {
    pub(in crate::report) const fn whole(problem: ReadProblem) -> Self {
        Self { problem, byte: None }
    }

    pub(in crate::report) const fn at(byte: u64, problem: ReadProblem) -> Self {
        Self { problem, byte: Some(byte) }
    }

    pub(in crate::report) fn syntax(byte: u64, what: impl fmt::Display) -> Self {
        Self::at(byte, ReadProblem::Syntax(what.to_string()))
    }

    pub(in crate::report) fn malformed(byte: u64, what: impl fmt::Display) -> Self {
        Self::at(byte, ReadProblem::Malformed(what.to_string()))
    }

    pub(in crate::report) fn truncated(byte: u64, what: impl fmt::Display) -> Self {
        Self::at(byte, ReadProblem::Truncated(what.to_string()))
    }

    pub(in crate::report) fn beyond(byte: u64, what: impl fmt::Display) -> Self {
        Self::at(byte, ReadProblem::BeyondLimit(what.to_string()))
    }

    pub(in crate::report) fn another_format(
        expected: Format,
        found: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::whole(ReadProblem::WrongFormat { expected, found: found.into() })
    }

    /// The refusal of a document whose root is this.
    pub(in crate::report) fn another_root(expected: Format, root: &str) -> Self {
        match recognise::by_root(root) {
            Some(found) => Self::another_format(expected, found),
            None => {
                let root = Message::new("XML with the root element <").quote(root).say(">");
                Self::another_format(expected, root.to_string())
            }
        }
    }

    /// An attribute whose value cannot be what it stands for.
    pub(in crate::report) fn value(
        byte: u64,
        attribute: &str,
        value: &str,
        expected: &str,
    ) -> Self {
        Self::malformed(byte, written(attribute, value).say(" is not ").say(expected))
    }

    /// What quick-xml says about the token at `byte`; `at_end` when it had the whole text before
    /// it.
    pub(in crate::report) fn xml(byte: u64, error: XmlError, at_end: bool) -> Self {
        match error {
            XmlError::Io(error) => {
                let error = io::Error::new(error.kind(), error.to_string());
                Self::at(byte, ReadProblem::Io(error))
            }
            XmlError::Syntax(error) if at_end => Self::truncated(byte, error),
            XmlError::Syntax(error) => Self::syntax(byte, error),
            XmlError::IllFormed(error @ IllFormedError::UnclosedReference) if at_end => {
                Self::truncated(byte, error)
            }
            XmlError::IllFormed(error) => {
                Self::syntax(byte, Message::default().quote(error.to_string()))
            }
            XmlError::Encoding(EncodingError::Utf8(error))
                if at_end && error.error_len().is_none() =>
            {
                Self::truncated(byte, "it ends within a character")
            }
            XmlError::Encoding(_) => Self::at(byte, ReadProblem::Encoding("UTF-8")),
            XmlError::InvalidAttr(error) => Self::attribute(byte, &error),
            XmlError::Escape(error) => {
                Self::syntax(byte, Message::default().quote(error.to_string()))
            }
            XmlError::Namespace(error) => {
                Self::syntax(byte, Message::default().quote(error.to_string()))
            }
        }
    }

    pub(in crate::report) fn attribute(byte: u64, error: &AttrError) -> Self {
        let what = match error {
            AttrError::ExpectedEq(_) => "an attribute without `=`",
            AttrError::ExpectedValue(_) => "an attribute without a value",
            AttrError::UnquotedValue(_) => "an attribute value without quotes",
            AttrError::ExpectedQuote(..) => "an attribute value without its closing quote",
            AttrError::Duplicated(..) => "an attribute that is there twice",
        };
        Self::syntax(byte, what)
    }

    /// The error for somebody who has the text, or who saw it go by.
    pub(in crate::report) fn into_error(self, text: Option<&[u8]>) -> ReadError {
        match (self.byte, text) {
            (None, _) => ReadError::new(self.problem),
            (Some(byte), Some(text)) => {
                ReadError::at(self.problem, text, usize::try_from(byte).unwrap_or(usize::MAX))
            }
            (Some(byte), None) => ReadError::at_byte(self.problem, byte),
        }
    }
}

/// An attribute as it is written in the report, its value quoted as foreign.
pub(in crate::report) fn written(attribute: &str, value: &str) -> Message {
    Message::new(attribute).say("=\"").quote(value).say("\"")
}
