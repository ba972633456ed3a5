//! The reference: an axum handler that verifies a webhook's signature and does nothing else.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Serves on this port of the machine until it is killed.
pub(crate) fn serve(port: u16, secret: String) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let router = Router::new()
        .route("/healthz", get(async || "ok"))
        .route("/webhook", post(webhook))
        .layer(DefaultBodyLimit::max(25 << 20))
        .with_state(secret);
    runtime
        .block_on(async move {
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
            axum::serve(listener, router).await
        })
        .map_err(|error| error.to_string())
}

async fn webhook(State(secret): State<String>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if is_signed(&secret, &headers, &body) {
        StatusCode::ACCEPTED
    } else {
        StatusCode::UNAUTHORIZED
    }
}

fn is_signed(secret: &str, headers: &HeaderMap, body: &[u8]) -> bool {
    let Some(stated) = headers.get("x-hub-signature-256") else { return false };
    let Some(stated) = stated.to_str().ok().and_then(|text| text.strip_prefix("sha256=")) else {
        return false;
    };
    let digits = stated
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    let Some(stated) = digits.collect::<Option<Vec<u8>>>() else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.update(body);
    mac.verify_slice(&stated).is_ok()
}
