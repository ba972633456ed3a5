//! GitHub's own descriptions: which operation a request is, and whether requests, answers and
//! webhooks are as they are described.
//!
//! One registry holds both bundles, and validators refer into it: a validator with a bundle of its
//! own costs a second and a hundred megabytes.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock, Mutex},
};

use apollo_compiler::{Schema, validation::Valid};
use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

const REST_URI: &str = "https://github-descriptions.invalid/rest.json";
const WEBHOOKS_URI: &str = "https://github-descriptions.invalid/webhooks.json";

pub(super) static REST: LazyLock<Value> =
    LazyLock::new(|| read(include_str!("../../../fixtures/github/rest.schemas.json")));
pub(super) static WEBHOOKS: LazyLock<Value> =
    LazyLock::new(|| read(include_str!("../../../fixtures/github/webhooks.schemas.json")));

/// GitHub's GraphQL schema.
pub(super) static GRAPHQL: LazyLock<Valid<Schema>> = LazyLock::new(|| {
    let sdl = include_str!("../../../fixtures/github/github.graphql");
    Schema::parse_and_validate(sdl, "github.graphql").expect("the committed schema is valid")
});

static REGISTRY: LazyLock<Registry<'static>> = LazyLock::new(|| {
    Registry::new()
        .add(REST_URI, &*REST)
        .and_then(|it| it.add(WEBHOOKS_URI, &*WEBHOOKS))
        .and_then(jsonschema::RegistryBuilder::prepare)
        .expect("the committed schemas refer to each other soundly")
});
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// The operations of GitHub's REST API that are served, most literal path first.
pub(super) static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let mut all: Vec<Operation> = REST["operations"]
        .as_object()
        .expect("operations are an object")
        .iter()
        .map(|(id, it)| Operation {
            id: id.clone(),
            method: text(&it["method"]),
            template: text(&it["path"]),
        })
        .collect();
    all.sort_by_key(|it| {
        let literal = it.template.split('/').filter(|part| !part.starts_with('{')).count();
        std::cmp::Reverse(literal)
    });
    all
});

/// One operation of GitHub's REST API.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) template: String,
}

fn read(json: &str) -> Value {
    serde_json::from_str(json).expect("a committed description is JSON")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The operation that a request is, and the values of its path parameters.
pub(super) fn operation(
    method: &str,
    path: &str,
) -> Option<(&'static Operation, BTreeMap<String, String>)> {
    let parts: Vec<String> = path.trim_matches('/').split('/').map(decode).collect();
    OPERATIONS.iter().filter(|it| it.method == method).find_map(|it| {
        let template: Vec<&str> = it.template.trim_matches('/').split('/').collect();
        let mut values = BTreeMap::new();
        fits(&template, &parts, &mut values).then_some((it, values))
    })
}

fn fits(template: &[&str], parts: &[String], values: &mut BTreeMap<String, String>) -> bool {
    let Some((&first, template)) = template.split_first() else { return parts.is_empty() };
    let Some(name) = first.strip_prefix('{').and_then(|it| it.strip_suffix('}')) else {
        return parts
            .split_first()
            .is_some_and(|(part, rest)| part.as_str() == first && fits(template, rest, values));
    };
    // Paths and names of branches have slashes of their own.
    let most = if ["path", "branch", "ref", "basehead"].contains(&name) { parts.len() } else { 1 };
    (1..=most.min(parts.len())).any(|taken| {
        let (value, rest) = parts.split_at(taken);
        let fit = fits(template, rest, values);
        if fit {
            values.insert(name.to_owned(), value.join("/"));
        }
        fit
    })
}

/// Text with its percent escapes undone.
pub(super) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(escaped.unwrap_or(byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What of a request differs from its operation's description.
pub(super) fn problems_of_request(
    operation: &Operation,
    path: &BTreeMap<String, String>,
    query: &BTreeMap<String, String>,
    body: Option<&Value>,
) -> Vec<String> {
    let described = &REST["operations"][&operation.id];
    let mut problems = Vec::new();
    for (place, values) in [("pathParameters", path), ("query", query)] {
        for (name, value) in values {
            let schema = &described[place][name];
            if schema.is_null() {
                problems.push(format!("{place}: GitHub knows no `{name}`"));
                continue;
            }
            // A parameter is written as text; the schema says what the text stands for.
            let integer = schema["type"] == "integer";
            let typed = value.parse::<i64>().ok().filter(|_| integer).map_or_else(
                || match (value.as_str(), schema["type"] == "boolean") {
                    ("true", true) => json!(true),
                    ("false", true) => json!(false),
                    (text, _) => json!(text),
                },
                |number| json!(number),
            );
            let pointer = format!("#/operations/{}/{place}/{name}", escape(&operation.id));
            problems.extend(problems_at(REST_URI, &pointer, &typed));
        }
    }
    let pointer = format!("#/operations/{}/request", escape(&operation.id));
    match (body, described.get("request")) {
        (Some(body), Some(_)) => problems.extend(problems_at(REST_URI, &pointer, body)),
        (Some(_), None) => problems.push("a body, where GitHub describes none".to_owned()),
        (None, _) if described["requestRequired"] == true => {
            problems.push("no body, where GitHub wants one".to_owned());
        }
        (None, _) => {}
    }
    problems
}

/// The schema of an operation's answer, where it is described.
pub(super) fn schema_of_answer(id: &str, status: u16) -> Option<&'static Value> {
    REST["operations"][id]["responses"].get(status.to_string())?.get("schema")
}

/// What of an answer differs from its operation's description.
pub(super) fn problems_of_answer(id: &str, status: u16, body: &Value) -> Vec<String> {
    let pointer = format!("#/operations/{}/responses/{status}/schema", escape(id));
    problems_at(REST_URI, &pointer, body)
}

/// The schema of a webhook.
pub(super) fn schema_of_webhook(event: &str, action: &str) -> Option<&'static Value> {
    WEBHOOKS["events"].get(event)?.get(action)
}

/// What of a webhook's payload differs from its description.
#[must_use]
pub fn problems_of_webhook(event: &str, action: &str, payload: &Value) -> Vec<String> {
    if schema_of_webhook(event, action).is_none() {
        return vec![format!("fixtures/github/ describes no webhook {event} {action}")];
    }
    problems_at(WEBHOOKS_URI, &format!("#/events/{event}/{action}"), payload)
}

fn escape(id: &str) -> String {
    id.replace('~', "~0").replace('/', "~1")
}

fn problems_at(bundle: &str, pointer: &str, value: &Value) -> Vec<String> {
    let reference = format!("{bundle}{pointer}");
    let known = VALIDATORS.lock().expect("no validator panics").get(&reference).cloned();
    let validator = known.unwrap_or_else(|| {
        let built = jsonschema::options()
            .with_registry(&REGISTRY)
            .build(&json!({ "$ref": reference }))
            .expect("a committed schema is sound");
        let built = Arc::new(built);
        VALIDATORS
            .lock()
            .expect("no validator panics")
            .insert(reference.clone(), Arc::clone(&built));
        built
    });
    validator
        .iter_errors(value)
        .take(5)
        .map(|it| {
            let text = it.to_string();
            format!("{}: {}", it.instance_path(), text.chars().take(300).collect::<String>())
        })
        .collect()
}
