//! Routes for whoever watches over the App, and the style sheet.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Server, page::CSS};

pub(super) async fn css() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], CSS)
}

pub(super) async fn healthz() -> &'static str {
    "ok"
}

pub(super) async fn readyz(State(server): State<Arc<Server>>) -> Response {
    match server.readiness.check().await {
        Ok(()) => "ready".into_response(),
        Err(error) => {
            // The reason may hold addresses; whoever runs the App reads it in the log.
            tracing::warn!(%error, "the App is not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready; the log says why").into_response()
        }
    }
}

pub(super) async fn metrics(State(server): State<Arc<Server>>) -> Response {
    match server.metrics.text() {
        Ok(text) => {
            let open_metrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, open_metrics)], text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
