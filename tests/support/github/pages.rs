//! Lists come in pages, as the query asks and the `Link` header says.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Shared, descriptions::decode};

/// A page of a list, and the `Link` to the others.
pub(super) fn paged(
    shared: &Shared,
    path: &str,
    asked: &str,
    items: &[Value],
) -> (Vec<Value>, Option<String>) {
    let query = query(asked);
    let number =
        |key: &str, or: usize| query.get(key).and_then(|it| it.parse().ok()).unwrap_or(or).max(1);
    let size = number("per_page", 30).min(100);
    let page = number("page", 1);
    let last = items.len().div_ceil(size).max(1);
    let shown = items.iter().skip((page - 1) * size).take(size).cloned().collect();
    let others: String = query
        .iter()
        .filter(|(key, _)| *key != "page")
        .map(|(key, value)| format!("{key}={}&", value.replace(' ', "%20").replace('&', "%26")))
        .collect();
    let to = |page: usize, name: &str| {
        format!("<{}{}?{others}page={page}>; rel=\"{name}\"", shared.url, path)
    };
    let link = (page < last).then(|| format!("{}, {}", to(page + 1, "next"), to(last, "last")));
    (shown, link)
}

pub(super) fn query(text: &str) -> BTreeMap<String, String> {
    text.split('&')
        .filter(|it| !it.is_empty())
        .map(|it| {
            let (key, value) = it.split_once('=').unwrap_or((it, ""));
            (decode(key), decode(&value.replace('+', " ")))
        })
        .collect()
}
