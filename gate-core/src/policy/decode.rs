//! The tree → typed sections, with every problem collected on the way.
//!
//! A section is declared once, by [`section!`]: its keys, their types and their documentation. The
//! reader, the JSON Schema and the check of `docs/policy.md` all come from that declaration.

use std::str::FromStr;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{
    extends::Extends,
    metric::Tolerance,
    problem::{Place, Problems, nearest},
    schema::homes,
    yaml::{Key, Node, Value},
};
use crate::measure::{Decimal, Format, Percent, Span};

/// A value of a policy that remembers where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spanned<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// Entries under names that the policy's author chose, in the order of the file. An entry that
/// could not be read at all keeps its name, so that what refers to it is not a second problem.
pub(super) type Named<T> = Vec<(Spanned<String>, Option<Spanned<T>>)>;

/// A required value; nothing where a problem was added in its place.
#[derive(Debug)]
pub(super) struct Needed<T>(Option<Spanned<T>>);

impl<T> Needed<T> {
    pub(super) const fn get(&self) -> Option<&Spanned<T>> {
        self.0.as_ref()
    }

    pub(super) fn take(self) -> Option<Spanned<T>> {
        self.0
    }
}

/// What can be read from a node. `None` means that a problem was added.
pub(super) trait Decode: Sized {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self>;
}

/// A mapping whose keys are asked for one by one.
pub(super) struct Section<'n, 'p> {
    place: Place,
    entries: Vec<&'n (Key, Node)>,
    known: Vec<String>,
    /// Whether a problem was added while its fields were read.
    damaged: bool,
    problems: &'p mut Problems,
}

impl<'n, 'p> Section<'n, 'p> {
    pub(super) fn open(node: &'n Node, problems: &'p mut Problems) -> Option<Self> {
        match &node.value {
            Value::Mapping(entries) => Some(Self {
                place: node.place,
                entries: entries.iter().collect(),
                known: Vec::new(),
                damaged: false,
                problems,
            }),
            Value::Scalar { .. } | Value::Sequence(_) => {
                problems.add(node.place, "expected keys and values here (`key: value`)");
                None
            }
        }
    }

    /// Reads one field. What cannot be read is left out after its problem was added, and the rest
    /// of the section is read all the same.
    pub(super) fn take<F: Field>(&mut self, field: &str) -> F {
        let key = field.replace('_', "-");
        let at = self.entries.iter().position(|(known, _)| known.text == key);
        let node = at.map(|at| &self.entries.remove(at).1);
        let value = node.and_then(|node| Spanned::decode(node, self.problems));
        if node.is_none() && F::NEEDED {
            self.problems.add(self.place.first(), format!("`{key}` is missing here"));
        }
        self.damaged |= value.is_none() && (node.is_some() || F::NEEDED);
        self.known.push(key);
        F::of(value)
    }

    /// Every key that nobody asked for is a problem: an accepted key always has a reader.
    pub(super) fn close(self) {
        for (key, _) in &self.entries {
            let elsewhere = nearest(&key.text, &self.known).is_none().then(|| homes(&key.text));
            match elsewhere.flatten() {
                None => self.problems.add_unknown(key.place, "key here", &key.text, &self.known),
                Some(homes) => self.problems.add_with_hint(
                    key.place,
                    format!("no such key here: `{}`", key.text),
                    format!("it is a key of {homes}; there is {} here", self.known.join(", ")),
                ),
            }
        }
        if self.damaged || !self.entries.is_empty() {
            self.problems.mark_damaged(self.place);
        }
    }
}

/// A field of a section: required (`Needed<T>`) or not (`Option<Spanned<T>>`).
pub(super) trait Field {
    type Value: Decode;
    const NEEDED: bool;
    fn of(value: Option<Spanned<Self::Value>>) -> Self;
}

impl<T: Decode> Field for Needed<T> {
    type Value = T;
    const NEEDED: bool = true;

    fn of(value: Option<Spanned<T>>) -> Self {
        Self(value)
    }
}

