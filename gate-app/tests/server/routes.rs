//! The routes, asked in process.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use gate_app::{server::ROUTES, webhook::Effect};

use crate::desk::{Desk, HEAD, NOW, Plan, Reply, delivery, status};

fn desk() -> Desk {
    Desk::open(&Plan::default())
}

fn answer(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), &reply.text)
}

#[tokio::test]
async fn a_delivery_is_stored_before_it_is_answered() {
    let desk = desk();
    let body = status();
    let reply = desk.deliver("status", &body).await;
    assert_eq!(answer(&reply), (202, "stored"));
    let taken = desk.rooms.taken.lock().unwrap().clone();
    let [(delivery, stored, received)] = &taken[..] else { panic!("{taken:?}") };
    assert_eq!(delivery.effects, [Effect::Commit(HEAD.parse().unwrap())]);
    assert_eq!((&stored[..], *received), (body.as_bytes(), NOW));
}

#[tokio::test]
async fn a_delivery_that_comes_again_is_answered_as_well() {
    let desk = desk();
    desk.deliver("status", &status()).await;
    let reply = desk.deliver("status", &status()).await;
    assert_eq!(answer(&reply), (202, "known already"));
    assert_eq!(
        desk.counted("gate_events_total").await,
        [
            r#"gate_events_total{event="status",action="",answer="known"} 1"#,
            r#"gate_events_total{event="status",action="",answer="stored"} 1"#,
        ]
    );
}

#[tokio::test]
async fn what_means_nothing_is_answered_counted_and_not_stored() {
    let desk = desk();
    // Even while the store is away.
    *desk.rooms.fails.lock().unwrap() = true;
    let reply = desk.deliver("star", r#"{"action":"created"}"#).await;
    assert_eq!(answer(&reply), (202, "ignored: the App does not know this event"));
    let reply = desk.deliver("pull_request", r#"{"action":"frobnicated"}"#).await;
    assert_eq!(answer(&reply), (202, "ignored: the App does not know this action"));
    assert!(desk.rooms.taken.lock().unwrap().is_empty());
    assert_eq!(
        desk.counted("gate_events_total").await,
        [
            r#"gate_events_total{event="other",action="other",answer="ignored"} 1"#,
            r#"gate_events_total{event="pull_request",action="other",answer="ignored"} 1"#,
        ]
    );
}

#[tokio::test]
async fn what_is_not_signed_is_refused() {
    let desk = desk();
    let body = Body::from(status());
    let reply = desk.ask(Request::post("/webhook").body(body).unwrap()).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    let forged = delivery("status", status().as_bytes()).body(Body::from("{}")).unwrap();
    assert_eq!(desk.ask(forged).await.status, StatusCode::UNAUTHORIZED);
    assert!(desk.rooms.taken.lock().unwrap().is_empty());
    assert_eq!(
        desk.counted("gate_events_total").await,
        [r#"gate_events_total{event="-",action="-",answer="unsigned"} 2"#]
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let desk = desk();
    let reply = desk.deliver("Not An Event", "{}").await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert!(reply.text.starts_with("X-GitHub-Event: "), "{}", reply.text);
    let reply = desk.deliver("status", "{}").await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.text.contains("it has no sha"), "{}", reply.text);
    assert_eq!(
        desk.counted("gate_events_total").await,
        [
            r#"gate_events_total{event="-",action="-",answer="unreadable"} 1"#,
            r#"gate_events_total{event="status",action="",answer="unreadable"} 1"#,
        ]
    );
}

#[tokio::test]
async fn three_megabytes_are_read_and_more_than_github_sends_are_not() {
    let desk = desk();
    let padding = " ".repeat(3 << 20);
    let reply = desk.deliver("status", &format!("{}{padding}", status())).await;
    assert_eq!(answer(&reply), (202, "stored"));
    let most = " ".repeat((25 << 20) - status().len());
    let reply = desk.deliver("status", &format!("{}{most}", status())).await;
    assert_eq!(answer(&reply), (202, "known already"));
    let reply = desk.deliver("status", &format!("{}{most} ", status())).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    // Without an announced length too.
    let body = " ".repeat((25 << 20) + 1);
    let chunked = Request::post("/webhook").body(Body::from(body)).unwrap();
    assert_eq!(desk.ask(chunked).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        desk.counted("gate_events_total{event=\"-\"").await,
        [r#"gate_events_total{event="-",action="-",answer="too-large"} 2"#]
    );
}

#[tokio::test]
async fn a_failing_store_is_admitted_so_that_the_delivery_comes_again() {
    let desk = desk();
    *desk.rooms.fails.lock().unwrap() = true;
    let reply = desk.deliver("status", &status()).await;
    assert_eq!(answer(&reply), (503, "it could not be stored"));
    *desk.rooms.fails.lock().unwrap() = false;
    assert_eq!(answer(&desk.deliver("status", &status()).await), (202, "stored"));
    assert_eq!(
        desk.counted("gate_events_total").await,
        [
            r#"gate_events_total{event="status",action="",answer="failed"} 1"#,
            r#"gate_events_total{event="status",action="",answer="stored"} 1"#,
        ]
    );
}

#[tokio::test]
async fn a_panic_is_one_failed_request() {
    let desk = desk();
    *desk.rooms.panics.lock().unwrap() = true;
    let reply = desk.deliver("status", &status()).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!reply.text.contains("on fire"), "{}", reply.text);
    *desk.rooms.panics.lock().unwrap() = false;
    assert_eq!(answer(&desk.get("/healthz").await), (200, "ok"));
}

#[tokio::test]
async fn readiness_is_asked_and_its_reason_is_not_shown() {
    let desk = desk();
    assert_eq!(answer(&desk.get("/readyz").await), (200, "ready"));
    *desk.rooms.fails.lock().unwrap() = true;
    assert_eq!(answer(&desk.get("/readyz").await), (503, "not ready; the log says why"));
}

#[tokio::test]
async fn before_the_set_up_no_delivery_is_taken() {
    let desk = Desk::open(&Plan { is_set_up: false, ..Plan::default() });
    assert_eq!(desk.deliver("status", &status()).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(desk.rooms.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn every_route_of_the_table_is_there_and_no_other() {
    let desk = desk();
    for (route, _) in ROUTES {
        let (method, path) = route.split_once(' ').unwrap();
        let request =
            |method: &str| Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let status = desk.ask(request(method)).await.status;
        assert!(!matches!(status.as_u16(), 404 | 405), "{route}: {status}");
        let status = desk.ask(request("DELETE")).await.status;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{route}");
    }
    assert_eq!(desk.get("/admin").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_answer_has_an_id_and_is_kept_by_nobody() {
    let desk = desk();
    for path in ["/", "/healthz", "/nowhere"] {
        let reply = desk.get(path).await;
        assert_eq!(reply.header("x-request-id").len(), 36, "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
    }
}
