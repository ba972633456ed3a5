//! HTTP servers of the generator's own, each on a thread of its own.

use std::{net::TcpListener, thread};

use axum::Router;
use tokio::sync::oneshot;

/// A server that stops when it is dropped.
pub(crate) struct Serving {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Serving {
    /// A port of this machine that nobody else has.
    pub(crate) fn listener() -> Result<(u16, TcpListener), String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
        listener.set_nonblocking(true).map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        Ok((address.port(), listener))
    }

    /// Serves these routes there.
    pub(crate) fn start(listener: TcpListener, router: Router) -> Self {
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.expect("a runtime can be made");
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener);
                let listener = listener.expect("a bound listener is sound");
                tokio::select! {
                    served = axum::serve(listener, router) => served.expect("it serves"),
                    _ = stopped => {}
                }
            });
            // An answer that is being held back is not waited for.
            runtime.shutdown_background();
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
