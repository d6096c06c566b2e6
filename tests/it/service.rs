//! `tiaokuan serve` as a process with a socket.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::command::{POLICY, Workplace, tiaokuan};

/// A running service; killed when dropped.
pub(crate) struct Service {
    process: Child,
    line: String,
    /// Where it answers, such as `http://127.0.0.1:40001`.
    pub(crate) address: String,
}

impl Service {
    /// Starts `serve` over the policies of `place` and waits for its line.
    pub(crate) fn start(place: &Workplace) -> Self {
        Self::start_with(place, &[])
    }

    /// The same with more in its environment.
    pub(crate) fn start_with(place: &Workplace, variables: &[(&str, &str)]) -> Self {
        Self::start_serve(place, &["policies"], variables)
    }

    /// Starts `serve --watch` for `folder` of `place`, where nothing is indexed yet.
    pub(crate) fn start_watching(place: &Workplace, folder: &str) -> Self {
        Self::start_serve(place, &["--watch", folder], &[])
    }

    fn start_serve(place: &Workplace, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let program = tiaokuan(&place.path("")).get_program().to_owned();
        let mut command = Command::new(program);
        command.args(["--no-model", "serve", "--listen", "127.0.0.1:0"]).args(arguments);
        command.env_remove("TIAOKUAN_DATA_DIR").envs(variables.iter().copied()).current_dir(place.path(""));
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split(['\n', ' ', ';']).nth(1).unwrap().to_owned();
        Self { process, line, address }
    }

    /// The JSON at `path`, if that is an answer without an error.
    pub(crate) fn try_get(&self, path: &str) -> Option<serde_json::Value> {
        let body = ureq::get(format!("{}{path}", self.address)).call().ok()?.into_body();
        serde_json::from_reader(body.into_reader()).ok()
    }

    /// Ends the process at once, without a word to it.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Asks the process to end; whether it ended well.
    pub(crate) fn end(&mut self) -> bool {
        Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        self.process.wait().unwrap().success()
    }

    /// The JSON at `path`.
    pub(crate) fn get(&self, path: &str) -> serde_json::Value {
        let body = ureq::get(format!("{}{path}", self.address)).call().unwrap().into_body();
        serde_json::from_reader(body.into_reader()).unwrap()
    }

    /// The most memory that it has held so far, in KiB.
    pub(crate) fn peak_memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.split_whitespace().next().unwrap().parse().unwrap()
    }

    fn post(&self, path: &str, body: &[u8]) -> u16 {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = agent.post(format!("{}{path}", self.address)).content_type("application/json");
        request.send(body).unwrap().status().as_u16()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[test]
fn it_indexes_once_answers_and_ends_when_asked() {
    let place = Workplace::new();
    place.write("policies/a.txt", POLICY);
    for start in 0..2 {
        let mut service = Service::start(&place);
        assert!(service.line.starts_with("serving http://127.0.0.1:"), "{}", service.line);
        assert!(service.line.contains("no model: keyword search only"), "{}", service.line);
        let ready = service.get("/readyz");
        assert_eq!((&ready["generation"], &ready["model"]), (&1.into(), &"absent".into()), "start {start}");
        let found = service.get("/v1/search?q=%E5%B9%B6%E8%81%94%E5%AE%A1%E6%89%B9");
        assert_eq!(found["notices"][0], "model_absent");

        let huge = format!(r#"{{"query":"{}"}}"#, "a".repeat(2 << 20));
        assert_eq!(service.post("/v1/search", huge.as_bytes()), 413);
        assert_eq!(service.post("/v1/search", b"{\"query\":\"\xff\"}"), 400);
        assert_eq!(service.post("/v1/search", r#"{"query":"审批"}"#.as_bytes()), 200, "it still answers");

        assert!(service.end());
    }
}

#[test]
fn it_serves_while_another_process_writes() {
    let place = Workplace::indexed();
    let service = Service::start(&place);
    place.write("policies/b.txt", POLICY.replace("青田区", "白水区"));
    place.run(&["index", "policies"]).success();
    assert_eq!(service.get("/readyz")["status"], "ready");
    assert_eq!(
        service.get("/v1/documents")["documents"].as_array().unwrap().len(),
        1,
        "until it is restarted"
    );
}
