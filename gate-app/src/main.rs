//! `gate-app`: the GitHub App that posts the check which branch protection requires.

use std::{
    env, fs,
    io::{self, Write as _},
    process::ExitCode,
};

use gate_app::{
    clock::Clock,
    serve,
    settings::{LogFormat, Settings},
};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["serve"] => {}
        ["--version"] => return done(concat!("gate-app ", env!("CARGO_PKG_VERSION"))),
        ["--help" | "-h"] => return done(HELP),
        _ => return complain(HELP),
    }
    let settings = match Settings::read(env::vars_os(), |file| fs::read_to_string(file)) {
        Ok(settings) => settings,
        Err(problems) => return complain(&problems.to_string()),
    };
    log(&settings);
    match tokio::runtime::Runtime::new().map(|runtime| runtime.block_on(start(settings))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(problem)) => complain(&problem),
        Err(error) => complain(&format!("cannot start: {error}")),
    }
}

const HELP: &str = "Usage: gate-app serve

Runs the App. Settings come from the environment; docs/app.md lists them.";

async fn start(settings: Settings) -> Result<(), String> {
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", settings.listen))?;
    tracing::info!(listen = %settings.listen, dry_run = settings.dry_run, "gate-app is up");
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
    let subscriber = tracing_subscriber::fmt().with_writer(io::stderr);
    let subscriber = subscriber.with_env_filter(EnvFilter::new(&settings.log));
    match settings.log_format {
        LogFormat::Text => subscriber.init(),
        LogFormat::Json => subscriber.json().init(),
    }
}

fn done(words: &str) -> ExitCode {
    // Whoever closed stdout does not want to know.
    let _ = writeln!(io::stdout(), "{words}");
    ExitCode::SUCCESS
}

fn complain(problem: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "gate-app: {problem}");
    ExitCode::from(2)
}
