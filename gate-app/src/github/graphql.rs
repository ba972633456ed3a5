//! GraphQL: a query out, its data and its errors back. Errors come with status 200, beside data.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Error, GitHub, Quota,
    answer::short,
    budget::Resource,
    route::{Method, Route},
    send::Who,
};

/// A query: its name for counting, and its text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Query {
    pub(super) route: &'static str,
    pub(super) text: &'static str,
}

/// Every query, for the test that validates them.
#[cfg(test)]
pub(super) const ALL: [Query; 8] = [
    SNAPSHOT,
    COMMIT,
    MORE_LABELS,
    MORE_REVIEWS,
    MORE_THREADS,
    MORE_CHECKS,
    FIRST_PARENTS,
    VERSIONS,
];

macro_rules! query {
    ($(#[$doc:meta])* $constant:ident = $file:literal + [$($fragment:literal),*]) => {
        $(#[$doc])*
        pub(super) const $constant: Query = Query {
            route: concat!("/graphql ", $file),
            text: concat!(
                include_str!(concat!("queries/", $file, ".graphql")),
                $(include_str!(concat!("queries/", $fragment, ".fragment.graphql")),)*
            ),
        };
    };
}

query!(
    SNAPSHOT = "snapshot"
        + ["files", "policy", "file", "checks", "contexts", "labels", "reviews", "threads"]
);
query!(COMMIT = "commit" + ["files", "policy", "file", "checks", "contexts"]);
query!(MORE_LABELS = "more_labels" + ["labels"]);
query!(MORE_REVIEWS = "more_reviews" + ["reviews"]);
query!(MORE_THREADS = "more_threads" + ["threads"]);
query!(MORE_CHECKS = "more_checks" + ["contexts"]);
query!(FIRST_PARENTS = "first_parents" + []);
query!(VERSIONS = "versions" + []);

/// What came back.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) data: Value,
    pub(super) errors: Vec<Fault>,
    pub(super) quota: Option<Quota>,
}

/// One error that GitHub reported beside the data.
#[derive(Debug, Deserialize)]
pub(super) struct Fault {
    #[serde(rename = "type", default)]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    path: Vec<Value>,
}

impl Fault {
    /// Whether it is about this place of the answer, or about something inside it.
    pub(super) fn is_within(&self, place: &[&str]) -> bool {
        self.path.len() >= place.len()
            && self.path.iter().zip(place).all(|(step, name)| step.as_str() == Some(name))
    }

    /// Whether it takes this place away: it is about it, or about something around it.
    pub(super) fn is_around(&self, place: &[&str]) -> bool {
        self.path.len() <= place.len() && {
            self.path.iter().zip(place).all(|(step, name)| step.as_str() == Some(name))
        }
    }

    /// Whether it is inside this place, and in none of these parts of it.
    pub(super) fn is_outside(&self, place: &[&str], parts: &[&str]) -> bool {
        let part = self.path.get(place.len()).and_then(Value::as_str);
        self.is_within(place) && part.is_some_and(|part| !parts.contains(&part))
    }

    /// Whether it goes through this name on its way, or ends before it could.
    pub(super) fn takes(&self, name: &str) -> bool {
        const SIBLINGS: [&str; 2] = ["policy", "statusCheckRollup"];
        let named = |step: &Value| step.as_str().filter(|step| SIBLINGS.contains(step)).is_some();
        match self.path.iter().find(|step| named(step)) {
            Some(step) => step.as_str() == Some(name),
            None => true,
        }
    }

    pub(super) fn words(&self) -> String {
        short(&self.message)
    }

    /// Whether it says that a limit was met. Of the secondary one only the words say so.
    fn is_limit(&self) -> bool {
        matches!(self.kind.as_deref(), Some("RATE_LIMITED" | "RATE_LIMIT"))
            || self.kind.is_none()
                && self.message.to_ascii_lowercase().contains("secondary rate limit")
    }
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default)]
    data: Value,
    #[serde(default)]
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RateLimit {
    limit: u64,
    remaining: u64,
    reset_at: jiff::Timestamp,
}

impl GitHub {
    /// Asks a query. An answer without data is an error; one with data and errors is for the caller
    /// to judge.
    pub(super) async fn query(
        &self,
        who: Who,
        query: Query,
        variables: &Value,
    ) -> Result<Data, Error> {
        let route = Route::new(Method::Post, query.route, &[]).at("/graphql".to_owned());
        let body = json!({ "query": query.text, "variables": variables });
        let answer = self.post_graphql(who, &route, &body).await?;
        let now = self.now();
        answer.check(&route, now)?;
        let Raw { data, errors } = answer.json(&route)?;
        let call = || route.name();
        if errors.iter().any(Fault::is_limit) {
            let until = answer.headers.until(now);
            if let Who::Scope(scope) = who {
                self.limited(scope.installation, &answer.headers, until);
            }
            return Err(Error::RateLimited { call: call(), until });
        }
        let quota =
            data.get("rateLimit").filter(|value| !value.is_null()).map(RateLimit::deserialize);
        let quota = quota.transpose().map_err(|error| Error::Malformed {
            call: call(),
            problem: format!("rateLimit: {error}"),
        })?;
        let quota =
            quota.map(|q| Quota { limit: q.limit, remaining: q.remaining, reset: q.reset_at });
        if let (Some(quota), Who::Scope(scope)) = (quota, who) {
            self.saw(scope.installation, Resource::Graphql, quota);
        }
        if data.get("repository").is_none_or(Value::is_null) {
            return Err(without_data(call(), &errors));
        }
        Ok(Data { data, errors, quota })
    }
}

/// The error that an answer without data stands for.
pub(super) fn without_data(call: String, errors: &[Fault]) -> Error {
    let Some(first) = errors.first() else {
        return Error::Malformed { call, problem: "neither data nor errors".to_owned() };
    };
    let message = first.words();
    match first.kind.as_deref() {
        Some("NOT_FOUND") => Error::NotFound { call, message },
        Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => {
            Error::Forbidden { call, message, permissions: None }
        }
        // GitHub's own troubles, timeouts among them, come without a type.
        None => Error::Server { call, status: 200, message },
        Some(_) => Error::Refused { call, status: 200, message },
    }
}

#[cfg(test)]
mod tests {
    use apollo_compiler::{ExecutableDocument, Schema};

    use super::*;

    const SCHEMA: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/github/github.graphql"));

    #[test]
    fn every_query_fits_githubs_schema() {
        let schema = Schema::parse_and_validate(SCHEMA, "github.graphql").unwrap();
        for query in ALL {
            let document = ExecutableDocument::parse_and_validate(&schema, query.text, query.route);
            assert!(document.is_ok(), "{}: {}", query.route, document.unwrap_err());
        }
    }

    #[test]
    fn the_validation_finds_a_wrong_field() {
        let schema = Schema::parse_and_validate(SCHEMA, "github.graphql").unwrap();
        let wrong = SNAPSHOT.text.replace("isDraft", "isDarft");
        assert!(ExecutableDocument::parse_and_validate(&schema, wrong, "wrong").is_err());
    }
}
