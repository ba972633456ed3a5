//! What the log of a request holds, and what never stands in it.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{body::Body, http::Request};
use tracing::{Level, subscriber};

use crate::desk::{Desk, HEAD, Plan, SECRET, delivery, status};

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

/// The log of this whole process, because what one thread logs another may have switched off: only
/// a subscriber for all of them sees everything.
fn log_of_all() -> Log {
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    subscriber::set_global_default(lines).unwrap();
    log
}

#[tokio::test]
async fn a_request_is_logged_by_its_ids_and_without_what_is_secret() {
    let log = log_of_all();
    let desk = Desk::open(&Plan { is_set_up: false, ..Plan::default() });
    let front = desk.get("/?key=the+key").await;
    let cookie = front.header("set-cookie").split(';').next().unwrap().to_owned();
    let state = cookie.split_once('=').unwrap().1.to_owned();
    let back = Request::get(format!("/setup/callback?code=c0defromgithub&state={state}"));
    let back = back.header("cookie", cookie).header("x-request-id", "a-callback");
    assert_eq!(desk.ask(back.body(Body::empty()).unwrap()).await.status, 200);
    let signed = delivery("status", status().as_bytes()).header("x-request-id", "a-delivery");
    assert_eq!(desk.ask(signed.body(Body::from(status())).unwrap()).await.status, 202);
    let unsigned = Request::post("/webhook").header("x-request-id", "a-forgery");
    let unsigned = unsigned.header("x-hub-signature-256", "sha256=f0f0");
    assert_eq!(desk.ask(unsigned.body(Body::from("forgedbody")).unwrap()).await.status, 401);

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for (id, shown) in [
        ("a-callback", r#"path="/setup/callback""#),
        ("a-delivery", r#"path="/webhook""#),
        ("a-delivery", r#"delivery="72d3162e-cc78-11e3-81ab-4c9367dc0958" event="status""#),
        ("a-delivery", r#"repository=octo/one"#),
        ("a-delivery", &format!("head={HEAD}")),
        ("a-delivery", "stored"),
        ("a-forgery", "a delivery was refused"),
    ] {
        let mut of_it = text.lines().filter(|line| line.contains(id));
        assert!(of_it.any(|line| line.contains(shown)), "{shown} is not with {id} in\n{text}");
    }
    for hidden in ["c0defromgithub", &state, SECRET, "forgedbody", "sha256=f0f0", "a key"] {
        assert!(!text.contains(hidden), "{hidden} is in\n{text}");
    }
}
