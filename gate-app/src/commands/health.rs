//! `gate-app health`: for the health check of a container that has no other program in it.

use std::{
    io::{Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    process::ExitCode,
    time::Duration,
};

use clap::Args;
use gate_app::settings::Settings;

use super::say;

/// The App answers at once, or something is wrong with it.
const PATIENCE: Duration = Duration::from_secs(4);

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Ask whether it can do its work too.
    #[arg(long)]
    ready: bool,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> ExitCode {
    let path = if arguments.ready { "/readyz" } else { "/healthz" };
    let place = here(settings.listen);
    match ask(place, path) {
        Ok(answer) if answer.starts_with("HTTP/1.1 200 ") => ExitCode::SUCCESS,
        Ok(answer) => {
            let line = answer.lines().next().unwrap_or("nothing").to_owned();
            say(&format_args!("http://{place}{path} answers {line}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            say(&format_args!("http://{place}{path} does not answer: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Where this machine reaches what listens there: everywhere is here too.
fn here(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// One request to ourselves, and the beginning of the answer.
fn ask(place: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&place, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(
        format!("GET {path} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n").as_bytes(),
    )?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
