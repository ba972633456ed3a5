//! `PUT /api/v1/repos/{owner}/{repo}/commits/{sha}/reports/{name}`: what the request says, and the
//! answer in JSON. Who may upload is decided elsewhere, before a byte of the body is read.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::{Path, RawQuery, Request, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use gate_core::measure::Digest;
use http_body_util::BodyExt as _;
use secrecy::SecretString;
use serde::{Deserialize as _, de::IntoDeserializer as _};
use serde_json::json;

use super::Server;
use crate::{
    ids::RepositoryName,
    upload::{Chunks, Kind, MAX_UPLOAD, Next, Received, Refusal, TOKEN_PREFIX, Wanted},
};

/// The route.
pub(super) const PATH: &str = "/api/v1/repos/{owner}/{repo}/commits/{sha}/reports/{name}";
/// No upload takes longer.
pub(super) const LONGEST: Duration = Duration::from_secs(15 * 60);

const CONTENT_DIGEST: &str = "content-digest";
/// Longer names of reports are in no policy.
const LONGEST_NAME: usize = 200;

/// What the path names.
type Place = Path<(String, String, String, String)>;

pub(super) async fn put(
    State(server): State<Arc<Server>>,
    place: Result<Place, PathRejection>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let by = sender(request.headers());
    let wanted = place
        .map_err(|_| Refusal::unprocessable("the address is not UTF-8"))
        .and_then(|place| wanted(place, query.as_deref(), request.headers()));
    let is_set_up = server.registration.borrow().is_some();
    let answer = match wanted {
        Ok(_) if !is_set_up => {
            Err(Refusal::unavailable("the App is not set up yet; its front page does it", 60))
        }
        Ok(wanted) => {
            let mut body = Pieces(request.into_body());
            server.uploads.take(&wanted, &mut body).await
        }
        Err(refusal) => Err(refusal),
    };
    match answer {
        Ok(received) => {
            server.metrics.upload(by, if received.new { "stored" } else { "known" });
            taken(&received)
        }
        Err(refusal) => {
            tracing::warn!(reason = %refusal, by, "an upload was refused");
            server.metrics.upload(by, refusal.kind.word());
            refused(&refusal)
        }
    }
}

/// What is counted under, by the form of the token alone.
fn sender(headers: &HeaderMap) -> &'static str {
    match bearer(headers) {
        None => "nobody",
        Some(token) if token.starts_with(TOKEN_PREFIX) => "token",
        Some(_) => "run",
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let said = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = said.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn wanted(
    Path((owner, repository, sha, report)): Place,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Wanted, Refusal> {
    let Some(token) = bearer(headers) else {
        return Err(Refusal::unauthorized("an upload needs the header `Authorization: Bearer …`"));
    };
    let commit = sha.parse().map_err(|error| {
        Refusal::unprocessable(format!(
            "{sha:?} is no commit, of which the whole id is needed: {error}"
        ))
    })?;
    if report.is_empty() || report.len() > LONGEST_NAME || report.chars().any(char::is_control) {
        return Err(Refusal::unprocessable("that is no name of a report"));
    }
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(Refusal::unprocessable("a report is uploaded as it is, not compressed"));
    }
    let mut digests = Vec::new();
    digests.extend(content_digest(headers)?);
    digests.extend(query_digest(query)?);
    Ok(Wanted {
        repository: RepositoryName { owner, name: repository },
        commit,
        report,
        token: SecretString::from(token),
        length: length(headers)?,
        digests,
    })
}

fn length(headers: &HeaderMap) -> Result<u64, Refusal> {
    let Some(length) = headers.get(header::CONTENT_LENGTH) else {
        let why = "say how long the report is (Content-Length): upload a file, not a stream";
        return Err(Refusal::new(Kind::LengthRequired, why));
    };
    let length = length.to_str().ok().and_then(|length| length.parse().ok());
    match length {
        Some(0) => Err(Refusal::unprocessable("the report is empty")),
        Some(length) if length <= MAX_UPLOAD => Ok(length),
        // Nobody states a length that is no number and means a small one.
        Some(_) | None => {
            let why = format!("a report has at most {MAX_UPLOAD} bytes; split it, or report less");
            Err(Refusal::new(Kind::TooLarge, why))
        }
    }
}

/// `Content-Digest` of RFC 9530: a list of `algorithm=:base64:`.
fn content_digest(headers: &HeaderMap) -> Result<Option<Digest>, Refusal> {
    let Some(header) = headers.get(CONTENT_DIGEST) else { return Ok(None) };
    let digest = header.to_str().ok().and_then(|text| {
        let entries = text.split(',').filter_map(|entry| entry.trim().split_once('='));
        let (_, value) = entries.into_iter().find(|(name, _)| *name == "sha-256")?;
        let bytes = STANDARD.decode(value.strip_prefix(':')?.strip_suffix(':')?).ok()?;
        digest(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    });
    let why = "Content-Digest is `sha-256=:…:`, with the digest in base64";
    digest.map(Some).ok_or_else(|| Refusal::unprocessable(why))
}

/// `?digest=sha256:…`, in hexadecimal digits.
fn query_digest(query: Option<&str>) -> Result<Option<Digest>, Refusal> {
    let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let mut found = None;
    for (key, value) in pairs {
        if key != "digest" || found.is_some() {
            return Err(Refusal::unprocessable(
                "after the `?` comes one `digest`, and nothing else",
            ));
        }
        let hexadecimal = value.strip_prefix("sha256:").unwrap_or(&value).to_ascii_lowercase();
        let why = "digest is `sha256:` and 64 hexadecimal digits";
        found = Some(digest(&hexadecimal).ok_or_else(|| Refusal::unprocessable(why))?);
    }
    Ok(found)
}

fn digest(hexadecimal: &str) -> Option<Digest> {
    let is_one = hexadecimal.len() == 64 && hexadecimal.bytes().all(|b| b.is_ascii_hexdigit());
    let text = is_one.then(|| format!("sha256:{hexadecimal}"))?;
    let text: serde::de::value::StringDeserializer<serde::de::value::Error> =
        text.into_deserializer();
    Digest::deserialize(text).ok()
}

fn taken(received: &Received) -> Response {
    let status = if received.new { StatusCode::CREATED } else { StatusCode::OK };
    (status, Json(received)).into_response()
}

fn refused(refusal: &Refusal) -> Response {
    let status = match refusal.kind {
        Kind::Cut => StatusCode::BAD_REQUEST,
        Kind::Unauthorized => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::LengthRequired => StatusCode::LENGTH_REQUIRED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    let body = json!({ "error": refusal.kind.word(), "message": refusal.why });
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    if refusal.kind == Kind::Unauthorized {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = refusal.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The body as it comes.
struct Pieces(Body);

impl Chunks for Pieces {
    fn next(&mut self) -> Next<'_> {
        Box::pin(async move {
            while let Some(frame) = self.0.frame().await {
                let frame = frame.map_err(|error| {
                    tracing::debug!(%error, "the body of an upload broke off");
                    Refusal::cut("it broke off")
                })?;
                // Trailers are no part of the report.
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
            Ok(None)
        })
    }
}
