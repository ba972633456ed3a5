//! The HTTP door of the fake: what is the same for every request. Logged, failed where a test wants
//! it, authenticated, counted against the quota, held against its description, answered, paged, and
//! the answer held against its description too.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    Shared,
    access::{authenticated, token},
    answer::{self, Answer},
    blobs,
    body::Pieces,
    complete::complete,
    data::{Call, GitHub, digest},
    descriptions::{
        self, REST, operation, problems_of_answer, problems_of_request, schema_of_answer,
    },
    failures::{self, Fault},
    graphql, oidc,
    pages::{paged, query},
    routes,
};

/// A request, taken from HTTP.
struct Incoming {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

/// An answer on its way to HTTP.
struct Outgoing {
    route: String,
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Value,
}

impl Outgoing {
    fn error(route: &str, status: u16, message: &str) -> Self {
        let body = json!({"message": message, "status": status.to_string()});
        Self { route: route.to_owned(), status, headers: Vec::new(), body }
    }
}

pub(super) async fn serve(
    State(shared): State<Arc<Shared>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, 64 << 20).await else {
        return empty(StatusCode::BAD_REQUEST);
    };
    let incoming = Incoming {
        method: method(&parts.method),
        path: path(&shared, &parts.uri),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    };
    let to_blobs = incoming.path.starts_with("/blobs/");
    let route = if to_blobs { blobs::ROUTE.to_owned() } else { route(&incoming) };
    let about = format!("{} {}", incoming.path, about(&incoming));
    let fault = failures::next(&mut shared.data().failures, &route, &about);
    if let Some(fault) = &fault {
        *shared.data().faults.entry(fault.name()).or_default() += 1;
        shared.changed();
    }
    if let Some(Fault::Slow(time)) = fault {
        tokio::time::sleep(time).await;
    }
    if incoming.path.starts_with(oidc::BASE) {
        let response = oidc::answer(&shared, &incoming.path, fault.as_ref());
        shared.changed();
        return response;
    }
    if to_blobs {
        let place = (incoming.path.as_str(), incoming.query.as_str());
        let response = blobs::answer(&shared, place, &incoming.headers, fault.as_ref());
        shared.changed();
        return response;
    }
    let response = faulty(&shared, &incoming, &route, fault.as_ref());
    shared.changed();
    if let Some(Fault::DoneButSlow(time)) = fault {
        tokio::time::sleep(time).await;
    }
    response
}

fn method(it: &Method) -> String {
    it.as_str().to_owned()
}

