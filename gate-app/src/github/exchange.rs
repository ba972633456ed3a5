//! One request and its answer, by octocrab; and the client that sends it.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header::IF_NONE_MATCH};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use octocrab::{Octocrab, service::middleware::retry::RetryConfig};
use serde_json::Value;

use super::{
    ConnectionError, Error,
    answer::{Answer, Headers, short},
    route::{Method, Route},
};

/// The longest that one call may take.
pub(super) const DEADLINE: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(10);

/// Sends a request and reads the answer, at most `limit` bytes of it.
pub(super) async fn exchange(
    crab: &Octocrab,
    route: &Route,
    body: Option<&Value>,
    limit: u64,
) -> Result<Answer, Error> {
    let path = route.path.as_str();
    let response = match route.method {
        Method::Get => {
            let known = route.known.as_ref().and_then(|tag| HeaderValue::from_str(tag).ok());
            let headers = known.map(|tag| HeaderMap::from_iter([(IF_NONE_MATCH, tag)]));
            crab._get_with_headers(path, headers).await
        }
        Method::Post => crab._post(path, body).await,
        Method::Patch => crab._patch(path, body).await,
        Method::Delete => crab._delete(path, body).await,
    };
    let broken = |problem: String| Error::Network { call: route.name(), problem: short(&problem) };
    let response = response.map_err(|error| broken(causes(&error)))?;
    let (parts, body) = response.into_parts();
    let header = |name: &str| {
        parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let too_large = || Error::TooLarge { call: route.name(), limit, unit: "bytes" };
    let stated = header("content-length").and_then(|text| text.parse::<u64>().ok());
    if stated.is_some_and(|stated| stated > limit) {
        return Err(too_large());
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let bytes = match Limited::new(body, most).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(too_large()),
        Err(error) => return Err(broken(format!("the answer broke off: {}", causes(&*error)))),
    };
    let status = parts.status.as_u16();
    Ok(Answer { status, headers: Headers::read(header), body: bytes.into() })
}

/// An error and what caused it, on one line.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.ends_with(&words) {
            text = format!("{text}: {words}");
        }
        next = cause.source();
    }
    text
}

/// A client for this address, without credentials.
pub(super) fn client(name: &'static str, address: &str) -> Result<Octocrab, ConnectionError> {
    let address = address.trim_end_matches('/');
    let wrong = || ConnectionError::Address { name, address: address.to_owned() };
    if !(address.starts_with("https://") || address.starts_with("http://")) {
        return Err(wrong());
    }
    Octocrab::builder()
        .base_uri(address)
        .map_err(|_| wrong())?
        // octocrab would send a POST again on its own; see reference: check runs came out doubled.
        .add_retry_config(RetryConfig::None)
        .set_connect_timeout(Some(CONNECT))
        .set_read_timeout(Some(DEADLINE))
        .set_write_timeout(Some(DEADLINE))
        .build()
        .map_err(|error| ConnectionError::Client(error.to_string()))
}
