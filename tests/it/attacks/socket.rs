//! What a connection does: slow, huge, endless, many.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

use tiaokuan::serve::{Limits, app, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::command::{POLICY, Workplace};
use crate::service::Service;
use crate::support::test_state;

/// Times so short that a test can wait for them.
fn impatient() -> Limits {
    let soon = Duration::from_millis(300);
    Limits { head: soon, request: soon, idle: soon, drain: soon, ..Limits::default() }
}

/// Longer than any of these takes; a test that waits so long has failed.
const TOO_LONG: Duration = Duration::from_secs(20);

struct Running {
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    task: JoinHandle<tiaokuan::error::Result<()>>,
}

impl Running {
    async fn start(limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel();
        let app = app(test_state().with_limits(limits.clone()));
        let task = tokio::spawn(serve(listener, app, limits, async { drop(ended.await) }));
        Self { address, end: Some(end), task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// What the service answers to `bytes` until it closes or is silent for good.
    async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        drop(stream.write_all(bytes).await);
        rest(&mut stream).await
    }
}

/// Everything until the other end closes; fails where it does not.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(TOO_LONG, stream.read_to_end(&mut bytes)).await;
    drop(read.expect("the service does not let go of the connection"));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Writes `bytes` one by one until the other end closes; fails where it does not.
async fn trickle(stream: &mut TcpStream, bytes: &[u8]) -> String {
    let (mut reader, mut writer) = stream.split();
    let mut said = Vec::new();
    let write = async {
        for byte in bytes.iter().cycle() {
            if writer.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let both = async {
        tokio::select! { _ = reader.read_to_end(&mut said) => {}, () = write => {} }
    };
    tokio::time::timeout(TOO_LONG, both).await.expect("the service waits for ever");
    String::from_utf8_lossy(&said).into_owned()
}

const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_head_that_trickles_is_cut_off() {
    let service = Running::start(impatient()).await;
    let mut stream = service.connect().await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n").await.unwrap();
    let said = trickle(&mut stream, b"x-a: b\r\n").await;
    assert!(!said.contains(" 200 "), "{said}");
}

#[tokio::test]
async fn a_body_that_trickles_is_cut_off() {
    let service = Running::start(impatient()).await;
    let mut stream = service.connect().await;
    let head = "POST /v1/search HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let said = trickle(&mut stream, b" ").await;
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("\"timeout\""), "{said}");
}

#[tokio::test]
async fn silent_connections_leave_room_for_others() {
    let service = Running::start(Limits { connections: 2, ..impatient() }).await;
    let _silent = [service.connect().await, service.connect().await];
    let said = service.exchange(HEALTH).await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let service = Running::start(impatient()).await;
    let mut stream = service.connect().await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let said = rest(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
}

#[tokio::test]
async fn who_does_not_read_is_cut_off() {
    let service = Running::start(impatient()).await;
    let mut stream = service.connect().await;
    let questions = b"GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(100);
    // Once nothing more of its answers is taken, it takes no more questions, and then lets go.
    let ask = async { while stream.write_all(&questions).await.is_ok() {} };
    tokio::time::timeout(TOO_LONG, ask).await.expect("the service waits for a reader for ever");
}

#[tokio::test]
async fn floods_of_headers_are_refused() {
    let service = Running::start(impatient()).await;
    let line = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n";
    let many: String = (0..500).map(|number| ["x-", &number.to_string(), ": y\r\n"].concat()).collect();
    let huge = format!("x-huge: {}\r\n", "a".repeat(300 << 10));
    for headers in [many, huge] {
        let said = service.exchange(format!("{line}{headers}\r\n").as_bytes()).await;
        assert!(!said.contains(" 200 ") && (said.is_empty() || said.starts_with("HTTP/1.1 431")), "{said}");
    }
    // What is not so large that the connection itself gives up hears why.
    let some: String = (0..120).map(|number| ["x-", &number.to_string(), ": y\r\n"].concat()).collect();
    let large = format!("x-large: {}\r\n", "a".repeat(100 << 10));
    for headers in [some, large] {
        let said = service.exchange(format!("{line}connection: close\r\n{headers}\r\n").as_bytes()).await;
        assert!(said.starts_with("HTTP/1.1 431") && said.contains("head_too_large"), "{said}");
        assert!(said.contains("application/problem+json"), "{said}");
    }
    assert!(service.exchange(HEALTH).await.starts_with("HTTP/1.1 200"), "it still answers");
}

#[tokio::test]
async fn a_request_under_way_is_finished_at_the_end_and_a_stuck_one_is_not_waited_for() {
    let limits = Limits { request: TOO_LONG, drain: Duration::from_secs(2), ..impatient() };
    let mut service = Running::start(limits).await;
    let body = r#"{"query":"用水"}"#.as_bytes();
    let head = |length: usize| {
        format!(
            "POST /v1/search HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    let mut under_way = service.connect().await;
    under_way.write_all(head(body.len()).as_bytes()).await.unwrap();
    let mut stuck = service.connect().await;
    stuck.write_all(head(1_000).as_bytes()).await.unwrap();
    // Until both have been accepted.
    tokio::time::sleep(Duration::from_millis(100)).await;
    service.end.take().unwrap().send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    under_way.write_all(body).await.unwrap();
    assert!(rest(&mut under_way).await.starts_with("HTTP/1.1 200"));
    assert!(TcpStream::connect(service.address).await.is_err(), "it takes no more");
    tokio::time::timeout(TOO_LONG, service.task).await.expect("it ends").unwrap().unwrap();
}

const GIGABYTE: usize = 1 << 30;

/// Sends a gigabyte in pieces after `head`; how much was taken, and what was answered.
fn pour(address: &str, head: &str) -> (usize, String) {
    let mut stream = std::net::TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(TOO_LONG)).unwrap();
    stream.set_write_timeout(Some(TOO_LONG)).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let piece = [format!("{:x}\r\n", 1 << 20).into_bytes(), vec![b' '; 1 << 20], b"\r\n".to_vec()].concat();
    let mut sent = 0;
    while sent < GIGABYTE && stream.write_all(&piece).is_ok() {
        sent += 1 << 20;
    }
    let mut said = Vec::new();
    drop(stream.read_to_end(&mut said));
    (sent, String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn a_gigabyte_is_cut_off_without_being_held() {
    let place = Workplace::new();
    place.write("policies/a.txt", POLICY);
    let service = Service::start(&place);
    let before = service.peak_memory();
    for (path, media_type) in [("/v1/search", "application/json"), ("/v1/similar/batch", "application/json")]
    {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {media_type}\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        let (sent, _) = pour(&service.address, &head);
        assert!(sent < 160 << 20, "{path}: {sent} bytes were taken");
    }
    let grown = service.peak_memory().saturating_sub(before);
    // The largest body has 32 MiB; it grows by doubling, which holds the old and the new for a moment.
    assert!(grown < 128 << 10, "it holds {grown} KiB more");

    // Who says beforehand that it is so much hears at once.
    let mut stream = std::net::TcpStream::connect(service.address.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(TOO_LONG)).unwrap();
    let head = format!("POST /v1/review HTTP/1.1\r\nhost: localhost\r\ncontent-length: {GIGABYTE}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut said = [0; 12];
    stream.read_exact(&mut said).unwrap();
    assert_eq!(&said, b"HTTP/1.1 413");
    assert_eq!(service.get("/healthz")["status"], "ok");
}
