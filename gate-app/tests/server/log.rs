//! What the log of a request holds, and what never stands in it.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{body::Body, http::Request};
use tracing::{Level, subscriber};

use crate::desk::{Desk, HEAD, Plan, SECRET, status};

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_request_is_logged_by_its_ids_and_without_what_is_secret() {
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = subscriber::set_default(lines);

    let desk = Desk::open(&Plan { is_set_up: false, ..Plan::default() });
    let front = desk.get("/").await;
    let cookie = front.header("set-cookie").split(';').next().unwrap().to_owned();
    let state = cookie.split_once('=').unwrap().1.to_owned();
    let back = Request::get(format!("/setup/callback?code=c0defromgithub&state={state}"));
    let back = back.header("cookie", cookie).body(Body::empty()).unwrap();
    assert_eq!(desk.ask(back).await.status, 200);
    assert_eq!(desk.deliver("status", &status()).await.status, 202);
    let forged = r#"{"forged":"forgedbody"}"#;
    let unsigned = Request::post("/webhook").header("x-hub-signature-256", "sha256=f0f0");
    assert_eq!(desk.ask(unsigned.body(Body::from(forged)).unwrap()).await.status, 401);
    drop(guard);

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for shown in [
        r#"path="/setup/callback""#,
        r#"path="/webhook""#,
        r#"delivery="72d3162e-cc78-11e3-81ab-4c9367dc0958" event="status""#,
        "a delivery was refused",
    ] {
        assert!(text.contains(shown), "{shown} is not in\n{text}");
    }
    for hidden in ["c0defromgithub", &state, SECRET, HEAD, "forgedbody", "f0f0", "a key"] {
        assert!(!text.contains(hidden), "{hidden} is in\n{text}");
    }
}