/// The path as github.com has it: without Enterprise's prefix, and by name where it is by number.
fn path(shared: &Shared, uri: &Uri) -> String {
    let path = uri.path();
    let is_below = path.starts_with("/api/v3/") || path == "/api/graphql";
    if !is_below && !path.starts_with("/blobs/") && shared.data().is_enterprise_server {
        let problem = format!("{path}: an Enterprise Server has nothing there");
        shared.data().unexpected.push(problem);
    }
    let path = path.strip_prefix("/api/v3").unwrap_or(path);
    let path = if path == "/api/graphql" { "/graphql" } else { path };
    let by_number = path.strip_prefix("/repositories/").map(|rest| {
        let (id, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let id: u64 = id.parse().unwrap_or(0);
        let data = shared.data();
        let name = data.repository_by_id(id).map(super::data::Repository::full_name);
        format!("/repos/{}/{rest}", name.unwrap_or_default()).trim_end_matches('/').to_owned()
    });
    by_number.unwrap_or_else(|| path.to_owned())
}

fn route(incoming: &Incoming) -> String {
    let found = operation(&incoming.method, &incoming.path);
    let template = found.map_or(incoming.path.as_str(), |(it, _)| it.template.as_str());
    format!("{} {template}", incoming.method)
}

/// The answer, or what a test wants in its place.
fn faulty(
    shared: &Shared,
    incoming: &Incoming,
    route: &str,
    fault: Option<&Fault>,
) -> Response<Body> {
    let instead = |status: u16, headers: Vec<(&'static str, String)>, message: &str| {
        let mut out = Outgoing::error(route, status, message);
        out.headers = headers;
        out
    };
    let secondary = "You have exceeded a secondary rate limit. Please wait a few minutes.";
    let limits = shared.data().limits.clone();
    let used_up = || {
        vec![
            ("x-ratelimit-limit", limits.limit.to_string()),
            ("x-ratelimit-remaining", "0".to_owned()),
            ("x-ratelimit-reset", limits.reset.as_second().to_string()),
        ]
    };
    let mut out = match fault {
        None | Some(Fault::Slow(_) | Fault::DoneButSlow(_)) => answered(shared, incoming),
        Some(Fault::Status(status)) => instead(*status, vec![], "the fake fails as asked"),
        Some(Fault::SecondaryLimit(wait)) => {
            instead(403, vec![("retry-after", wait.to_string())], secondary)
        }
        Some(Fault::SecondaryLimitUntold) => instead(403, vec![], secondary),
        Some(Fault::TooManyRequests(wait)) => {
            instead(429, vec![("retry-after", wait.to_string())], secondary)
        }
        Some(Fault::QuotaUsedUp) => {
            instead(403, used_up(), "API rate limit exceeded for installation.")
        }
        Some(Fault::GraphqlRateLimited) => {
            let mut out = instead(200, used_up(), "");
            out.body = rate_limited();
            out
        }
        Some(Fault::WrongJson) => {
            let mut out = instead(200, vec![], "");
            out.body = json!({"not": ["what", "was", "asked"]});
            out
        }
        Some(Fault::DoneButBadGateway) => {
            let done = answered(shared, incoming);
            instead(if done.status < 300 { 502 } else { done.status }, vec![], "Server Error")
        }
        Some(Fault::Truncated | Fault::NotJson) => {
            let mut out = answered(shared, incoming);
            out.route.push_str(" (cut)");
            out
        }
    };
    let time = jiff::Timestamp::now() + shared.data().skew;
    out.headers.push(("date", time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()));
    shared.data().log.push(Call {
        method: incoming.method.clone(),
        route: route.to_owned(),
        path: incoming.path.clone(),
        about: about(incoming),
        status: out.status,
    });
    let text = if out.body.is_null() { String::new() } else { out.body.to_string() };
    match fault {
        Some(Fault::Truncated) => {
            let half = Bytes::from(text.as_bytes()[..text.len() / 2].to_vec());
            let mut response = response(&out, Body::new(Pieces::broken_after(half)));
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
            response
        }
        Some(Fault::NotJson) => response(&out, Body::from("<html>Unicorn!</html>")),
        _ => response(&out, Body::from(text)),
    }
}

/// The variables of a query.
fn about(incoming: &Incoming) -> String {
    let body: Option<Value> = (incoming.path == "/graphql")
        .then(|| serde_json::from_slice(&incoming.body).ok())
        .flatten();
    body.map_or_else(String::new, |body| body["variables"].to_string())
}

fn rate_limited() -> Value {
    json!({"errors": [{
        "type": "RATE_LIMITED", "message": "API rate limit exceeded for installation.",
    }]})
}

fn response(out: &Outgoing, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(out.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    for (name, value) in &out.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(*name, value);
        }
    }
    response
}

pub(super) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Everything that GitHub does between a request and its answer.
fn answered(shared: &Shared, incoming: &Incoming) -> Outgoing {
    let github = &mut *shared.data();
    let route = route(incoming);
    if incoming.path == "/graphql" {
        return graphql_answered(github, incoming, &route);
    }
    let Some((operation, path)) = operation(&incoming.method, &incoming.path) else {
        let problem = format!("{route}: no operation of GitHub's that the fake knows");
        github.unexpected.push(problem.clone());
        return Outgoing::error(&route, 500, &problem);
    };
    let token = match authenticated(github, &operation.id, &incoming.headers) {
        Ok(token) => token,
        Err((status, message)) => return Outgoing::error(&route, status, message),
    };
    if let Some(moved) = moved(github, shared, incoming, &path) {
        return Outgoing {
            route,
            status: moved.0,
            headers: vec![("location", moved.1)],
            body: Value::Null,
        };
    }
    let query = query(&incoming.query);
    let body: Option<Value> =
        if incoming.body.is_empty() { None } else { serde_json::from_slice(&incoming.body).ok() };
    let mut problems = problems_of_request(operation, &path, &query, body.as_ref());
    if body.is_none() && !incoming.body.is_empty() {
        problems.push("the body is not JSON".to_owned());
    }
    if !incoming.headers.contains_key(header::USER_AGENT) {
        problems.push("GitHub refuses requests without a User-Agent".to_owned());
    }
    if !problems.is_empty() {
        let problems: Vec<String> = problems.iter().map(|it| format!("{route}: {it}")).collect();
        let message = problems.join("; ");
        github.unexpected.extend(problems);
        return Outgoing::error(&route, 500, &message);
    }
    let request = answer::Request {
        id: &operation.id,
        path,
        query,
        body: body.unwrap_or(Value::Null),
        token,
        blobs: shared.blobs.clone(),
    };
    let limited = spent(github, true);
    let mut out = match limited {
        Some(out) => out,
        None => {
            let given = routes::answer(github, &request).unwrap_or_else(|refused| refused);
            finished(github, shared, operation, incoming, given)
        }
    };
    out.route = route;
    let unchanged = out.status == 304;
    if unchanged {
        // What has not changed costs nothing.
        github.limits.remaining += 1;
    }
    let limits = &github.limits;
    out.headers.extend([
        ("x-ratelimit-limit", limits.limit.to_string()),
        ("x-ratelimit-remaining", limits.remaining.to_string()),
        ("x-ratelimit-reset", limits.reset.as_second().to_string()),
        ("x-ratelimit-resource", "core".to_owned()),
    ]);
    out
}

