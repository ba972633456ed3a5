//! Answers and webhooks are built from the few fields that mean something; GitHub's schemas demand
//! dozens more. What is demanded and not said is filled in here by its schema: null where it may be,
//! else the emptiest value that fits.

use serde_json::{Map, Value, json};

/// `value` with everything that `schema` (of the bundle `root`) requires.
pub(super) fn complete(root: &Value, schema: &Value, value: &mut Value) {
    let schema = resolved(root, schema);
    if value.is_null() {
        return;
    }
    for part in list(schema, "allOf") {
        complete(root, part, value);
    }
    if let Some(branch) = branch_for(root, schema, value) {
        complete(root, branch, value);
    }
    if let Some(object) = value.as_object_mut() {
        let no_properties = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&no_properties);
        for name in list(schema, "required").filter_map(Value::as_str) {
            if !object.contains_key(name) {
                let blank = properties.get(name).map_or(Value::Null, |it| blank(root, it, name));
                object.insert(name.to_owned(), blank);
            }
        }
        for (name, schema) in properties {
            if let Some(value) = object.get_mut(name) {
                complete(root, schema, value);
            }
        }
    } else if let Some(items) = value.as_array_mut()
        && schema["items"].is_object()
    {
        items.iter_mut().for_each(|it| complete(root, &schema["items"], it));
    }
}

fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|it| it.strip_prefix('#')) {
        Some(pointer) => resolved(root, root.pointer(pointer).unwrap_or(&Value::Null)),
        None => schema,
    }
}

fn list<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    schema[key].as_array().into_iter().flatten()
}

fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    list(schema, "anyOf").chain(list(schema, "oneOf"))
}

fn allows_null(root: &Value, schema: &Value) -> bool {
    let schema = resolved(root, schema);
    let listed = schema["type"].as_array().is_some_and(|it| it.contains(&json!("null")));
    listed || schema["type"] == "null" || branches(schema).any(|it| allows_null(root, it))
}

/// The branch that speaks of most of what the value has, and contradicts none of it.
fn branch_for<'a>(root: &'a Value, schema: &'a Value, value: &Value) -> Option<&'a Value> {
    let object = value.as_object()?;
    let mut best = None;
    for branch in branches(schema) {
        if let Some(known) = fitness(root, branch, object)
            && best.is_none_or(|(most, _)| known > most)
        {
            best = Some((known, branch));
        }
    }
    best.map(|(_, branch)| branch)
}

/// How many of the keys a schema knows; nothing, if it contradicts one of them.
fn fitness(root: &Value, schema: &Value, object: &Map<String, Value>) -> Option<usize> {
    let schema = resolved(root, schema);
    if let Some(properties) = schema["properties"].as_object() {
        let contradicts = object.iter().any(|(name, value)| {
            let words = properties.get(name).and_then(|it| it["enum"].as_array());
            words.is_some_and(|it| !it.contains(value))
        });
        let known = object.keys().filter(|it| properties.contains_key(*it)).count();
        return (!contradicts).then_some(known);
    }
    branches(schema).chain(list(schema, "allOf")).filter_map(|it| fitness(root, it, object)).max()
}

/// The emptiest value that fits. Where a field is a URL, which not every description says, it is one:
/// clients read it as such.
fn blank(root: &Value, schema: &Value, name: &str) -> Value {
    if allows_null(root, schema) {
        return Value::Null;
    }
    let schema = resolved(root, schema);
    if let Some(value) = schema.get("const").or_else(|| schema.get("default")) {
        return value.clone();
    }
    if let Some(first) = list(schema, "enum").next() {
        return first.clone();
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or_default();
    match kind {
        "boolean" => json!(false),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(0)),
        "array" => {
            let items = usize::from(schema["minItems"].as_u64().is_some_and(|it| it > 0));
            json!(vec![blank(root, &schema["items"], ""); items])
        }
        "string" => json!(match schema["format"].as_str() {
            Some("uri" | "uri-template") => "https://github.invalid/filled-in-by-its-schema",
            Some("date-time") => "1970-01-01T00:00:00Z",
            Some("email") => "nobody@github.invalid",
            _ if ["url", "href"].iter().any(|it| name.ends_with(it)) => {
                "https://github.invalid/filled-in-by-its-schema"
            }
            _ => "filled-in-by-its-schema",
        }),
        _ => {
            let mut value = json!({});
            let first = branches(schema).next();
            if schema["properties"].is_null()
                && list(schema, "allOf").next().is_none()
                && let Some(branch) = first
            {
                return blank(root, branch, name);
            }
            complete(root, schema, &mut value);
            value
        }
    }
}
