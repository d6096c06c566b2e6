//! What may happen to a data directory: damage on disk, a second writer, a kill at any moment.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use predicates::prelude::*;
use predicates::str::contains;
use tiaokuan::index::Store;

use crate::command::{POLICY, Workplace, complaint, json, tiaokuan};

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// `whole` cut off, emptied, and with one bit turned at several places.
fn damages(whole: &[u8]) -> Vec<Vec<u8>> {
    let middle = whole.len() / 2;
    let mut damaged = vec![whole[..middle].to_vec(), Vec::new()];
    for place in [0, middle / 2, middle, whole.len() - 1] {
        let mut bytes = whole.to_vec();
        bytes[place] ^= 1;
        damaged.push(bytes);
    }
    damaged
}

#[test]
fn every_damaged_file_is_named_and_a_rebuild_mends_it() {
    let place = Workplace::indexed();
    let folders = ["generations/1", "segments/1"].map(|folder| place.data().join(folder));
    let checked: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| files(folder))
        // tantivy's locks are empty and mean nothing once no one writes.
        .filter(|path| path.extension().is_none_or(|extension| extension != "lock"))
        .collect();
    assert!(checked.len() > 5, "{checked:?}");
    for path in &checked {
        let whole = std::fs::read(path).unwrap();
        for damaged in damages(&whole) {
            std::fs::write(path, damaged).unwrap();
            let error = Store::new(place.data()).open().unwrap_err();
            assert_eq!(error.code(), "index_corrupt", "{}: {error}", path.display());
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(error.to_string().contains(name), "{}: {error}", path.display());
        }
        std::fs::write(path, &whole).unwrap();
    }
    std::fs::remove_file(&checked[0]).unwrap();
    for arguments in [
        &["documents"][..],
        &["search", "审批"],
        &["index", "policies"],
        &["serve", "--listen", "127.0.0.1:0"],
    ] {
        let done = place.run(arguments);
        assert!(!complaint(&done).contains("panicked"));
        done.code(4).stderr(contains("[index_corrupt]").and(contains("index --rebuild")));
    }
    place.run(&["index", "--rebuild", "policies"]).success();
    place.run(&["search", "并联审批"]).success();
}

#[test]
fn an_index_of_another_version_is_no_damage() {
    let place = Workplace::indexed();
    place.write("index/data/generations/1/manifest.json", r#"{"format": 9999, "shape": ["unknown"]}"#);
    place.run(&["documents"]).code(4).stderr(contains("[index_outdated]"));
    place.run(&["index", "--rebuild", "policies"]).success();
}

#[test]
fn a_second_writer_is_refused_and_readers_go_on() {
    let place = Workplace::indexed();
    let writer = Store::new(place.data()).writer().unwrap();
    place.run(&["index", "policies"]).code(4).stderr(contains("[index_locked]"));
    place.run(&["search", "并联审批"]).success();
    drop(writer);
    place.run(&["index", "policies"]).success().stdout(contains("nothing had changed"));
}

/// Starts `index --rebuild policies` and kills it after `life`.
fn kill_after(place: &Workplace, life: Duration) {
    let arguments = ["--no-model", "index", "--rebuild", "policies"];
    let program = tiaokuan(&place.path("")).get_program().to_owned();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(place.path("")).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(life);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_generation_or_the_new_one() {
    let place = Workplace::new();
    for number in 0..40 {
        place.write(&format!("policies/{number}.txt"), POLICY.replace("青田区", &format!("第{number}区")));
    }
    let started = Instant::now();
    place.run(&["index", "policies"]).success();
    let whole = started.elapsed();
    let mut newest = 1;
    for moment in 0..12 {
        kill_after(&place, whole * moment / 10);
        let seen = json(&place.run(&["documents", "--json"]).success());
        assert_eq!(seen["documents"].as_array().unwrap().len(), 40, "after moment {moment}");
        let generation = seen["generation"].as_u64().unwrap();
        assert!(generation == newest || generation == newest + 1, "{newest} then {generation}");
        newest = generation;
    }
    let done = json(&place.run(&["index", "--rebuild", "policies", "--json"]).success());
    assert_eq!(done["generation"], newest + 1);
    let left = std::fs::read_dir(place.data().join("generations")).unwrap().count();
    assert_eq!(left, 2, "half-built generations are swept");
}
