//! What was acknowledged is there, whatever happens to the process or the disk.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::command::{POLICY, Workplace, json};
use crate::service::Service;

/// The narrow places of taking a document in, in the order in which they are passed.
const NARROW_PLACES: [&str; 6] = [
    "source-kept",
    "segment-written",
    "segment-kept",
    "generation-written",
    "generation-published",
    "old-dropped",
];

fn policy(number: usize) -> String {
    POLICY.replace("青田区", &format!("第{number}区"))
}

fn put(address: &str, number: usize) -> Result<u16, ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into();
    let path = format!("{address}/v1/documents/doc-{number}?file=doc-{number}.txt");
    Ok(agent.put(path).send(policy(number).as_bytes())?.status().as_u16())
}

fn documents(service: &Service) -> Vec<String> {
    let listed = service.get("/v1/documents?limit=1000");
    let ids = listed["documents"].as_array().unwrap().iter();
    ids.map(|document| document["id"].as_str().unwrap().to_owned()).collect()
}

/// Every acknowledged document is there once and can be found, and nothing else but what was under way.
fn check(service: &Service, acknowledged: &[usize], under_way: Option<usize>) {
    let found = documents(service);
    for number in acknowledged {
        let id = format!("doc-{number}");
        assert_eq!(found.iter().filter(|found| **found == id).count(), 1, "{id} in {found:?}");
    }
    let others = found.iter().filter(|id| {
        let number = id.strip_prefix("doc-").and_then(|number| number.parse().ok());
        number.is_some_and(|number: usize| !acknowledged.contains(&number) && Some(number) != under_way)
    });
    assert_eq!(others.count(), 0, "{found:?}");
    let asked = "/v1/search?q=%E5%B9%B6%E8%81%94%E5%AE%A1%E6%89%B9&limit=1";
    // A search looks at so many clauses at most; beyond that the newest documents are asked for one by one.
    assert_eq!(service.get(asked)["total"], found.len().min(200));
    for number in acknowledged.iter().rev().take(if found.len() > 200 { 20 } else { 0 }) {
        let answer: Value = service.get(&format!("{asked}&document=doc-{number}"));
        assert_eq!(answer["total"], 1, "doc-{number}");
    }
}

#[test]
fn a_kill_in_any_narrow_place_loses_nothing() {
    let place = Workplace::new();
    place.write("policies/a.txt", policy(0));
    place.run(&["index", "policies"]).success();
    let mut acknowledged = Vec::new();
    let mut number = 1;
    for narrow in NARROW_PLACES {
        // The first document passes; the second stops there until the process is killed.
        let points = format!("{narrow}=1*off->sleep(600000)");
        let mut service = Service::start_with(&place, &[("FAILPOINTS", &points)]);
        assert_eq!(put(&service.address, number).unwrap(), 201, "{narrow}");
        acknowledged.push(number);
        let address = service.address.clone();
        let stuck = number + 1;
        let putting = std::thread::spawn(move || put(&address, stuck));
        std::thread::sleep(Duration::from_millis(700));
        assert!(!putting.is_finished(), "{narrow} is passed by no document");
        assert_eq!(documents(&service).len(), acknowledged.len() + 1, "{narrow}: readers are not blocked");
        service.kill();
        assert!(putting.join().unwrap().is_err());
        let service = Service::start(&place);
        check(&service, &acknowledged, Some(stuck));
        if documents(&service).contains(&format!("doc-{stuck}")) {
            acknowledged.push(stuck);
        }
        number += 2;
    }
}

#[test]
fn kills_at_random_moments_lose_nothing() {
    let kills = std::env::var("TIAOKUAN_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(8);
    let place = Workplace::new();
    place.write("policies/a.txt", policy(0));
    let mut acknowledged: Vec<usize> = Vec::new();
    let mut number = 1;
    let mut queries = 0;
    for kill in 0..kills {
        let mut service = Service::start(&place);
        check(&service, &acknowledged, None);
        let address = service.address.clone();
        let first = number;
        let putting = std::thread::spawn(move || {
            let mut done = Vec::new();
            for number in first.. {
                match put(&address, number) {
                    Ok(status) => {
                        assert!(matches!(status, 200 | 201), "{status}");
                        done.push(number);
                    }
                    Err(_) => return (done, number),
                }
            }
            unreachable!("a service that is killed ends the loop")
        });
        let address = service.address.clone();
        let asking = std::thread::spawn(move || {
            let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
            let mut asked = 0;
            // Until the connection fails, no query does.
            while let Ok(answer) = agent.get(format!("{address}/v1/search?q=%E5%AE%A1%E6%89%B9")).call() {
                assert_eq!(answer.status(), 200);
                if answer.into_body().read_to_string().is_err() {
                    break;
                }
                asked += 1;
            }
            asked
        });
        std::thread::sleep(Duration::from_millis(fastrand::Rng::with_seed(kill).u64(0..900)));
        service.kill();
        let (done, under_way) = putting.join().unwrap();
        queries += asking.join().unwrap();
        acknowledged.extend(done);
        // What was under way may be there; put again it is there once.
        let service = Service::start(&place);
        check(&service, &acknowledged, Some(under_way));
        assert!(matches!(put(&service.address, under_way).unwrap(), 200 | 201));
        acknowledged.push(under_way);
        number = under_way + 1;
    }
    println!(
        "{kills} kills, {} documents acknowledged, none lost, none twice; {queries} queries answered, none failed",
        acknowledged.len()
    );
}

/// A mounted disk, taken away when dropped.
struct Unmount(std::path::PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let place = Workplace::new();
    place.write("policies/a.txt", policy(0));
    let disk = place.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(&disk).status();
    if !mounted.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: a small tmpfs cannot be mounted here, so no full disk was tried");
        return;
    }
    let _unmount = Unmount(disk.clone());
    let data = disk.join("data");
    let variables = [("TIAOKUAN_DATA_DIR", data.to_str().unwrap())];
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    let mut service = Service::start_with(&place, &variables);
    for number in 1..400 {
        match put(&service.address, number).unwrap() {
            200 | 201 => acknowledged.push(number),
            status => {
                assert_eq!(status, 507, "document {number}");
                refused += 1;
                if refused == 3 {
                    break;
                }
            }
        }
    }
    assert_eq!(refused, 3, "the disk was never full");
    check(&service, &acknowledged, None);
    service.kill();
    let service = Service::start_with(&place, &variables);
    check(&service, &acknowledged, None);
}

