//! What a route gets and gives, apart from HTTP.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::data::Token;

/// A request that fits its operation's description.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) id: &'static str,
    pub(super) path: BTreeMap<String, String>,
    pub(super) query: BTreeMap<String, String>,
    pub(super) body: Value,
    pub(super) token: Option<Token>,
    /// Where the fake is reached by the name that artifacts are downloaded from.
    pub(super) blobs: String,
}

impl Request {
    pub(super) fn text(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    pub(super) fn number(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or(0)
    }

    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A field of the body that is a text.
    pub(super) fn said(&self, name: &str) -> Option<String> {
        self.body[name].as_str().map(str::to_owned)
    }
}

/// What comes back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    Json(Value),
    /// Given in pages; below a key, with `total_count`, where GitHub does so.
    List(Option<&'static str>, Vec<Value>),
    Empty,
}

/// An answer, or one that says why there is none.
pub(super) type Answered = Result<Answer, Answer>;

impl Answer {
    pub(super) fn json(status: u16, value: Value) -> Self {
        Self { status, headers: Vec::new(), body: Body::Json(value) }
    }

    pub(super) fn list(key: Option<&'static str>, items: Vec<Value>) -> Self {
        Self { status: 200, headers: Vec::new(), body: Body::List(key, items) }
    }

    pub(super) fn error(status: u16, message: &str) -> Self {
        let documentation = "https://docs.github.com/rest";
        let status_text = status.to_string();
        let body = json!({
            "message": message, "documentation_url": documentation, "status": status_text,
        });
        Self::json(status, body)
    }

    pub(super) fn not_found() -> Self {
        Self::error(404, "Not Found")
    }

    /// GitHub's 422.
    pub(super) fn refused(message: &str) -> Self {
        let mut answer = Self::error(422, "Validation Failed");
        if let Body::Json(body) = &mut answer.body {
            body["errors"] =
                json!([{"resource": "CheckRun", "code": "custom", "message": message}]);
        }
        answer
    }

    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Empty }
    }

    pub(super) fn redirect(status: u16, to: String) -> Self {
        Self { status, headers: vec![("location", to)], body: Body::Empty }
    }
}
