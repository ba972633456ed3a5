//! `metrics`: which files were examined, and Bandit's own totals.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, Visitor},
};

use super::{
    super::json::{Text, Unused, once, twice, wrong},
    document::Unparsed,
};
use crate::{
    evidence::Counted,
    measure::{Confidence, Severity},
};

/// The metrics, folded.
pub(super) struct Metrics<'a> {
    files: Names<'a>,
    /// The counts under `_totals`.
    pub(super) totals: Option<Counts>,
}

impl Metrics<'_> {
    /// How many files have metrics and no error.
    pub(super) fn examined(&self, errors: &[Unparsed<'_>]) -> u64 {
        let unread: HashSet<&str> = errors.iter().map(|error| &*error.filename).collect();
        let counted = unread.into_iter().filter(|&name| self.files.contains(name)).count();
        (self.files.list.len() - counted) as u64
    }
}

/// Names that differ. Bandit sorts them, and sorted ones are known to differ at no cost; a set is
/// made only for a report that was put into another order.
#[derive(Default)]
struct Names<'a> {
    list: Vec<Text<'a>>,
    set: Option<HashSet<Text<'a>>>,
}

impl<'a> Names<'a> {
    fn insert<E: Error>(&mut self, name: Text<'a>) -> Result<(), E> {
        if self.set.is_none() && self.list.last().is_some_and(|last| *last >= name) {
            self.set = Some(self.list.iter().cloned().collect());
        }
        if let Some(set) = &mut self.set {
            if set.contains(&*name) {
                return Err(twice(&name));
            }
            set.insert(name.clone());
        }
        self.list.push(name);
        Ok(())
    }

    fn contains(&self, name: &str) -> bool {
        match &self.set {
            Some(set) => set.contains(name),
            None => self.list.binary_search_by(|known| (**known).cmp(name)).is_ok(),
        }
    }
}

pub(super) struct MetricsSeed(pub(super) Unused);

impl<'de> DeserializeSeed<'de> for MetricsSeed {
    type Value = Metrics<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Metrics<'de>, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for MetricsSeed {
    type Value = Metrics<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of metrics for each file")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Metrics<'de>, A::Error> {
        let mut metrics = Metrics { files: Names::default(), totals: None };
        while let Some(name) = object.next_key::<Text<'de>>()? {
            let is_total = &*name == "_totals";
            if !is_total {
                metrics.files.insert(name)?;
            }
            let counts = object.next_value_seed(CountsSeed(self.0.below(1)))?;
            if is_total {
                once(&mut metrics.totals, "_totals", counts)?;
            }
        }
        Ok(metrics)
    }
}

/// The counts of one file, or of all, in the order of [`COUNTS`].
#[derive(Debug, Default)]
pub(super) struct Counts([u64; COUNTS.len()]);

/// What Bandit counts. All are read, and have to be counts; those by severity are used.
const COUNTS: [&str; 11] = [
    "SEVERITY.UNDEFINED",
    "SEVERITY.LOW",
    "SEVERITY.MEDIUM",
    "SEVERITY.HIGH",
    "CONFIDENCE.UNDEFINED",
    "CONFIDENCE.LOW",
    "CONFIDENCE.MEDIUM",
    "CONFIDENCE.HIGH",
    "loc",
    "nosec",
    "skipped_tests",
];

impl Counts {
    /// How many issues of this severity Bandit counted. An absent count is none: Bandit writes
    /// them only for files it could parse.
    pub(super) const fn of(&self, level: Severity) -> u64 {
        let [undefined, low, medium, high, ..] = self.0;
        match level {
            Severity::Undefined => undefined,
            Severity::Low => low,
            Severity::Medium => medium,
            Severity::High => high,
        }
    }

    /// How many of each level Bandit counted.
    pub(super) fn counted(&self) -> Counted {
        let [_, _, _, _, undefined, low, medium, high, ..] = self.0;
        let confidences = [undefined, low, medium, high];
        Counted {
            by_severity: Severity::ALL.iter().map(|&level| (level, self.of(level))).collect(),
            by_confidence: Confidence::ALL.iter().copied().zip(confidences).collect(),
        }
    }
}

/// A key of the counts: its place in [`COUNTS`], or its name.
enum Key {
    Known(usize),
    Other(String),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Keys;
        impl Visitor<'_> for Keys {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E: Error>(self, key: &str) -> Result<Key, E> {
                let place = COUNTS.iter().position(|&known| known == key);
                Ok(place.map_or_else(|| Key::Other(key.to_owned()), Key::Known))
            }
        }
        json.deserialize_identifier(Keys)
    }
}

struct CountsSeed(Unused);

impl<'de> DeserializeSeed<'de> for CountsSeed {
    type Value = Counts;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Counts, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for CountsSeed {
    type Value = Counts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of counts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Counts, A::Error> {
        let mut counts = [None; COUNTS.len()];
        let mut others: HashSet<String> = HashSet::new();
        while let Some(key) = object.next_key::<Key>()? {
            match key {
                Key::Known(place) => {
                    let Count(count) = object.next_value()?;
                    if let (Some(slot), Some(name)) = (counts.get_mut(place), COUNTS.get(place)) {
                        once(slot, name, count)?;
                    }
                }
                Key::Other(name) => {
                    if others.contains(&name) {
                        return Err(twice(&name));
                    }
                    others.insert(name);
                    object.next_value_seed(self.0.below(1))?;
                }
            }
        }
        Ok(Counts(counts.map(Option::unwrap_or_default)))
    }
}

/// A whole number; Bandit up to 1.7.1 writes `10.0`.
struct Count(u64);

/// Up to here a float holds every whole number.
const LARGEST_WHOLE_FLOAT: f64 = 9_007_199_254_740_992.0;

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Counts;
        impl Visitor<'_> for Counts {
            type Value = u64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a count")
            }

            fn visit_u64<E: Error>(self, count: u64) -> Result<u64, E> {
                Ok(count)
            }

            fn visit_f64<E: Error>(self, count: f64) -> Result<u64, E> {
                if count.fract() != 0.0 || !(0.0..=LARGEST_WHOLE_FLOAT).contains(&count) {
                    return Err(wrong(format_args!("{count} is no count")));
                }
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "whole, not negative and below 2^53, as was just found"
                )]
                Ok(count as u64)
            }
        }
        json.deserialize_u64(Counts).map(Self)
    }
}
