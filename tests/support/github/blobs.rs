//! The other host: what an artifact's download redirects to. It wants no token, and none may come.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use jiff::Timestamp;

use super::{
    Shared,
    body::Pieces,
    data::{Artifact, Call},
    failures::Fault,
    pages::query,
    server::empty,
};

/// Its one route.
pub(super) const ROUTE: &str = "GET /blobs/{repository_id}/{artifact_id}";

/// The bytes of an artifact, as far as the URL is still good.
pub(super) fn answer(
    shared: &Shared,
    (path, asked): (&str, &str),
    headers: &HeaderMap,
    fault: Option<&Fault>,
) -> Response<Body> {
    let github = &mut *shared.data();
    if headers.contains_key(header::AUTHORIZATION) {
        github.unexpected.push(format!("{ROUTE}: the token was sent to another host"));
    }
    let mut parts = path.trim_start_matches("/blobs/").split('/');
    let mut number = || parts.next().and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
    let (repository, artifact) = (number(), number());
    let asked = query(asked);
    let until: i64 = asked.get("until").and_then(|it| it.parse().ok()).unwrap_or(0);
    let found = github
        .repository_by_id(repository)
        .and_then(|it| it.artifacts.iter().find(|it| it.id == artifact))
        .filter(|_| Timestamp::now().as_second() <= until);
    let response = match (found, fault) {
        (_, Some(Fault::Status(status))) => {
            empty(StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY))
        }
        (None, _) => empty(StatusCode::FORBIDDEN),
        (Some(artifact), fault) => whole(artifact, fault),
    };
    github.log.push(Call {
        method: "GET".to_owned(),
        route: ROUTE.to_owned(),
        path: path.to_owned(),
        about: String::new(),
        status: response.status().as_u16(),
    });
    response
}

fn whole(artifact: &Artifact, fault: Option<&Fault>) -> Response<Body> {
    let bytes = Bytes::from(artifact.bytes.clone());
    let length = bytes.len();
    let claimed = artifact.sent_size.or(artifact.claimed_size).unwrap_or(0);
    let body = if fault == Some(&Fault::Truncated) {
        Pieces::broken_after(bytes.slice(..length / 2))
    } else {
        Pieces::then_zeros(bytes, claimed.saturating_sub(length as u64))
    };
    let mut response = Response::new(Body::new(body));
    if let Ok(kind) = HeaderValue::from_str(&artifact.content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response
}
