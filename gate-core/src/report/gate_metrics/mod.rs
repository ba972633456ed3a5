//! `gate/metrics/v1`: numbers that any script can write.
//!
//! `{"schema": "gate/metrics/v1", "metrics": …}`. Below `metrics` may stand any JSON; its numbers
//! are kept under their JSON pointers, exactly as they are written, and nothing else is.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    Format, ReadError, ReadOptions, ReadProblem,
    json::{self, Expected, Text},
};
use crate::{
    evidence::{Account, Content, Metrics, Report, Unit, pointer_token},
    measure::{Decimal, Message},
};

/// What the key `schema` says.
const SCHEMA: &str = "gate/metrics/v1";

/// The longest JSON pointer, in bytes: each number carries its own.
const MAX_POINTER: usize = 500;

/// So many numbers are beyond what anybody reads.
const MAX_NUMBERS: usize = 100_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<'a> {
    #[serde(borrow)]
    schema: Text<'a>,
    #[serde(borrow)]
    metrics: &'a RawValue,
}

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let text = json::text(bytes, Expected::Report(Format::GateMetrics), &options.limits)?;
    json::check(text, &options.limits)?;
    let document: Document<'_> = json::parse_object(text)?;
    if &*document.schema != SCHEMA {
        let message = Message::new("the schema is ").quote(&*document.schema);
        let message = message.say(format_args!(", not {SCHEMA}"));
        return Err(ReadError::new(ReadProblem::Malformed(message.to_string())));
    }
    let mut numbers =
        Numbers { text, most: options.limits.files.min(MAX_NUMBERS), found: BTreeMap::new() };
    numbers.below(document.metrics, "")?;
    let examined = numbers.found.len() as u64;
    let account = Account::stated(Unit::Numbers, examined);
    let content = Content::Metrics(Metrics::new(numbers.found));
    Ok(Report::new(Format::GateMetrics.name(), content, account))
}

/// The numbers of a document, as far as they were found.
struct Numbers<'a> {
    text: &'a str,
    most: usize,
    found: BTreeMap<String, Decimal>,
}

impl Numbers<'_> {
    /// Every number of a value that stands at this pointer. The depth is bounded by the check of the
    /// whole text.
    fn below(&mut self, value: &RawValue, pointer: &str) -> Result<(), ReadError> {
        let json = value.get();
        let not_json = |error: serde_json::Error| {
            ReadError::new(ReadProblem::Syntax(
                Message::default().quote(error.to_string()).to_string(),
            ))
        };
        match json.bytes().next() {
            Some(b'{') => {
                let Entries(entries) = serde_json::from_str(json).map_err(not_json)?;
                for (key, value) in entries {
                    self.inside(value, pointer, &pointer_token(&key))?;
                }
            }
            Some(b'[') => {
                let list: Vec<&RawValue> = serde_json::from_str(json).map_err(not_json)?;
                for (index, value) in list.into_iter().enumerate() {
                    self.inside(value, pointer, &index.to_string())?;
                }
            }
            Some(b'-' | b'0'..=b'9') => self.number(value, pointer)?,
            // Texts, truth values and null are no numbers.
            Some(_) | None => {}
        }
        Ok(())
    }

    fn inside(&mut self, value: &RawValue, pointer: &str, token: &str) -> Result<(), ReadError> {
        if pointer.len() + token.len() >= MAX_POINTER {
            let what = format!("a JSON pointer is longer than {MAX_POINTER} bytes");
            return Err(self.problem(value, ReadProblem::BeyondLimit(what)));
        }
        self.below(value, &format!("{pointer}/{token}"))
    }

    fn number(&mut self, value: &RawValue, pointer: &str) -> Result<(), ReadError> {
        if self.found.len() >= self.most {
            let what = format!("the report has more than {} numbers", self.most);
            return Err(self.problem(value, ReadProblem::BeyondLimit(what)));
        }
        match value.get().parse() {
            Ok(number) => {
                self.found.insert(pointer.to_owned(), number);
                Ok(())
            }
            Err(error) => {
                let what = Message::default().quote(pointer).say(": ").say(error);
                Err(self.problem(value, ReadProblem::Malformed(what.to_string())))
            }
        }
    }

    /// A problem where a value stands, which is a part of the text.
    fn problem(&self, value: &RawValue, problem: ReadProblem) -> ReadError {
        let byte = value.get().as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        ReadError::at(problem, self.text.as_bytes(), byte)
    }
}

/// The entries of an object, in its order. None stands there twice.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = object.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }
        json.deserialize_map(Each).map(Self)
    }
}
