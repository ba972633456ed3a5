//! The names of elements.

use super::fault::{Fault, Outcome};
use crate::{measure::Message, report::recognise};

macro_rules! tags {
    ($($variant:ident = $word:literal),+ $(,)?) => {
        /// An element that means something here.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Tag { $($variant),+ }

        impl Tag {
            const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            fn named(name: &str) -> Option<Self> {
                match name { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

tags! {
    Coverage = "coverage",
    Sources = "sources",
    Source = "source",
    Packages = "packages",
    Package = "package",
    Classes = "classes",
    Class = "class",
    Methods = "methods",
    Method = "method",
    Lines = "lines",
    Line = "line",
    Conditions = "conditions",
    Condition = "condition",
}

/// The name of an open element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    Known(Tag),
    /// Read over; kept to see that its end tag fits.
    Other(Box<str>),
}

impl Name {
    pub(super) fn read(name: &str, at: u64) -> Outcome<Self> {
        if let Some(tag) = Tag::named(name) {
            return Ok(Self::Known(tag));
        }
        let is_name = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | ':'))
            && !name.contains(['<', '>', '&', '"', '\'', '=', '/']);
        if !is_name {
            let what = Message::new("<").quote(name).say("> is no name of an element");
            return Err(Fault::syntax(at, what));
        }
        Ok(Self::Other(name.into()))
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Known(tag) => tag.word(),
            Self::Other(name) => name,
        }
    }

    /// The refusal of a document whose root this is.
    pub(super) fn as_root_of_another_format(&self) -> Fault {
        match recognise::by_root(self.as_str()) {
            Some(found) => Fault::another_format(found),
            None => {
                let root = Message::new("XML with the root element <").quote(self.as_str());
                Fault::another_format(root.say(">").to_string())
            }
        }
    }
}
