//! Pieces that serde reads more leniently than a gate may.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
    fmt,
    marker::PhantomData,
    ops::Deref,
};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use super::{refusal::TOO_DEEP, wrong};

/// A text, borrowed from the report wherever it has no escapes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in super::super) struct Text<'a>(Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Text<'_> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }
        json.deserialize_str(Texts).map(Self)
    }
}

/// A value that nobody uses, read as strictly as if somebody did: within the depth limit, and no
/// key twice.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Unused {
    limit: usize,
    /// How many levels of lists and objects the value may still have.
    left: usize,
}

impl Unused {
    /// A value that stands `depth` levels deep in a document that may have `limit`.
    pub(in super::super) const fn at(depth: usize, limit: usize) -> Self {
        Self { limit, left: limit.saturating_sub(depth) }
    }

    /// The same, for a value that stands some levels deeper.
    pub(in super::super) const fn below(self, levels: usize) -> Self {
        Self { left: self.left.saturating_sub(levels), ..self }
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.left.checked_sub(1) {
            Some(left) => Ok(Self { left, ..self }),
            None => Err(wrong(format_args!("{TOO_DEEP}{} levels", self.limit))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Unused {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unused {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while list.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut keys: HashSet<Text<'de>> = HashSet::new();
        while let Some(key) = object.next_key::<Text<'de>>()? {
            if keys.contains(&*key) {
                return Err(twice(&key));
            }
            keys.insert(key);
            object.next_value_seed(inner)?;
        }
        Ok(())
    }
}

pub(in super::super) fn twice<E: Error>(key: &str) -> E {
    wrong(format_args!("the key `{key}` stands here twice"))
}

/// Fills a slot that may be filled once.
pub(in super::super) fn once<T, E: Error>(
    slot: &mut Option<T>,
    key: &str,
    value: T,
) -> Result<(), E> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(twice(key)),
    }
}

/// A value that may be absent, but is no `null` where it is there. With `#[serde(default)]`.
pub(in super::super) fn present<'de, D, T>(json: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(json).map(Some)
}

/// A value that may be `null`, but whose key is there.
pub(in super::super) fn nullable<'de, D, T>(json: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(json)
}

struct Objects<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Objects<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object))
    }
}

/// A struct from an object only; serde would take a list of its fields as well.
pub(in super::super) fn object<'de, D, T>(json: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    json.deserialize_any(Objects(PhantomData))
}

struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        object(json).map(Self)
    }
}

/// A list of structs, each from an object.
pub(in super::super) fn objects<'de, D, T>(json: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list: Vec<Object<T>> = Vec::deserialize(json)?;
    Ok(list.into_iter().map(|Object(value)| value).collect())
}

/// A struct from an object, or `null`.
pub(in super::super) fn object_or_null<'de, D, T>(json: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let value: Option<Object<T>> = Option::deserialize(json)?;
    Ok(value.map(|Object(value)| value))
}

/// Structs by name, each from an object. That no name stands there twice, the check of the whole
/// text sees to.
pub(in super::super) fn objects_by_name<'de, D, T>(json: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let objects: BTreeMap<String, Object<T>> = BTreeMap::deserialize(json)?;
    Ok(objects.into_iter().map(|(name, Object(value))| (name, value)).collect())
}
