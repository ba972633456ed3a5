//! The JSON Schema of the policy file, generated from its sections.

use schemars::{generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::{Map, Value, json};

use super::raw::RawPolicy;

/// The JSON Schema (2020-12) of `.github/gate.yml`, for editors. It knows keys, types and words;
/// what one part says about another only [`Policy::parse`](super::Policy::parse) checks.
#[must_use]
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.transforms.push(Box::new(RecursiveTransform(|schema: &mut schemars::Schema| {
            if let Some(object) = schema.as_object_mut() {
                forbid_null(object);
            }
        })));
    });
    let mut schema = settings.into_generator().into_root_schema_for::<RawPolicy>().to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), "gate policy".into());
        // A policy states rules, or extends one that does.
        let either = json!([{ "required": ["rules"] }, { "required": ["extends"] }]);
        object.insert("anyOf".to_owned(), either);
    }
    schema
}

/// The sections that have a key of this name, as the policy knows them; none if none has.
pub(super) fn homes(key: &str) -> Option<String> {
    let schema = schema();
    let definitions = schema.get("$defs")?.as_object()?.iter();
    let has = |section: &Value| section.get("properties").is_some_and(|all| all.get(key).is_some());
    let own =
        definitions.filter(|(_, section)| has(section)).map(|(name, _)| match name.as_str() {
            "RawReport" => "a report".to_owned(),
            "RawRule" => "a rule".to_owned(),
            "RawWaiver" => "a waiver".to_owned(),
            other => format!("`{}`", other.trim_start_matches("Raw").to_lowercase()),
        });
    let mut homes: Vec<String> = own.collect();
    if has(&schema) {
        homes.push("the policy itself".to_owned());
    }
    (!homes.is_empty()).then(|| homes.join(", "))
}

/// An absent key is absent; `key:` without a value is a mistake. schemars says the opposite of
/// every optional field.
fn forbid_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|word| word != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = schema.get_mut(key) else {
            continue;
        };
        branches.retain(|branch| branch.get("type").is_none_or(|word| word != "null"));
        if let [Value::Object(only)] = branches.as_slice() {
            let only = only.clone();
            schema.remove(key);
            schema.extend(only);
        }
    }
}
