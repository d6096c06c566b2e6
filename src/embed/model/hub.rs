//! The Hugging Face hub or a mirror of it.

use std::path::PathBuf;
use std::time::Duration;

use super::FetchProgress;
use super::known::{HUB_REPOSITORY, Pinned, TOKENIZER};
use super::store::Workshop;
use crate::error::{Error, Kind, Result};

/// How long the hub may take to answer at all: on a closed network nothing ever comes.
const PATIENCE: Duration = Duration::from_secs(4);

/// How long a download may stand still.
const STALL: Duration = Duration::from_secs(30);

/// A hub that has answered.
pub(super) struct Hub {
    agent: ureq::Agent,
    endpoint: String,
}

/// The hub at `endpoint`, if it answers within seconds.
pub(super) fn reach(endpoint: &str) -> Result<Hub> {
    let config = ureq::Agent::config_builder()
        .timeout_resolve(Some(PATIENCE))
        .timeout_connect(Some(PATIENCE))
        .timeout_recv_response(Some(STALL))
        .timeout_per_read(Some(STALL))
        .build();
    let hub = Hub { agent: config.into(), endpoint: endpoint.to_owned() };
    let probe =
        hub.agent.head(hub.address(&TOKENIZER)).config().timeout_global(Some(PATIENCE)).build().call();
    probe.map(|_| hub).map_err(|error| unavailable(endpoint, &error))
}

impl Hub {
    fn address(&self, file: &Pinned) -> String {
        format!("{}/{HUB_REPOSITORY}/resolve/main/{}", self.endpoint, file.hub_path)
    }

    /// Puts the file into the workshop's home, where its checksum is right.
    pub(super) fn download(
        &self,
        file: &Pinned,
        workshop: &Workshop,
        progress: &dyn FetchProgress,
    ) -> Result<PathBuf> {
        let address = self.address(file);
        progress.step(&format!("downloading {address}"));
        let response = self.agent.get(&address).call().map_err(|error| unavailable(&address, &error))?;
        let body = response.into_body();
        let total = body.content_length();
        workshop.install(file.name, file.sha256, &mut body.into_reader(), &|done| progress.bytes(done, total))
    }
}

fn unavailable(address: &str, error: &ureq::Error) -> Error {
    Error::new(Kind::Unavailable, "hub_unavailable", format!("the hub at {address} did not answer: {error}"))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::time::Instant;

    use super::*;

    struct Silent;

    impl FetchProgress for Silent {
        fn step(&self, _: &str) {}
        fn bytes(&self, _: u64, _: Option<u64>) {}
    }

    /// A hub that answers every request with `abc`.
    fn small_hub() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                let is_head = lines.next().is_some_and(|line| line.starts_with("HEAD"));
                lines.find(String::is_empty);
                let body = if is_head { "" } else { "abc" };
                let head = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\n";
                write!(&stream, "{head}{body}").unwrap();
            }
        });
        endpoint
    }

    #[test]
    fn a_file_arrives_only_with_the_right_checksum() {
        const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let right = Pinned { name: "right", hub_path: "onnx/right", sha256: &[ABC] };
        let wrong = Pinned { name: "wrong", hub_path: "wrong", sha256: &["00"] };
        let home = tempfile::tempdir().unwrap();
        let workshop = Workshop::open(home.path()).unwrap();
        let hub = reach(&small_hub()).unwrap();
        let path = hub.download(&right, &workshop, &Silent).unwrap();
        assert_eq!(std::fs::read(path).unwrap(), b"abc");
        assert_eq!(hub.download(&wrong, &workshop, &Silent).unwrap_err().kind(), Kind::Corrupt);
    }

    #[test]
    fn a_network_that_swallows_everything_does_not_hang() {
        // It accepts connections by its backlog and never answers.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let started = Instant::now();
        let error = reach(&format!("http://{}", listener.local_addr().unwrap())).err().unwrap();
        assert_eq!(error.kind(), Kind::Unavailable);
        assert!(started.elapsed() < PATIENCE * 2);
    }
}
