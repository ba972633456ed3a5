//! One entry of `results`, as it is written.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

use super::{
    super::json::{Text, Unused, needed, once, twice, wrong},
    finding::Reading,
};
use crate::measure::{Confidence, Severity};

/// A result without its code, which goes into the reading's buffer.
pub(super) struct Raw<'a> {
    pub(super) filename: Text<'a>,
    pub(super) test_id: String,
    pub(super) test_name: String,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) issue_text: String,
    pub(super) cwe: Option<u32>,
    pub(super) line_number: u32,
    line_range: Lines,
    pub(super) has_candidates: bool,
}

impl Raw<'_> {
    /// The flagged lines: `line_range`, unless the flagged line is not among them. (Tests of a
    /// whole file say `[0, 1]`, and may name any line.)
    pub(super) const fn lines(&self) -> Lines {
        if self.line_range.contain(self.line_number) {
            self.line_range
        } else {
            Lines { first: self.line_number, last: self.line_number }
        }
    }
}

/// Lines of a file, from `first` to `last`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines {
    first: u32,
    pub(super) last: u32,
}

impl Lines {
    /// No line at all.
    const NONE: Self = Self { first: u32::MAX, last: 0 };

    pub(super) const fn contain(self, line: u32) -> bool {
        self.first <= line && line <= self.last
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    Candidates,
    Code,
    Filename,
    IssueConfidence,
    IssueCwe,
    IssueSeverity,
    IssueText,
    LineNumber,
    LineRange,
    TestId,
    TestName,
    // Written by every newer version and used by nobody; named so that no text is made of them.
    ColOffset,
    EndColOffset,
    MoreInfo,
    Other(String),
}

pub(super) struct ResultSeed<'s, 'o>(pub(super) &'s mut Reading<'o>);

impl<'de> DeserializeSeed<'de> for ResultSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ResultSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the object of a result")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let unused = self.0.unused.below(3);
        let (mut code, mut filename, mut severity, mut confidence) = (None, None, None, None);
        let (mut issue_text, mut cwe, mut line_number) = (None, None, None);
        let (mut line_range, mut test_id, mut test_name) = (None, None, None);
        let (mut candidates, mut col_offset) = (None, None);
        let (mut end_col_offset, mut more_info) = (None, None);
        let mut others: HashSet<String> = HashSet::new();
        while let Some(key) = object.next_key::<Key>()? {
            match key {
                Key::Code => {
                    let buffer = Buffer(&mut self.0.code);
                    once(&mut code, "code", object.next_value_seed(buffer)?)?;
                }
                Key::Filename => {
                    once(&mut filename, "filename", object.next_value::<Text<'de>>()?)?;
                }
                Key::IssueSeverity => {
                    let level = severity_of(&object.next_value::<Text<'de>>()?)?;
                    once(&mut severity, "issue_severity", level)?;
                }
                Key::IssueConfidence => {
                    let level = confidence_of(&object.next_value::<Text<'de>>()?)?;
                    once(&mut confidence, "issue_confidence", level)?;
                }
                Key::IssueText => once(&mut issue_text, "issue_text", object.next_value()?)?,
                Key::IssueCwe => {
                    once(&mut cwe, "issue_cwe", object.next_value_seed(Weakness(unused))?)?;
                }
                Key::LineNumber => once(&mut line_number, "line_number", object.next_value()?)?,
                Key::LineRange => once(&mut line_range, "line_range", object.next_value()?)?,
                Key::TestId => once(&mut test_id, "test_id", object.next_value()?)?,
                Key::TestName => once(&mut test_name, "test_name", object.next_value()?)?,
                Key::Candidates => {
                    once(&mut candidates, "candidates", object.next_value_seed(unused)?)?;
                }
                Key::ColOffset => {
                    once(&mut col_offset, "col_offset", object.next_value_seed(unused)?)?;
                }
                Key::EndColOffset => {
                    once(&mut end_col_offset, "end_col_offset", object.next_value_seed(unused)?)?;
                }
                Key::MoreInfo => {
                    once(&mut more_info, "more_info", object.next_value_seed(unused)?)?;
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
        needed(code, "code")?;
        self.0.add(Raw {
            filename: needed(filename, "filename")?,
            test_id: needed(test_id, "test_id")?,
            test_name: needed(test_name, "test_name")?,
            severity: needed(severity, "issue_severity")?,
            confidence: needed(confidence, "issue_confidence")?,
            issue_text: needed(issue_text, "issue_text")?,
            cwe: cwe.flatten(),
            line_number: needed(line_number, "line_number")?,
            line_range: needed(line_range, "line_range")?,
            has_candidates: candidates.is_some(),
        });
        Ok(())
    }
}

fn severity_of<E: Error>(word: &str) -> Result<Severity, E> {
    Ok(match word {
        "UNDEFINED" => Severity::Undefined,
        "LOW" => Severity::Low,
        "MEDIUM" => Severity::Medium,
        "HIGH" => Severity::High,
        word => return Err(no_level("issue_severity", word)),
    })
}

fn confidence_of<E: Error>(word: &str) -> Result<Confidence, E> {
    Ok(match word {
        "UNDEFINED" => Confidence::Undefined,
        "LOW" => Confidence::Low,
        "MEDIUM" => Confidence::Medium,
        "HIGH" => Confidence::High,
        word => return Err(no_level("issue_confidence", word)),
    })
}

fn no_level<E: Error>(key: &str, word: &str) -> E {
    wrong(format_args!("{key} is `{word}`; Bandit writes UNDEFINED, LOW, MEDIUM or HIGH"))
}

/// A text that is copied into a buffer, which is emptied first.
struct Buffer<'s>(&'s mut String);

impl<'de> DeserializeSeed<'de> for Buffer<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Buffer<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.clear();
        self.0.push_str(text);
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Lines {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl<'de> Visitor<'de> for Numbers {
            type Value = Lines;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of line numbers")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Lines, A::Error> {
                let mut lines = Lines::NONE;
                while let Some(line) = list.next_element::<u32>()? {
                    lines = Lines { first: lines.first.min(line), last: lines.last.max(line) };
                }
                Ok(lines)
            }
        }
        json.deserialize_seq(Numbers)
    }
}

/// `issue_cwe`: an object with an `id`, or an empty one where the test has no weakness.
struct Weakness(Unused);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum WeaknessKey {
    Id,
    Link,
    Other(String),
}

impl<'de> DeserializeSeed<'de> for Weakness {
    type Value = Option<u32>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<u32>, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Weakness {
    type Value = Option<u32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the id of a weakness, or an empty one")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Option<u32>, A::Error> {
        let unused = self.0.below(1);
        let (mut id, mut link) = (None, None);
        let mut others: HashSet<String> = HashSet::new();
        while let Some(key) = object.next_key::<WeaknessKey>()? {
            match key {
                WeaknessKey::Id => once(&mut id, "id", object.next_value()?)?,
                WeaknessKey::Link => once(&mut link, "link", object.next_value_seed(unused)?)?,
                WeaknessKey::Other(name) => {
                    if others.contains(&name) {
                        return Err(twice(&name));
                    }
                    others.insert(name);
                    object.next_value_seed(unused)?;
                }
            }
        }
        match (id, link) {
            (Some(id), _) => Ok((id > 0).then_some(id)),
            (None, None) => Ok(None),
            (None, Some(())) => Err(Error::missing_field("id")),
        }
    }
}
