//! `POST /webhook`: read, stored durably, answered. Nothing is done here that could take long.

use std::sync::Arc;

use axum::{
    Extension,
    body::Bytes,
    extract::{FromRequest as _, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::{Span, field::display};

use super::{Server, Taken};
use crate::{
    metrics::Answer,
    webhook::{self, Delivery, Effect, MAX_BODY, Refusal},
};

/// Room for the bodies that are in memory at a time, in KiB. A body can be verified only when all of
/// it is there, so without this bound senders that nobody knows could fill the memory.
#[derive(Debug, Clone)]
pub(super) struct Bodies(Arc<Semaphore>);

impl Bodies {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(8 * MAX_BODY / 1024)))
    }

    /// Room for the body that the headers announce; none for one that is too large. Without an
    /// announcement it may become as large as is allowed.
    async fn room(&self, headers: &HeaderMap) -> Option<SemaphorePermit<'_>> {
        let bytes = match headers.get(header::CONTENT_LENGTH) {
            Some(announced) => {
                let length: usize = announced.to_str().ok()?.parse().ok()?;
                Some(length).filter(|bytes| *bytes <= MAX_BODY)?
            }
            None => MAX_BODY,
        };
        self.0.acquire_many(u32::try_from(bytes.div_ceil(1024)).ok()?).await.ok()
    }
}

/// Answers a delivery of GitHub.
pub(super) async fn webhook(
    State(server): State<Arc<Server>>,
    Extension(bodies): Extension<Bodies>,
    request: Request,
) -> Response {
    let Some(credentials) = server.registration.borrow().clone() else {
        let text = "the App is not set up yet; its front page does it";
        return (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    };
    let received = server.clock.now();
    let headers = request.headers().clone();
    let Some(_room) = bodies.room(&headers).await else {
        return refused(&server, ("-", "-"), Answer::TooLarge, StatusCode::PAYLOAD_TOO_LARGE);
    };
    let body = match Bytes::from_request(request, &()).await {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return refused(&server, ("-", "-"), Answer::TooLarge, StatusCode::PAYLOAD_TOO_LARGE);
        }
        Err(rejection) => {
            server.metrics.event("-", "-", Answer::Unreadable);
            return (rejection.status(), "the body did not come whole").into_response();
        }
    };
    let delivery =
        match webhook::read(&headers, &body, &credentials.webhook_secrets, credentials.app) {
            Ok(delivery) => delivery,
            Err(refusal) => return refuse(&server, &refusal),
        };
    note(&delivery);
    let labels = labels(&delivery.event, delivery.action.as_deref());
    if let Some(why) = delivery.ignored() {
        tracing::debug!(why, "ignored");
        server.metrics.event(labels.0, labels.1, Answer::Ignored);
        return (StatusCode::ACCEPTED, format!("ignored: {why}")).into_response();
    }
    store(&server, &delivery, &body, received, labels).await
}

/// What log lines about a delivery carry.
fn note(delivery: &Delivery) {
    let span = Span::current();
    span.record("delivery", delivery.id.as_str());
    span.record("event", delivery.event.as_str());
    span.record("action", delivery.action.as_deref());
    span.record("repository", delivery.repository.as_ref().map(|one| display(&one.name)));
    let (number, head) = delivery.effects.iter().find_map(Effect::place).unwrap_or_default();
    span.record("pull_request", number.map(|number| number.0));
    span.record("head", head.map(display));
}

async fn store(
    server: &Server,
    delivery: &Delivery,
    body: &[u8],
    received: jiff::Timestamp,
    (event, action): (&'static str, &'static str),
) -> Response {
    match server.inbox.take(delivery, body, received).await {
        Ok(Taken::New) => {
            tracing::info!("stored");
            server.metrics.event(event, action, Answer::Stored);
            (StatusCode::ACCEPTED, "stored").into_response()
        }
        Ok(Taken::Known) => {
            tracing::info!("known already");
            server.metrics.event(event, action, Answer::Known);
            (StatusCode::ACCEPTED, "known already").into_response()
        }
        Err(error) => {
            // GitHub marks it as failed, and it is fetched again when the store is back.
            tracing::error!(%error, "a delivery could not be stored");
            server.metrics.event(event, action, Answer::Failed);
            (StatusCode::SERVICE_UNAVAILABLE, "it could not be stored").into_response()
        }
    }
}

fn refuse(server: &Server, refusal: &Refusal) -> Response {
    let (labels, answer, status) = match refusal {
        Refusal::Unsigned(_) => (("-", "-"), Answer::Unsigned, StatusCode::UNAUTHORIZED),
        Refusal::Headers { .. } => (("-", "-"), Answer::Unreadable, StatusCode::BAD_REQUEST),
        Refusal::Payload { event, .. } => {
            (labels(event, None), Answer::Unreadable, StatusCode::UNPROCESSABLE_ENTITY)
        }
    };
    tracing::warn!(reason = %refusal, "a delivery was refused");
    server.metrics.event(labels.0, labels.1, answer);
    (status, refusal.to_string()).into_response()
}

fn refused(
    server: &Server,
    (event, action): (&'static str, &'static str),
    answer: Answer,
    status: StatusCode,
) -> Response {
    server.metrics.event(event, action, answer);
    (status, answer.word()).into_response()
}

/// Names from our own table only: a label that a sender chooses would make the counters grow
/// without end.
fn labels(event: &str, action: Option<&str>) -> (&'static str, &'static str) {
    match webhook::known(event) {
        None => ("other", "other"),
        Some(known) => match known.action(action) {
            Some((action, _)) => (known.name, action),
            None => (known.name, "other"),
        },
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[tokio::test]
    async fn bodies_take_the_room_that_they_announce_and_give_it_back() {
        let bodies = Bodies::new();
        let all = bodies.0.available_permits();
        let mut headers = HeaderMap::new();
        for (announced, kib) in [
            (None, Some(25 * 1024)),
            (Some("0"), Some(0)),
            (Some("1025"), Some(2)),
            (Some("26214400"), Some(25 * 1024)),
            (Some("26214401"), None),
            (Some("-1"), None),
            (Some("much"), None),
        ] {
            headers.remove(header::CONTENT_LENGTH);
            if let Some(length) = announced {
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static(length));
            }
            let room = bodies.room(&headers).await;
            let taken = all - bodies.0.available_permits();
            assert_eq!(room.is_some().then_some(taken), kib, "{announced:?}");
            drop(room);
            assert_eq!(bodies.0.available_permits(), all, "{announced:?}");
        }
    }
}
