//! The listener on a real socket. Bounds on time are generous: they only keep a failing test from
//! waiting for ever.

use std::{net::SocketAddr, time::Duration};

use gate_app::server::{Limits, serve};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};

use crate::desk::{Desk, Plan};

const LONG: Duration = Duration::from_secs(20);

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    cut: JoinHandle<usize>,
}

async fn run(limits: Limits) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let router = Desk::open(&Plan::default()).router;
    let shutdown = async { stopped.await.unwrap() };
    let cut = tokio::spawn(serve(listener, router, limits, shutdown));
    Running { address, stop, cut }
}

fn limits() -> Limits {
    Limits { connections: 64, headers: LONG, drain: LONG }
}

impl Running {
    async fn connect(&self, send: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(send.as_bytes()).await.unwrap();
        stream
    }

    async fn stop(self) -> usize {
        self.stop.send(()).unwrap();
        timeout(LONG, self.cut).await.unwrap().unwrap()
    }
}

/// Everything until the other side closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    timeout(LONG, stream.read_to_end(&mut bytes)).await.expect("it stayed open").unwrap();
    String::from_utf8(bytes).unwrap()
}

const ASK: &str = "GET /healthz HTTP/1.1\r\nhost: gate\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_request_is_answered() {
    let server = run(limits()).await;
    let answer = rest(&mut server.connect(ASK).await).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("ok"), "{answer}");
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn headers_that_never_end_and_silence_end_the_connection() {
    let server = run(Limits { headers: Duration::from_millis(50), ..limits() }).await;
    for send in ["", "GET /healthz HTTP/1.1\r\nhost: ga"] {
        let answer = rest(&mut server.connect(send).await).await;
        assert!(!answer.contains("200 OK"), "{answer}");
    }
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn more_connections_than_the_limit_wait_for_their_turn() {
    let server = run(Limits { connections: 1, ..limits() }).await;
    // It is there and asks nothing yet.
    let mut first = server.connect("GET /heal").await;
    let mut second = server.connect(ASK).await;
    let mut byte = [0];
    let early = timeout(Duration::from_millis(200), second.read(&mut byte)).await;
    assert!(early.is_err(), "the second was served beside the first");
    first.write_all(&ASK.as_bytes()["GET /heal".len()..]).await.unwrap();
    assert!(rest(&mut first).await.ends_with("ok"));
    assert!(rest(&mut second).await.ends_with("ok"));
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn a_shutdown_lets_a_request_end_and_takes_no_new_one() {
    let server = run(limits()).await;
    let body = "{}";
    let head = "POST /webhook HTTP/1.1\r\nhost: gate\r\ncontent-length: 2\r\n\r\n";
    let mut under_way = server.connect(&format!("{head}{}", &body[..1])).await;
    // An answered request says that the connection before it was accepted.
    rest(&mut server.connect(ASK).await).await;
    let (address, stopping) = (server.address, tokio::spawn(server.stop()));
    // The listener is gone as soon as the shutdown began.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    under_way.write_all(&body.as_bytes()[1..]).await.unwrap();
    let answer = rest(&mut under_way).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert_eq!(stopping.await.unwrap(), 0);
}

#[tokio::test]
async fn after_the_patience_of_a_shutdown_the_rest_is_cut() {
    let server = run(Limits { drain: Duration::from_millis(50), ..limits() }).await;
    let head = "POST /webhook HTTP/1.1\r\nhost: gate\r\ncontent-length: 2\r\n\r\n{";
    let mut under_way = server.connect(head).await;
    rest(&mut server.connect(ASK).await).await;
    assert_eq!(server.stop().await, 1);
    // Cut by the other side, with or without a reset.
    let mut bytes = Vec::new();
    let _ = timeout(LONG, under_way.read_to_end(&mut bytes)).await.expect("it stayed open");
    assert!(bytes.is_empty(), "{}", String::from_utf8_lossy(&bytes));
}
