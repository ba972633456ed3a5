//! What the JSON readers share: the text of a report, and reading it so strictly that what is
//! accepted can only be understood in one way.
//!
//! UTF-8 only, a byte order mark at most; no duplicate keys, no lone surrogates, nothing after the
//! document, no deeper nesting than [`Limits::depth`]. That holds for the values that nobody uses
//! as well.

mod refusal;
mod strict;

use serde::{Deserializer, de::DeserializeSeed};

use super::{Format, Limits, ReadError};
use refusal::refusal;

pub(super) use super::text::{Expected, text};
pub(super) use strict::{
    Text, Unused, nullable, object, object_or_null, objects, objects_by_name, once, present, twice,
};

/// Reads the one document of a text.
pub(super) fn parse<'a, S: DeserializeSeed<'a>>(
    text: &'a str,
    seed: S,
) -> Result<S::Value, ReadError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = seed.deserialize(&mut json);
    value.and_then(|value| json.end().map(|()| value)).map_err(|error| refusal(&error, text))
}

/// Looks through a whole text for what a typed reader would pass by in the values it does not use:
/// duplicate keys, too deep nesting, lone surrogates. For the formats whose reports are small.
pub(super) fn check(text: &str, limits: &Limits) -> Result<(), ReadError> {
    parse(text, Unused::at(0, limits.depth))
}

/// The one object of a report, as a type that reads itself. For the formats whose reports are
/// small enough to be looked through twice.
pub(super) fn document<'a, T: serde::Deserialize<'a>>(
    bytes: &'a [u8],
    format: Format,
    limits: &Limits,
) -> Result<T, ReadError> {
    let text = text(bytes, Expected::Report(format), limits)?;
    check(text, limits)?;
    parse_object(text)
}

/// A value of a type that reads itself, as an object and not as a list of its fields.
pub(super) fn parse_object<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T, ReadError> {
    struct Root<T>(std::marker::PhantomData<T>);
    impl<'de, T: serde::Deserialize<'de>> DeserializeSeed<'de> for Root<T> {
        type Value = T;
        fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<T, D::Error> {
            object(json)
        }
    }
    parse(text, Root(std::marker::PhantomData))
}

/// The same for a list of them.
pub(super) fn parse_objects<'a, T: serde::Deserialize<'a>>(
    text: &'a str,
) -> Result<Vec<T>, ReadError> {
    struct Root<T>(std::marker::PhantomData<T>);
    impl<'de, T: serde::Deserialize<'de>> DeserializeSeed<'de> for Root<T> {
        type Value = Vec<T>;
        fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Vec<T>, D::Error> {
            objects(json)
        }
    }
    parse(text, Root(std::marker::PhantomData))
}

/// A missing key, in the words of every reader.
pub(super) fn needed<T, E: serde::de::Error>(slot: Option<T>, key: &'static str) -> Result<T, E> {
    slot.ok_or_else(|| E::missing_field(key))
}

/// An error that says what cannot be.
pub(super) fn wrong<E: serde::de::Error>(what: impl std::fmt::Display) -> E {
    E::custom(what)
}