impl<T: Decode> Field for Option<Spanned<T>> {
    type Value = T;
    const NEEDED: bool = false;

    fn of(value: Self) -> Self {
        value
    }
}

impl<T: Decode> Decode for Spanned<T> {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        Some(Self { value: T::decode(node, problems)?, place: node.place })
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let Value::Sequence(items) = &node.value else {
            problems
                .add(node.place, "expected a list here (`[a, b]`, or lines that begin with `-`)");
            return None;
        };
        // An item that cannot be read is left out; its problem is enough to refuse the policy.
        Some(items.iter().filter_map(|item| T::decode(item, problems)).collect())
    }
}

impl<T: Decode> Decode for Named<T> {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let Value::Mapping(entries) = &node.value else {
            problems.add(node.place, "expected names and their sections here (`name: …`)");
            return None;
        };
        let entry = |(key, node): &(Key, Node)| {
            let name = Spanned { value: key.text.clone(), place: key.place };
            (name, Spanned::decode(node, problems))
        };
        Some(entries.iter().map(entry).collect())
    }
}

/// The text of a scalar that says something.
fn scalar<'n>(node: &'n Node, what: &str, problems: &mut Problems) -> Option<(&'n str, bool)> {
    match &node.value {
        Value::Scalar { text, quoted }
            if *quoted || !matches!(text.as_str(), "" | "~" | "null") =>
        {
            Some((text, *quoted))
        }
        Value::Scalar { .. } => {
            problems.add(node.place, format!("expected {what} here, but there is nothing"));
            None
        }
        Value::Sequence(_) | Value::Mapping(_) => {
            problems.add(node.place, format!("expected {what} here"));
            None
        }
    }
}

impl Decode for String {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        scalar(node, "a text", problems).map(|(text, _)| text.to_owned())
    }
}

impl Decode for u64 {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let (text, quoted) = scalar(node, "a whole number", problems)?;
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(number) if digits && !quoted => Some(number),
            Ok(_) if quoted => {
                problems.add(node.place, "a number is written without quotes");
                None
            }
            Ok(_) | Err(_) => {
                problems.add(node.place, "expected a whole number here, such as 0 or 3");
                None
            }
        }
    }
}

impl Decode for bool {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        match scalar(node, "`true` or `false`", problems)? {
            ("true", false) => Some(true),
            ("false", false) => Some(false),
            _ => {
                problems.add(node.place, "expected `true` or `false` here, without quotes");
                None
            }
        }
    }
}

/// What is read by `FromStr` and says itself what is wrong.
fn parsed<T: FromStr<Err: std::fmt::Display>>(
    node: &Node,
    what: &str,
    problems: &mut Problems,
) -> Option<T> {
    let (text, _) = scalar(node, what, problems)?;
    text.parse().map_err(|error: T::Err| problems.add(node.place, error.to_string())).ok()
}

impl Decode for Percent {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        parsed(node, "a percentage such as 80%", problems)
    }
}

impl Decode for Decimal {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let (_, quoted) = scalar(node, "a number such as 0.25", problems)?;
        if quoted {
            problems.add(node.place, "a number is written without quotes");
            return None;
        }
        parsed(node, "a number such as 0.25", problems)
    }
}

impl Decode for Tolerance {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let (text, _) = scalar(node, "a number or a percentage, such as 5%", problems)?;
        if text.ends_with('%') {
            return Percent::decode(node, problems).map(Self::Share);
        }
        let amount = Decimal::decode(node, problems)?;
        if amount.is_negative() {
            problems.add(
                node.place,
                "to be worse by less than nothing is to be better; give 0 or more",
            );
            return None;
        }
        Some(Self::Amount(amount))
    }
}

impl Decode for Span {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        parsed(node, "a length of time such as 45m", problems)
    }
}

impl Decode for Date {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let (text, _) = scalar(node, "a date such as 2027-06-30", problems)?;
        let written = text.len() == 10;
        match text.parse() {
            Ok(date) if written => Some(date),
            Ok(_) | Err(_) => {
                problems
                    .add(node.place, "a date is written year-month-day, for example 2027-06-30");
                None
            }
        }
    }
}