/// One of the quota is spent; an answer, if there was none left.
fn spent(github: &mut GitHub, rest: bool) -> Option<Outgoing> {
    let now = github.now();
    let limits = &mut github.limits;
    if now >= limits.reset {
        limits.remaining = limits.limit;
        limits.graphql_remaining = limits.limit;
        limits.reset = now + SignedDuration::from_hours(1);
    }
    let left = if rest { &mut limits.remaining } else { &mut limits.graphql_remaining };
    if *left > 0 {
        *left -= 1;
        return None;
    }
    Some(Outgoing::error("", 403, "API rate limit exceeded for installation."))
}

/// Pages, completes and checks an answer.
fn finished(
    github: &mut GitHub,
    shared: &Shared,
    operation: &descriptions::Operation,
    incoming: &Incoming,
    given: Answer,
) -> Outgoing {
    let Answer { status, mut headers, body } = given;
    for (name, value) in &mut headers {
        // Routes do not know where they are reached.
        if *name == "link" {
            *value = format!("<{}{value}>; rel=\"next\"", shared.url);
        }
    }
    let mut body = match body {
        answer::Body::Json(value) => value,
        answer::Body::Empty => Value::Null,
        answer::Body::List(name, items) => {
            let (page, link) = paged(shared, &incoming.path, &incoming.query, &items);
            headers.extend(link.map(|it| ("link", it)));
            name.map_or_else(
                || Value::Array(page.clone()),
                |name| json!({"total_count": items.len(), name: page}),
            )
        }
    };
    let route = format!("{} {}", operation.method, operation.template);
    if status == 501 {
        github.unexpected.push(format!("{route}: the fake has no route for it"));
    }
    if let Some(schema) = schema_of_answer(&operation.id, status) {
        complete(&REST, schema, &mut body);
        let problems = problems_of_answer(&operation.id, status, &body);
        if !problems.is_empty() {
            let problems: Vec<String> =
                problems.iter().map(|it| format!("the answer of {route}: {it}")).collect();
            let message = problems.join("; ");
            github.unexpected.extend(problems);
            return Outgoing::error(&route, 500, &message);
        }
    }
    let mut out = Outgoing { route, status, headers, body };
    if incoming.method == "GET" && status == 200 {
        let tag = format!("\"{}\"", digest(out.body.to_string().as_bytes()));
        let known = incoming.headers.get(header::IF_NONE_MATCH);
        if known
            .and_then(|it| it.to_str().ok())
            .is_some_and(|it| it.trim_start_matches("W/") == tag)
        {
            out.status = 304;
            out.body = Value::Null;
        }
        out.headers.push(("etag", tag));
    }
    out
}

/// Where a repository went that was renamed.
fn moved(
    github: &GitHub,
    shared: &Shared,
    incoming: &Incoming,
    path: &BTreeMap<String, String>,
) -> Option<(u16, String)> {
    let name = format!("{}/{}", path.get("owner")?, path.get("repo")?);
    let found = github.repositories.iter().find(|it| it.former_names.contains(&name))?;
    let rest = incoming.path.strip_prefix(&format!("/repos/{name}"))?;
    let asked = if incoming.query.is_empty() { "" } else { "?" };
    let to = format!("{}/repositories/{}{rest}{asked}{}", shared.url, found.id, incoming.query);
    // Only what reads may become a GET on the way.
    Some((if incoming.method == "GET" { 301 } else { 307 }, to))
}

fn graphql_answered(github: &mut GitHub, incoming: &Incoming, route: &str) -> Outgoing {
    let said = incoming.headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let said = said.and_then(|it| it.split_once(' ')).map_or("", |(_, it)| it);
    let token = match token(github, said) {
        Ok(token) => token.clone(),
        Err((status, message)) => return Outgoing::error(route, status, message),
    };
    let body: Value = serde_json::from_slice(&incoming.body).unwrap_or_default();
    let used_up = spent(github, false).is_some();
    let (body, unexpected) =
        if used_up { (rate_limited(), vec![]) } else { graphql::answer(github, &body, &token) };
    let status = if unexpected.is_empty() { 200 } else { 500 };
    github.unexpected.extend(unexpected.iter().map(|it| format!("{route}: {it}")));
    let limits = &github.limits;
    let headers = vec![
        ("x-ratelimit-limit", limits.limit.to_string()),
        ("x-ratelimit-remaining", limits.graphql_remaining.to_string()),
        ("x-ratelimit-reset", limits.reset.as_second().to_string()),
        ("x-ratelimit-resource", "graphql".to_owned()),
    ];
    Outgoing { route: route.to_owned(), status, headers, body }
}
