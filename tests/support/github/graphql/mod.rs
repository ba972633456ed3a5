//! GitHub's GraphQL: a query is parsed and held against the committed schema, and answered from a
//! tree of JSON that stands for the data. A field that the tree does not know is no null: it is told
//! as unexpected, so that a query never gets a guess.

mod arguments;
mod tree;

use std::cell::RefCell;

use apollo_compiler::{
    ExecutableDocument,
    resolvers::{Execution, FieldError, ObjectValue, ResolveInfo, ResolvedValue},
    response::JsonMap,
};
use serde_json::{Map, Value, json};

use super::{
    data::{GitHub, Token},
    descriptions::GRAPHQL,
};

/// An answer to `POST /graphql`, and what about it was unexpected.
pub(super) fn answer(github: &GitHub, body: &Value, token: &Token) -> (Value, Vec<String>) {
    let Some(query) = body["query"].as_str() else {
        return (json!({}), vec!["POST /graphql: no `query`".to_owned()]);
    };
    let document = match ExecutableDocument::parse_and_validate(&GRAPHQL, query, "query.graphql") {
        Ok(document) => document,
        Err(invalid) => {
            return (json!({}), vec![format!("a query that is invalid: {}", invalid.errors)]);
        }
    };
    let variables: JsonMap = serde_json::from_value(body["variables"].clone()).unwrap_or_default();
    let unknown = RefCell::new(Vec::new());
    let root = Object {
        github,
        token,
        unknown: &unknown,
        type_name: "Query".to_owned(),
        fields: Map::new(),
    };
    let execution = Execution::new(&GRAPHQL, &document)
        .operation_name(body["operationName"].as_str())
        .map(|it| it.raw_variable_values(&variables))
        .and_then(|it| it.execute_sync(&root));
    let answer = match execution {
        Ok(response) => serde_json::to_value(&response).expect("a response is JSON"),
        Err(refused) => {
            let message = format!("a query with unfit variables: {}", refused.message());
            return (json!({}), vec![message]);
        }
    };
    (typed(answer), unknown.into_inner())
}

/// GitHub says the type of an error beside its message.
fn typed(mut answer: Value) -> Value {
    let errors = answer.get_mut("errors").and_then(Value::as_array_mut);
    for error in errors.into_iter().flatten() {
        let message = error["message"].as_str().unwrap_or_default();
        let message = message.strip_prefix("resolver error: ").unwrap_or(message).to_owned();
        if message.starts_with("Could not resolve") {
            error["type"] = json!("NOT_FOUND");
        }
        error["message"] = json!(message);
    }
    answer
}

struct Object<'a> {
    github: &'a GitHub,
    token: &'a Token,
    unknown: &'a RefCell<Vec<String>>,
    type_name: String,
    fields: Map<String, Value>,
}

impl<'a> Object<'a> {
    fn with(&self, type_name: &str, fields: Map<String, Value>) -> Self {
        let type_name =
            fields.get("__typename").and_then(Value::as_str).unwrap_or(type_name).to_owned();
        Self { type_name, fields, ..*self }
    }

    /// A value of the tree, as the type of its field wants it.
    fn resolved(&self, value: Value, type_name: &str) -> ResolvedValue<'a> {
        let value = tree::loaded(self.github, value);
        if let Value::Array(items) = value {
            let items: Vec<_> =
                items.into_iter().map(|it| Ok(self.resolved(it, type_name))).collect();
            return ResolvedValue::List(Box::new(items.into_iter()));
        }
        let composite = GRAPHQL.get_object(type_name).is_some()
            || GRAPHQL.get_interface(type_name).is_some()
            || matches!(
                GRAPHQL.types.get(type_name),
                Some(apollo_compiler::schema::ExtendedType::Union(_))
            );
        if let (true, Value::Object(fields)) = (composite, &value) {
            return ResolvedValue::Object(Box::new(self.with(type_name, fields.clone())));
        }
        let leaf = serde_json::from_value(value).expect("JSON of one kind is JSON of the other");
        ResolvedValue::Leaf(leaf)
    }
}

impl ObjectValue for Object<'_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'b>(
        &'b self,
        info: &'b ResolveInfo<'b>,
    ) -> Result<ResolvedValue<'b>, FieldError> {
        let name = info.field_name();
        let said = serde_json::to_value(info.arguments()).expect("arguments are JSON");
        let of_type = info.field_definition().ty.inner_named_type().to_string();
        let fail = |message: String| FieldError { message };
        let value = match arguments::field(self, name, &said) {
            Some(value) => value.map_err(fail)?,
            None => match self.fields.get(name) {
                Some(value) => value.clone(),
                None => {
                    let message = format!("the fake GitHub knows no {}.{name}", self.type_name);
                    self.unknown.borrow_mut().push(message.clone());
                    return Err(fail(message));
                }
            },
        };
        let value = if value["$connection"].is_array() {
            arguments::connection(&value, &said, &format!("{}.{name}", self.type_name))
                .map_err(fail)?
        } else {
            value
        };
        Ok(self.resolved(value, &of_type))
    }
}
