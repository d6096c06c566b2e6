//! One suite for both backends: what an index in files answers, an index in a real cluster of three nodes answers
//! too; what is written through one process is seen by all; and a node that is killed takes nothing with it.
//!
//! It is one test, since its steps share a cluster that takes half a minute to start.

mod answers;
mod loss;
mod nodes;
mod writes;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use nodes::Nodes;
use serde_json::Value;
use tiaokuan::embed::Embedder;
use tiaokuan::embed::model::{self, ModelSettings};
use tiaokuan::index::{Cluster, ClusterSettings, Store};
use tiaokuan::pipeline::{self, Silent};
use tiaokuan::search::Engine;

fn checkout(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Says something that a test's captured output would hide.
fn say(text: std::fmt::Arguments<'_>) {
    drop(writeln!(std::io::stderr(), "backends: {text}"));
}

/// The seeds in both backends.
struct Both {
    /// Over the files that the cluster's index was made from.
    embedded: Engine,
    /// Over the cluster.
    cluster: Engine,
}

/// Where the writer's copy is; the vectors in it outlive one run.
fn root() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("backends")
}

fn index(nodes: &Nodes) -> Both {
    let mut settings = ModelSettings::from_environment(checkout("index/model"));
    settings.model_dir = std::env::var_os("TIAOKUAN_MODEL_DIR").map(PathBuf::from);
    let files = model::find(&settings).unwrap().expect("no model: run `cargo run -- model fetch`");
    let embedder: Arc<dyn Embedder> = Arc::new(model::open(&files).unwrap());
    let cluster = Cluster::new(ClusterSettings::new(&nodes.urls(), "tiaokuan", None).unwrap());
    let store = Store::in_cluster(root().join("opensearch"), cluster);
    let inputs = pipeline::inputs(&[checkout("seeds")]).collect::<Vec<_>>().into_iter();
    let report = pipeline::index(&store, inputs, Some(embedder.as_ref()), false, &Silent).unwrap();
    assert_eq!((report.documents, report.failures.len()), (5, 0), "{report:?}");
    let over = |store: &Store| {
        let engine = Engine::new(Some(Arc::clone(&embedder)));
        engine.publish(store.open().unwrap().unwrap());
        engine
    };
    Both { embedded: over(&Store::new(root().join("opensearch"))), cluster: over(&store) }
}

/// A `serve` process over the cluster; killed when dropped.
struct Service {
    process: Child,
    address: String,
    agent: ureq::Agent,
}

impl Service {
    /// Starts one with a data directory of its own.
    fn start(nodes: &Nodes, data: &Path) -> Self {
        use std::io::{BufRead, BufReader};
        let program = crate::command::tiaokuan(&checkout("")).get_program().to_owned();
        let mut command = Command::new(program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TIAOKUAN_")) {
            command.env_remove(name);
        }
        command.args(["--backend", "opensearch", "--opensearch-url", &nodes.urls().join(",")]);
        command.arg("--data-dir").arg(data).arg("--model-home").arg(checkout("index/model"));
        if let Some(directory) = std::env::var_os("TIAOKUAN_MODEL_DIR") {
            command.arg("--model-dir").arg(directory);
        }
        command.args(["serve", "--listen", "127.0.0.1:0", "--rate-per-second", "0"]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split(['\n', ' ', ';']).nth(1).unwrap().to_owned();
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Self { process, address, agent }
    }

    fn answer(mut response: ureq::http::Response<ureq::Body>) -> (u16, Value) {
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string().unwrap_or_default();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Status and JSON at `path`; status 0 where there is no answer at all.
    fn get(&self, path: &str) -> (u16, Value) {
        self.agent
            .get(format!("{}{path}", self.address))
            .call()
            .map_or_else(|_| Default::default(), Self::answer)
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.agent.post(format!("{}{path}", self.address)).content_type("application/json");
        request.send(body.to_string()).map_or_else(|_| Default::default(), Self::answer)
    }

    fn put(&self, path: &str, body: &str) -> (u16, Value) {
        let request = self.agent.put(format!("{}{path}", self.address));
        request.send(body).map_or_else(|_| Default::default(), Self::answer)
    }

    fn delete(&self, path: &str) -> (u16, Value) {
        self.agent
            .delete(format!("{}{path}", self.address))
            .call()
            .map_or_else(|_| Default::default(), Self::answer)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Ids of the clauses of an answer's hits.
fn ids(answer: &Value) -> Vec<String> {
    let hits = answer["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
    hits.iter().map(|hit| hit["clause"]["id"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_cluster_answers_as_files_do_and_survives_the_loss_of_a_node() {
    if !nodes::has_jdk() {
        say(format_args!(
            "SKIPPED: 1 test of the OpenSearch backend, for want of a JDK of version 21 or newer"
        ));
        return;
    }
    let began = Instant::now();
    let mut nodes = Nodes::start();
    say(format_args!("three nodes after {:?}", began.elapsed()));
    let both = index(&nodes);
    say(format_args!("indexed after {:?}", began.elapsed()));
    answers::agree(&both);
    say(format_args!("answers compared after {:?}", began.elapsed()));
    let data = tempfile::tempdir().unwrap();
    let services = [1, 2].map(|number| Service::start(&nodes, &data.path().join(number.to_string())));
    writes::are_seen_by_all(&services);
    say(format_args!("writes checked after {:?}", began.elapsed()));
    loss::of_a_node(&mut nodes, &services);
    say(format_args!("a node lost after {:?}", began.elapsed()));
}
