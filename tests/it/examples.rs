//! The examples of `docs/examples`, run as they stand against a served index.

use std::process::Command;

use crate::command::Workplace;
use crate::service::Service;

/// What each example says, line by line.
const SAID: [&str; 6] =
    ["search: ", "similar: ", "compare: ", "put: created", "version: 1 ", "delete: removed"];

fn run(service: &Service, program: &str, example: &str) {
    let path = format!("{}/docs/examples/{example}", env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(program);
    command.arg(path).env("TIAOKUAN_URL", &service.address).env_remove("TIAOKUAN_KEY");
    let done = command.output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    let complaint = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{example}: {said}{complaint}");
    for line in SAID {
        assert!(said.lines().any(|said| said.starts_with(line)), "{example} does not say {line:?}: {said}");
    }
}

#[test]
fn examples_do_what_they_say() {
    let place = Workplace::indexed();
    let service = Service::start(&place);
    for (program, example) in [("bash", "curl.sh"), ("python3", "client.py"), ("node", "client.mjs")] {
        run(&service, program, example);
    }
    assert_eq!(service.get("/v1/documents")["documents"].as_array().unwrap().len(), 1);
}
