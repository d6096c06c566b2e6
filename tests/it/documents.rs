//! Whole documents as offices and sites publish them, all invented: saved pages, Markdown, text. What is
//! kept, what is dropped, what the frame says of them.

use std::fmt::Write;
use std::path::PathBuf;

use serde::Deserialize;
use tiaokuan::index::DocumentRecord;
use tiaokuan::model::{DocumentId, Status};
use tiaokuan::pipeline::{Input, read_document};
use tiaokuan::report::{Report, text};

#[derive(Deserialize)]
struct Cases {
    document: Vec<Case>,
}

/// A file of `tests/cases/documents` and what a person reads in it; what is left out is not compared, ""
/// says that the text is silent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    file: String,
    /// The file is saved in this encoding.
    encoding: Option<String>,
    title: String,
    number: Option<String>,
    issuer: Option<String>,
    date: Option<String>,
    status: Option<Status>,
    region: Option<String>,
    /// How each clause begins, white space left out.
    clauses: Vec<String>,
    /// What is dropped; other lines may be dropped too.
    dropped: Vec<String>,
    /// `clause position from 0`, canonical names with role, where the case is about them.
    #[serde(default)]
    units: Vec<(usize, String)>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases/documents")
}

fn record(case: &Case) -> DocumentRecord {
    let bytes = std::fs::read(folder().join(&case.file)).unwrap();
    let encoding = case.encoding.as_deref().map(|name| encoding_rs::Encoding::for_label(name.as_bytes()));
    let bytes = match encoding {
        Some(encoding) => encoding.unwrap().encode(std::str::from_utf8(&bytes).unwrap()).0.into_owned(),
        None => bytes,
    };
    let id = DocumentId::from_stem(&case.file);
    read_document(&Input { file: case.file.clone(), id, bytes, entry: None, again: None }).unwrap()
}

fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

fn differences(case: &Case, record: &DocumentRecord) -> Vec<String> {
    let document = &record.document;
    let code = document.region.as_ref().map(|region| region.code.clone());
    let fields = [
        ("title", Some(&case.title), Some(&document.title)),
        ("number", case.number.as_ref(), document.number.as_ref()),
        ("issuer", case.issuer.as_ref(), document.issuer.as_ref()),
        ("date", case.date.as_ref(), document.date.as_ref()),
        ("region", case.region.as_ref(), code.as_ref()),
    ];
    let mut wrong = Vec::new();
    for (name, wanted, found) in fields {
        let Some(wanted) = wanted else { continue };
        if *wanted != found.cloned().unwrap_or_default() {
            wrong.push(format!("{name} is {found:?}, not {wanted}"));
        }
    }
    if case.status.is_some_and(|status| status != document.status) {
        wrong.push(format!("status is {:?}", document.status));
    }
    let begins: Vec<String> = record.clauses.iter().map(|clause| dense(&clause.text)).collect();
    let same = begins.len() == case.clauses.len()
        && begins.iter().zip(&case.clauses).all(|(found, wanted)| found.starts_with(&dense(wanted)));
    if !same {
        wrong.push(format!("clauses are {begins:#?}"));
    }
    let dropped: String = Report::of(record).furniture.iter().map(|line| dense(&line.text) + "\n").collect();
    wrong.extend(
        case.dropped
            .iter()
            .filter(|line| !dropped.contains(&dense(line)))
            .map(|line| format!("{line} is kept")),
    );
    for (position, wanted) in &case.units {
        let units =
            record.clauses.get(*position).map(|clause| clause.facts.units.as_slice()).unwrap_or_default();
        let found: Vec<String> = units.iter().map(|unit| format!("{} {:?}", unit.name, unit.role)).collect();
        if found.join(", ") != *wanted {
            wrong.push(format!("units of clause {position} are {found:?}"));
        }
    }
    wrong
}

#[test]
fn documents_as_they_are_published() {
    let cases: Cases = toml::from_str(include_str!("../cases/documents.toml")).unwrap();
    let files = std::fs::read_dir(folder()).unwrap().count();
    assert_eq!(cases.document.len(), files, "a row for every file");
    let mut wrong = String::new();
    for case in &cases.document {
        let record = record(case);
        for difference in differences(case, &record) {
            writeln!(wrong, "{}: {difference}", case.file).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The whole report of one page, to be read when rules change.
#[test]
fn the_report_of_a_page() {
    let cases: Cases = toml::from_str(include_str!("../cases/documents.toml")).unwrap();
    let case = cases.document.iter().find(|case| case.file == "national_opinions.html").unwrap();
    let mut report = String::new();
    text::write(&mut report, &Report::of(&record(case))).unwrap();
    insta::assert_snapshot!(report);
}