#[test]
fn a_merge_that_finds_the_disk_full_is_not_tried_at_every_change() {
    let place = Workplace::new();
    place.write("policies/a.txt", policy(0));
    let service = Service::start_with(&place, &[("FAILPOINTS", "merge-written=return")]);
    let acknowledged: Vec<usize> = (1..40).collect();
    for number in &acknowledged {
        assert_eq!(put(&service.address, *number).unwrap(), 201);
    }
    let metrics = ureq::get(format!("{}/metrics", service.address)).call().unwrap();
    let metrics = metrics.into_body().read_to_string().unwrap();
    let failed = |line: &str| line.strip_prefix("tiaokuan_merges_total{outcome=\"failed\"} ")?.parse().ok();
    let failed: usize = metrics.lines().find_map(failed).expect("a merge was tried");
    assert!(failed <= 6, "{failed} merges were tried while 39 documents came");
    let left = std::fs::read_dir(place.path("index/data/segments")).unwrap().flatten();
    assert!(left.count() >= 39, "nothing was merged");
    check(&service, &acknowledged, None);
}

#[test]
fn a_snapshot_is_restored_elsewhere_and_into_a_running_service() {
    let place = Workplace::indexed();
    place.write("policies/a.txt", POLICY.replace("5个工作日", "3个工作日"));
    place.run(&["index", "policies"]).success();
    place.write("index/data/thesaurus.toml", "");
    place.run(&["snapshot", "kept.tar"]).success();
    place.run(&["snapshot", "kept.tar"]).failure();

    let elsewhere = Workplace::new();
    std::fs::copy(place.path("kept.tar"), elsewhere.path("kept.tar")).unwrap();
    elsewhere.run(&["restore", "kept.tar"]).success();
    let found = json(&elsewhere.run(&["search", "并联审批", "--json"]).success());
    assert!(found["hits"][0]["clause"]["text"].as_str().unwrap().contains("3个工作日"));
    elsewhere.run(&["restore", "kept.tar"]).code(2);

    place.run(&["remove", "a"]).success();
    let service = Service::start(&place);
    assert_eq!(service.get("/v1/documents")["documents"].as_array().unwrap().len(), 0);
    place.run(&["restore", "--replace", "kept.tar"]).success();
    let started = Instant::now();
    while service.get("/v1/documents")["documents"].as_array().unwrap().is_empty() {
        assert!(started.elapsed() < Duration::from_secs(30), "the restored index was not taken over");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(service.get("/v1/documents/a/versions")["versions"].as_array().unwrap().len(), 2);
    let bytes = std::fs::read(place.path("kept.tar")).unwrap();
    place.write("cut.tar", &bytes[..bytes.len() / 2]);
    place.write("other.tar", b"not an archive at all");
    for file in ["cut.tar", "other.tar", "absent.tar"] {
        let done = place.run(&["restore", "--replace", file]).failure();
        assert!(!crate::command::complaint(&done).contains("panicked"), "{file}");
    }
    assert_eq!(documents(&service).len(), 1);
}

#[test]
fn a_watched_folder_is_kept_in_step() {
    let place = Workplace::new();
    place.write("watched/a.txt", policy(1));
    let service = Service::start_watching(&place, "watched");
    let wait_for = |ids: &[&str]| {
        let started = Instant::now();
        loop {
            let found = service.try_get("/v1/documents?limit=1000");
            let found: Vec<String> = found
                .as_ref()
                .and_then(|listed| listed["documents"].as_array())
                .map(|all| all.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect())
                .unwrap_or_default();
            if found == ids {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(40), "{found:?}, not {ids:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    wait_for(&["a"]);
    place.write("watched/b.txt", policy(2));
    wait_for(&["a", "b"]);
    std::fs::remove_file(place.path("watched/a.txt")).unwrap();
    wait_for(&["b"]);
    place.write("watched/b.txt", policy(3));
    let started = Instant::now();
    while service.get("/v1/documents/b/versions")["versions"].as_array().unwrap().len() < 2 {
        assert!(started.elapsed() < Duration::from_secs(40));
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn an_index_of_an_older_layout_is_made_again_from_its_sources() {
    let place = Workplace::indexed();
    // What a generation of format 3 has of what is needed.
    let data = place.data();
    std::fs::copy(data.join("segments/1/documents.jsonl"), data.join("generations/1/documents.jsonl"))
        .unwrap();
    std::fs::remove_file(data.join("generations/1/catalogue.jsonl")).unwrap();
    place.write("index/data/generations/1/manifest.json", r#"{"format": 3, "manifest": {}}"#);
    std::fs::remove_dir_all(data.join("segments")).unwrap();
    place.run(&["search", "审批"]).code(4);
    std::fs::remove_file(place.path("policies/a.txt")).unwrap();
    let service = Service::start(&place);
    assert_eq!(documents(&service), ["a"]);
    assert_eq!(service.get("/v1/search?q=%E5%AE%A1%E6%89%B9")["total"], 1);
}
