//! The names of elements.

use crate::report::xml::{Outcome, frame};

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
        frame::name(name, at)?;
        Ok(Self::Other(name.into()))
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Known(tag) => tag.word(),
            Self::Other(name) => name,
        }
    }
}
