use std::fs;

use super::*;
use crate::load::walk;

#[test]
fn folders_and_zips_are_walked_in_order_and_errors_stay_single() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    put("乙/二.txt", "二".as_bytes());
    put("一.txt", "一".as_bytes());
    put(".hidden", b"x");
    put("manifest.toml", b"x");
    put(
        "丁.zip",
        &zip_of(&[
            ("方案/三.txt", "三".as_bytes()),
            ("../../逃.txt", "四".as_bytes()),
            ("弹.txt", &vec![b'a'; 8 << 20]),
        ]),
    );
    put("坏.zip", b"PK\x03\x04broken");
    fs::File::create(folder.path().join("大.txt")).unwrap().set_len(300 << 20).unwrap();
    let results: Vec<String> = walk(folder.path(), &Limits::default())
        .map(|item| match item {
            Ok(input) => input.name,
            Err(error) => error.code().to_owned(),
        })
        .collect();
    assert_eq!(
        results,
        [
            "一.txt",
            "丁.zip/方案/三.txt",
            "丁.zip/逃.txt",
            "zip_bomb",
            "乙/二.txt",
            "malformed_document",
            "file_too_large"
        ]
    );
}

#[test]
fn a_single_file_and_a_missing_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("一.txt");
    fs::write(&path, "一").unwrap();
    let names: Vec<String> = walk(&path, &Limits::default()).map(|input| input.unwrap().name).collect();
    assert_eq!(names, ["一.txt"]);
    let missing: Vec<_> = walk(&folder.path().join("无"), &Limits::default()).collect();
    assert_eq!(missing[0].as_ref().unwrap_err().code(), "no_such_file");
}

#[test]
fn zips_within_zips_end() {
    let mut zip = zip_of(&[("内.txt", "内".as_bytes())]);
    for _ in 0..4 {
        zip = zip_of(&[("a.zip", &zip)]);
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("外.zip"), zip).unwrap();
    let results: Vec<_> = walk(folder.path(), &Limits::default()).collect();
    assert!(matches!(results.as_slice(), [Err(error)] if error.code() == "zip_bomb"), "{results:?}");
}
