//! The other host: what an artifact's download redirects to. It wants no token, and none may come.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use jiff::Timestamp;

use super::{Shared, body::Pieces, data::Call, pages::query, server::empty};

/// The bytes of an artifact, from the host of another name that the download redirects to.
pub(super) fn answer(
    shared: &Shared,
    path: &str,
    asked: &str,
    headers: &HeaderMap,
) -> Response<Body> {
    let github = &mut *shared.data();
    let route = "GET /blobs/{repository_id}/{artifact_id}".to_owned();
    if headers.contains_key(header::AUTHORIZATION) {
        github.unexpected.push(format!("{route}: the token was sent to another host"));
    }
    let mut parts = path.trim_start_matches("/blobs/").split('/');
    let mut number = || parts.next().and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
    let (repository, artifact) = (number(), number());
    let asked = query(asked);
    let until: i64 = asked.get("until").and_then(|it| it.parse().ok()).unwrap_or(0);
    let found = github
        .repository_by_id(repository)
        .and_then(|it| it.artifacts.iter().find(|it| it.id == artifact));
    let response = match found {
        Some(artifact) if Timestamp::now().as_second() <= until => {
            let zeros =
                artifact.claimed_size.unwrap_or(0).saturating_sub(artifact.bytes.len() as u64);
            let body = Pieces::then_zeros(Bytes::from(artifact.bytes.clone()), zeros);
            let mut response = Response::new(Body::new(body));
            if let Ok(kind) = HeaderValue::from_str(&artifact.content_type) {
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
            }
            response
        }
        _ => empty(StatusCode::FORBIDDEN),
    };
    github.log.push(Call {
        method: "GET".to_owned(),
        route,
        path: path.to_owned(),
        status: response.status().as_u16(),
    });
    response
}
