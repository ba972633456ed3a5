//! The listener. `axum::serve` waits for a half-sent header for ever and counts no connections, so
//! that a thousand idle sockets would close the door; this one does neither.

use std::{future::Future, io::ErrorKind, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time,
};

/// How much patience the listener has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// So many connections at once; more wait outside.
    pub connections: usize,
    /// A request's headers must be complete after this time. It also ends connections on which
    /// nothing is asked.
    pub headers: Duration,
    /// After the shutdown began, requests have so long to end.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 1024, headers: Duration::from_secs(15), drain: Duration::from_secs(20) }
    }
}

/// Serves until `shutdown` is there, then lets the requests end that are under way. HTTP/1.1 only:
/// GitHub and proxies speak it, and the preface of HTTP/2 has no timeout.
///
/// Returns how many connections had to be cut.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> usize {
    let places = Arc::new(Semaphore::new(limits.connections));
    let (close, closing) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        while connections.try_join_next().is_some() {}
        let place = tokio::select! {
            () = &mut shutdown => break,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let one = converse(stream, router.clone(), limits.headers, closing.clone());
                connections.spawn(async move {
                    one.await;
                    drop(place);
                });
            }
            Err(error) if is_of_one_connection(error.kind()) => {}
            Err(error) => {
                // Mostly too many open files: it passes when connections end.
                tracing::error!(%error, "no connection can be accepted");
                time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
    drop(listener);
    // Nobody listens when no connection is left.
    let _ = close.send(true);
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = time::timeout(limits.drain, all).await;
    connections.len()
}

async fn converse(
    stream: TcpStream,
    router: Router,
    headers: Duration,
    mut closing: watch::Receiver<bool>,
) {
    // Small answers leave at once; without it they are only slower.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(headers)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = async { drop(closing.wait_for(|closing| *closing).await) } => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}

fn is_of_one_connection(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}
