//! The upload door's HTTP: what a request has to say, and what the answers look like.

use axum::{
    body::Body,
    http::{Request, StatusCode, request::Builder},
};
use gate_core::measure::Digest;
use secrecy::ExposeSecret as _;

use crate::desk::{Desk, HEAD, Plan, Reply};

fn desk() -> Desk {
    Desk::open(&Plan::default())
}

fn path(rest: &str) -> String {
    format!("/api/v1/repos/acme/shop/commits/{HEAD}/reports/{rest}")
}

fn put(path: &str, body: &str) -> Builder {
    Request::put(path)
        .header("authorization", "Bearer gate_0123")
        .header("content-length", body.len())
}

#[derive(Debug, serde::Deserialize)]
struct Said {
    error: String,
    message: String,
}

/// The status, and the two words of an error.
fn error(reply: &Reply) -> (u16, String, String) {
    assert_eq!(reply.header("content-type"), "application/json");
    let Said { error, message } = serde_json::from_str(&reply.text).expect("an error in JSON");
    (reply.status.as_u16(), error, message)
}

#[tokio::test]
async fn a_request_says_what_is_uploaded() {
    let desk = desk();
    let digest = Digest::of(b"<coverage/>");
    let query = path(&format!("unit%20tests%2Fa?digest={digest}"));
    // The same digest, as RFC 9530 writes it.
    let header = "sha-512=:AAAA:, sha-256=:HivDy2RHgcfbySPgpYmb4IM8guX4VS2yhw2HwAfmNk4=:";
    let request = put(&query, "<coverage/>").header("content-digest", header);
    let reply = desk.ask(request.body(Body::from("<coverage/>")).unwrap()).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
    let said: serde_json::Value = serde_json::from_str(&reply.text).unwrap();
    assert_eq!(
        said,
        serde_json::json!({
            "repository": "acme/shop", "commit": HEAD, "report": "unit tests/a",
            "digest": digest.as_str(), "bytes": 11, "trusted": true, "new": true,
        })
    );
    let uploads = desk.rooms.uploads.lock().unwrap().clone();
    let [(wanted, bytes)] = &uploads[..] else { panic!("{uploads:?}") };
    assert_eq!(bytes, b"<coverage/>");
    assert_eq!((wanted.repository.to_string(), wanted.length), ("acme/shop".to_owned(), 11));
    assert_eq!((wanted.commit.as_str(), wanted.report.as_str()), (HEAD, "unit tests/a"));
    assert_eq!(wanted.token.expose_secret(), "gate_0123");
    assert_eq!(wanted.digests.len(), 2);
    assert!(!format!("{wanted:?}").contains("gate_0123"), "the token would be logged");
    assert_eq!(
        desk.counted("gate_uploads_total").await,
        [r#"gate_uploads_total{sender="token",answer="stored"} 1"#]
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_before_anybody_looks_at_it() {
    let desk = desk();
    let coverage = path("coverage");
    let short = "/api/v1/repos/acme/shop/commits/6dcb09b/reports/coverage";
    let long = path(&"x".repeat(201));
    let plain = |path: &str| put(path, "x");
    let with = |name: &str, value: &str| plain(&coverage).header(name, value);
    for (request, status, word, words) in [
        (Request::put(&coverage).header("content-length", 1), 401, "unauthorized", "Bearer"),
        (
            Request::put(&coverage).header("authorization", "Basic eDp5"),
            401,
            "unauthorized",
            "Bearer",
        ),
        (plain(short), 422, "unprocessable", "whole id"),
        (plain(&long), 422, "unprocessable", "no name"),
        (plain(&path("a%0Ab")), 422, "unprocessable", "no name"),
        (plain(&path("a%FF")), 422, "unprocessable", "UTF-8"),
        (plain(&path("coverage?digest=abc")), 422, "unprocessable", "64 hexadecimal"),
        (plain(&path("coverage?name=abc")), 422, "unprocessable", "and nothing else"),
        (with("content-digest", "md5=:AAAA:"), 422, "unprocessable", "sha-256=:"),
        (with("content-digest", "sha-256=:AAAA:"), 422, "unprocessable", "sha-256=:"),
        (with("content-encoding", "gzip"), 422, "unprocessable", "not compressed"),
        (put(&coverage, ""), 422, "unprocessable", "empty"),
        (
            Request::put(&coverage).header("authorization", "Bearer gate_0"),
            411,
            "length-required",
            "Content-Length",
        ),
        (
            Request::put(&coverage)
                .header("authorization", "Bearer gate_0")
                .header("content-length", 268_435_457),
            413,
            "too-large",
            "at most 268435456 bytes",
        ),
    ] {
        let reply = desk.ask(request.body(Body::empty()).unwrap()).await;
        let (found, error, message) = error(&reply);
        assert_eq!((found, error.as_str()), (status, word), "{message}");
        assert!(message.contains(words), "{words:?} is not in {message:?}");
        let asks = if status == 401 { "Bearer" } else { "" };
        assert_eq!(reply.header("www-authenticate"), asks);
    }
    assert!(desk.rooms.uploads.lock().unwrap().is_empty());
}

#[tokio::test]
async fn while_the_store_is_away_it_says_so() {
    let desk = desk();
    *desk.rooms.fails.lock().unwrap() = true;
    let reply = desk.ask(put(&path("coverage"), "x").body(Body::from("x")).unwrap()).await;
    assert_eq!((reply.status.as_u16(), error(&reply).1.as_str()), (503, "unavailable"));
    assert_eq!(
        desk.counted("gate_uploads_total").await,
        [r#"gate_uploads_total{sender="token",answer="unavailable"} 1"#]
    );
}

#[tokio::test]
async fn before_the_set_up_nothing_can_be_uploaded() {
    let desk = Desk::open(&Plan { is_set_up: false, ..Plan::default() });
    let reply = desk.ask(put(&path("coverage"), "x").body(Body::from("x")).unwrap()).await;
    let (status, word, message) = error(&reply);
    assert_eq!((status, word.as_str()), (503, "unavailable"));
    assert!(message.contains("not set up yet"), "{message}");
    assert_eq!(reply.header("retry-after"), "60");
    assert!(desk.rooms.uploads.lock().unwrap().is_empty());
}
