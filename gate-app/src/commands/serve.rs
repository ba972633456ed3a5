//! `gate-app serve`: settings, log, listener, and the signals to stop.

use std::{
    io::{self, IsTerminal as _},
    process::ExitCode,
};

use gate_app::{
    clock::Clock,
    serve,
    settings::{LogFormat, Settings},
};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use super::complain;

pub(super) fn run(settings: Settings) -> ExitCode {
    log(&settings);
    match tokio::runtime::Runtime::new().map(|runtime| runtime.block_on(start(settings))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(problem)) => complain(&problem),
        Err(error) => complain(&format_args!("cannot start: {error}")),
    }
}

async fn start(settings: Settings) -> Result<(), String> {
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", settings.listen))?;
    // With port 0 the system chose one.
    let listen = listener.local_addr().unwrap_or(settings.listen);
    tracing::info!(%listen, dry_run = settings.dry_run, "gate-app is up");
    serve::run(settings, listener, Clock::system(), stop()).await.map_err(|error| error.to_string())
}

/// Waits for the signal to stop.
async fn stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping: finishing what is in hand");
}

fn log(settings: &Settings) {
    let is_terminal = io::stderr().is_terminal();
    let subscriber = tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(is_terminal);
    let subscriber = subscriber.with_env_filter(EnvFilter::new(&settings.log));
    match settings.log_format {
        LogFormat::Text => subscriber.init(),
        LogFormat::Json => subscriber.json().init(),
    }
}
