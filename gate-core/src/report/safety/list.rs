//! The list of 1.x: one tuple a vulnerability, and nothing of what was audited.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, SeqAccess, Visitor},
};

use super::{Reading, advisory};
use crate::{evidence::Reach, report::advisories::Id};

/// `[package, specifier, installed, advisory, id]`, and two scores since 1.9.
#[derive(Debug)]
pub(super) struct Entry {
    package: String,
    installed: String,
    advisory: String,
    id: String,
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_seq(Tuple)
    }
}

struct Tuple;

impl<'de> Visitor<'de> for Tuple {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of package, specifier, version, advisory and id")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entry, A::Error> {
        let mut texts = Vec::new();
        while texts.len() < 5 {
            let text = list.next_element::<String>()?;
            texts.push(text.ok_or_else(|| A::Error::invalid_length(texts.len(), &self))?);
        }
        let mut scores = 0;
        while list.next_element::<IgnoredAny>()?.is_some() {
            scores += 1;
        }
        let [package, _, installed, advisory, id] = <[String; 5]>::try_from(texts)
            .map_err(|texts| A::Error::invalid_length(texts.len(), &self))?;
        match scores {
            0 | 2 => Ok(Entry { package, installed, advisory, id }),
            other => Err(A::Error::invalid_length(5 + other, &self)),
        }
    }
}

impl Reading {
    /// What was audited and is not vulnerable does not stand in the list.
    pub(super) fn list(&mut self, entries: Vec<Entry>) -> Result<(), String> {
        self.reach = Reach::AtLeast;
        for Entry { package, installed, advisory: text, id } in entries {
            let key = self.audited(&package, &installed);
            self.audit.advisory(&key, advisory(Id::try_from(id)?, None, Vec::new(), Some(text)));
        }
        self.listed = self.audit.packages();
        Ok(())
    }
}
