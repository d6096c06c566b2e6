//! A real cluster on loopback, started from Maven Central's archives.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How many nodes there are.
const NODES: u16 = 3;
/// How long they may take to find each other.
const START: Duration = Duration::from_mins(3);

/// Three nodes, killed when dropped.
pub(super) struct Nodes {
    processes: Vec<Child>,
    http: u16,
    folder: tempfile::TempDir,
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/opensearch").join(name)
}

/// Whether a JDK that OpenSearch runs on is to be had.
pub(super) fn has_jdk() -> bool {
    Command::new(script("jdk.sh")).stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

impl Nodes {
    /// Fetches what is not there yet, starts the nodes and waits until they have found each other.
    pub(super) fn start() -> Self {
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("index/opensearch");
        let fetched = Command::new(script("fetch.sh")).arg(&home).status().unwrap();
        assert!(fetched.success(), "OpenSearch could not be fetched: tests/opensearch/fetch.sh says why");
        let folder = tempfile::tempdir().unwrap();
        let (http, transport) = (free_ports(), free_ports());
        let mut nodes = Self { processes: Vec::new(), http, folder };
        for number in 1..=NODES {
            let mut node = Command::new(script("node.sh"));
            node.arg(home.join("home")).arg(nodes.folder.path());
            node.args([number, NODES, http, transport].map(|number| number.to_string()));
            let log = std::fs::File::create(nodes.folder.path().join(format!("{number}.out"))).unwrap();
            node.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
            nodes.processes.push(node.spawn().unwrap());
        }
        nodes.wait();
        nodes
    }

    fn wait(&mut self) {
        let began = Instant::now();
        while self.health().is_none_or(|health| health["number_of_nodes"] != NODES) {
            for (node, number) in self.processes.iter_mut().zip(1..) {
                if let Some(status) = node.try_wait().unwrap() {
                    let said = std::fs::read_to_string(self.folder.path().join(format!("{number}.out")));
                    panic!("node {number} ended ({status}): {}", said.unwrap_or_default());
                }
            }
            assert!(began.elapsed() < START, "the nodes did not find each other in time");
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    /// What a node says of the cluster.
    fn health(&self) -> Option<Value> {
        let answer = ureq::get(format!("{}/_cluster/health", self.urls().last()?)).call().ok()?;
        serde_json::from_reader(answer.into_body().into_reader()).ok()
    }

    /// Addresses of all nodes.
    pub(super) fn urls(&self) -> Vec<String> {
        (1..=NODES).map(|number| format!("http://127.0.0.1:{}", self.http + number)).collect()
    }

    /// Which node leads the others: its loss is the hardest, since they must first agree on another.
    pub(super) fn leader(&self) -> usize {
        let asked = format!("{}/_cat/cluster_manager?h=node", self.urls()[0]);
        let name = ureq::get(asked).call().unwrap().body_mut().read_to_string().unwrap();
        name.trim().trim_start_matches("node").parse().unwrap()
    }

    /// Kills a node, without a word to it.
    pub(super) fn kill(&mut self, number: usize) {
        let node = &mut self.processes[number - 1];
        node.kill().unwrap();
        node.wait().unwrap();
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for node in &mut self.processes {
            drop(node.kill());
            drop(node.wait());
        }
    }
}

/// A port below as many free ones as there are nodes.
fn free_ports() -> u16 {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let mut below = (0..200).map(|_| fastrand::u16(20_000..30_000));
    below.find(|below| (1..=NODES).all(|number| is_free(below + number))).unwrap()
}
