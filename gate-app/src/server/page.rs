//! Pages for people: plain HTML without scripts, everything foreign escaped.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// The one style sheet.
pub(super) const CSS: &str = include_str!("page.css");

/// A page with its headers. `forms_to` is the one foreign site to which its forms may go.
pub(super) fn page(
    status: StatusCode,
    title: &str,
    body: &str,
    forms_to: Option<&str>,
) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/page.css\"></head>\n\
         <body><main>\n<h1>{title}</h1>\n{body}</main></body>\n</html>\n",
        title = escape(title),
    );
    let policy = format!(
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {}",
        forms_to.unwrap_or_default()
    );
    let mut response = (status, Html(html)).into_response();
    // An origin from the settings is a header value; without the policy no form may go anywhere.
    let policy = HeaderValue::from_str(policy.trim_end())
        .unwrap_or(HeaderValue::from_static("default-src 'none'"));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// What every answer carries: nothing is guessed, framed, kept, or told to the next site (the
/// address of the set-up's end holds a code).
pub(super) const SECURITY: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// A text as it may stand in HTML, also within quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_becomes_markup() {
        assert_eq!(escape(r#"<a b="c" d='e'>&"#), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
    }
}
