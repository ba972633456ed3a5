//! Routes: GitHub's own templates, filled with values that cannot leave their place.

use std::fmt::Write as _;

/// How a route is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
    Patch,
    Delete,
}

impl Method {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A route: the template, by which it is counted, and the path, by which it is called.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) method: Method,
    pub(super) template: &'static str,
    pub(super) path: String,
    /// The tag of what is known already: GitHub sends it only if it is another.
    pub(super) known: Option<String>,
}

impl Route {
    /// Fills the template's `{…}` in order.
    pub(super) fn new(method: Method, template: &'static str, values: &[&str]) -> Self {
        let mut path = String::with_capacity(template.len() + 64);
        let mut rest = template;
        let mut values = values.iter();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            path.push_str(before);
            let value = values.next().copied().unwrap_or_default();
            match name {
                // The one value that has segments of its own.
                "path" => {
                    let segments: Vec<String> = value.split('/').map(encoded).collect();
                    path.push_str(&segments.join("/"));
                }
                _ => path.push_str(&encoded(value)),
            }
            rest = after;
        }
        path.push_str(rest);
        Self { method, template, path, known: None }
    }

    pub(super) fn get(template: &'static str, values: &[&str]) -> Self {
        Self::new(Method::Get, template, values)
    }

    /// Adds a query.
    pub(super) fn with(mut self, query: &[(&str, &str)]) -> Self {
        for (key, value) in query {
            self.path.push(if self.path.contains('?') { '&' } else { '?' });
            self.path.push_str(key);
            self.path.push('=');
            self.path.push_str(&encoded(value));
        }
        self
    }

    /// The same route at another path, which GitHub gave as the next page.
    pub(super) fn at(&self, path: String) -> Self {
        Self { path, ..self.clone() }
    }

    /// Whether it is of what publishing reads before it writes. For the rest of what is read, a part
    /// of the quota is not there.
    pub(super) fn is_for_publishing(&self) -> bool {
        let reads_before = ["/check-runs", "/comments"];
        self.method != Method::Get && !self.template.starts_with("/graphql")
            || reads_before.iter().any(|part| self.template.contains(part))
    }

    /// How it is called in errors, logs and counts.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method.as_str(), self.template)
    }
}

/// Percent-encoded, so that a value is one segment of a path or one value of a query.
fn encoded(value: &str) -> String {
    value.bytes().fold(String::with_capacity(value.len()), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            text.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_in_their_place() {
        let route = Route::get(
            "/repos/{owner}/{repo}/rules/branches/{branch}",
            &["o", "r", "release/1.x?page=2#"],
        );
        assert_eq!(route.path, "/repos/o/r/rules/branches/release%2F1.x%3Fpage%3D2%23");
        assert_eq!(route.name(), "GET /repos/{owner}/{repo}/rules/branches/{branch}");
        let query = route.with(&[("per_page", "100"), ("name", "a&b=c d")]);
        assert!(query.path.ends_with("?per_page=100&name=a%26b%3Dc%20d"), "{}", query.path);
    }
}
