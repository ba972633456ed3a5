//! The document: `errors`, `metrics`, `results`.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};

use super::{
    super::{
        Layout,
        json::{Text, Unused, needed, once, twice},
    },
    finding::Reading,
    metrics::{Metrics, MetricsSeed},
    result::ResultSeed,
};
use crate::evidence::{Notes, Passed};

/// What is left of a document once its results have become findings.
pub(super) struct Document<'a> {
    pub(super) errors: Vec<Unparsed<'a>>,
    pub(super) metrics: Metrics<'a>,
}

/// A file that Bandit could not read, and why.
pub(super) struct Unparsed<'a> {
    pub(super) filename: Text<'a>,
    reason: Text<'a>,
}

/// The files that were not read, under the repository's paths.
pub(super) fn unread(errors: &[Unparsed<'_>], layout: &Layout, notes: &mut Notes) -> Vec<Passed> {
    let passed = |error: &Unparsed<'_>| Passed {
        name: layout.resolve(&error.filename, &[], notes).to_string(),
        reason: (*error.reason).to_owned(),
    };
    errors.iter().map(passed).collect()
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    Errors,
    Metrics,
    Results,
    Other(String),
}

pub(super) struct DocumentSeed<'s, 'o>(pub(super) &'s mut Reading<'o>);

impl<'de> DeserializeSeed<'de> for DocumentSeed<'_, '_> {
    type Value = Document<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Document<'de>, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for DocumentSeed<'_, '_> {
    type Value = Document<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the object of a Bandit report")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Document<'de>, A::Error> {
        let unused = self.0.unused.below(1);
        let (mut errors, mut metrics, mut results) = (None, None, None);
        let mut others: HashSet<String> = HashSet::new();
        while let Some(key) = object.next_key::<Key>()? {
            match key {
                Key::Errors => {
                    once(
                        &mut errors,
                        "errors",
                        object.next_value_seed(ListOf(ErrorSeed(unused)))?,
                    )?;
                }
                Key::Metrics => {
                    let seed = MetricsSeed(unused);
                    once(&mut metrics, "metrics", object.next_value_seed(seed)?)?;
                }
                Key::Results => {
                    once(&mut results, "results", object.next_value_seed(Results(self.0))?)?;
                }
                Key::Other(name) => {
                    if others.contains(&name) {
                        return Err(twice(&name));
                    }
                    others.insert(name);
                    object.next_value_seed(unused)?;
                }
            }
        }
        needed(results, "results")?;
        Ok(Document { errors: needed(errors, "errors")?, metrics: needed(metrics, "metrics")? })
    }
}

/// The list of results; each goes into the reading.
struct Results<'s, 'o>(&'s mut Reading<'o>);

impl<'de> DeserializeSeed<'de> for Results<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Results<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of results")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(ResultSeed(&mut *self.0))?.is_some() {}
        Ok(())
    }
}

/// A list whose elements are read with one seed.
struct ListOf<S>(S);

impl<'de, S: DeserializeSeed<'de> + Copy> DeserializeSeed<'de> for ListOf<S> {
    type Value = Vec<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de, S: DeserializeSeed<'de> + Copy> Visitor<'de> for ListOf<S> {
    type Value = Vec<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self.0)? {
            values.push(value);
        }
        Ok(values)
    }
}

#[derive(Clone, Copy)]
struct ErrorSeed(Unused);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum ErrorKey {
    Filename,
    Reason,
    Other(String),
}

impl<'de> DeserializeSeed<'de> for ErrorSeed {
    type Value = Unparsed<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Unparsed<'de>, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ErrorSeed {
    type Value = Unparsed<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with filename and reason")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Unparsed<'de>, A::Error> {
        let (mut filename, mut reason) = (None, None);
        let mut others: HashSet<String> = HashSet::new();
        while let Some(key) = object.next_key::<ErrorKey>()? {
            match key {
                ErrorKey::Filename => once(&mut filename, "filename", object.next_value()?)?,
                ErrorKey::Reason => once(&mut reason, "reason", object.next_value()?)?,
                ErrorKey::Other(name) => {
                    if others.contains(&name) {
                        return Err(twice(&name));
                    }
                    others.insert(name);
                    object.next_value_seed(self.0.below(2))?;
                }
            }
        }
        Ok(Unparsed { filename: needed(filename, "filename")?, reason: needed(reason, "reason")? })
    }
}