impl Decode for Extends {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        parsed(node, "a policy such as acme/.github@v3:gate.yml", problems)
    }
}

impl Decode for Format {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let (text, _) = scalar(node, "the name of a report format", problems)?;
        let known: Vec<String> = Self::ALL.iter().map(|format| format.name().to_owned()).collect();
        let format = text.parse().ok();
        if format.is_none() {
            problems.add_unknown(node.place, "report format", text, &known);
        }
        format
    }
}

/// One of a few words.
pub(super) fn word<T: Copy>(
    node: &Node,
    what: &str,
    words: &[(&'static str, T)],
    problems: &mut Problems,
) -> Option<T> {
    let (text, _) = scalar(node, what, problems)?;
    let found = words.iter().find(|(word, _)| *word == text).map(|&(_, value)| value);
    if found.is_none() {
        let known: Vec<String> = words.iter().map(|(word, _)| (*word).to_owned()).collect();
        problems.add_unknown(node.place, what, text, &known);
    }
    found
}

macro_rules! transparent_schema {
    ($wrapper:ident) => {
        impl<T: JsonSchema> JsonSchema for $wrapper<T> {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                T::schema_name()
            }

            fn inline_schema() -> bool {
                T::inline_schema()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                T::json_schema(generator)
            }
        }
    };
}

transparent_schema!(Spanned);
transparent_schema!(Needed);

/// The schema of [`Named`]; a plain pair would be a list to `schemars`.
pub(super) fn named_schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let entry = generator.subschema_for::<T>();
    json_schema!({ "type": "object", "additionalProperties": entry })
}

/// The schemas of the texts with a form of their own.
pub(super) fn percent_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": r"^\d{1,3}(\.\d{1,6})? *%$" })
}

pub(super) fn number_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "number" })
}

pub(super) fn tolerance_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "oneOf": [
        { "type": "number", "minimum": 0 },
        { "type": "string", "pattern": r"^\d{1,3}(\.\d{1,6})? *%$" },
    ] })
}

pub(super) fn span_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": r"^\d+[mhd]$" })
}

pub(super) fn date_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date" })
}

pub(super) fn extends_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": r"^[^/@ ]+/[^/@ ]+@[^: ]+(:.+\.ya?ml)?$" })
}

pub(super) fn format_schema(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    json_schema!({ "type": "string", "enum": names })
}

/// Declares a section of the policy file: a struct whose fields are its keys (`at_least` is the key
/// `at-least`), each `Needed<T>` (required) or `Option<Spanned<T>>`.
macro_rules! section {
    ($(#[$doc:meta])* struct $name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, schemars::JsonSchema)]
        #[schemars(rename_all = "kebab-case", deny_unknown_fields)]
        pub(in crate::policy) struct $name {
            $($(#[$attribute])* pub(in crate::policy) $field: $type,)+
        }

        impl $crate::policy::decode::Decode for $name {
            fn decode(
                node: &$crate::policy::yaml::Node,
                problems: &mut $crate::policy::problem::Problems,
            ) -> Option<Self> {
                let mut section = $crate::policy::decode::Section::open(node, problems)?;
                $(let $field = section.take(stringify!($field));)+
                section.close();
                Some(Self { $($field,)+ })
            }
        }
    };
}

/// Declares a choice of words: an enum whose variants are each one word of the policy file.
macro_rules! words {
    ($(#[$doc:meta])* enum $name:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, schemars::JsonSchema)]
        #[schemars(inline)]
        #[non_exhaustive]
        pub enum $name { $($(#[$vdoc])* #[schemars(rename = $word)] $variant),+ }

        impl $name {
            /// The word for it.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl $crate::policy::decode::Decode for $name {
            fn decode(
                node: &$crate::policy::yaml::Node,
                problems: &mut $crate::policy::problem::Problems,
            ) -> Option<Self> {
                $crate::policy::decode::word(node, $what, &[$(($word, Self::$variant)),+], problems)
            }
        }
    };
}

pub(super) use {section, words};
