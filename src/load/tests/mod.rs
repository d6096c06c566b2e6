//! Files built by code, and conversions made outside.

mod conversions;
mod hostile;
mod office;
mod pages;
mod pdfs;
mod walking;

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Limits, Loaded, RawKind, load};

/// A zip with these files.
fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn read(file: &str, bytes: &[u8]) -> Loaded {
    load(file, bytes, &Limits::default()).unwrap()
}

/// Kind and text of every line that has text.
fn shape(loaded: &Loaded) -> Vec<(RawKind, &str)> {
    loaded
        .lines
        .iter()
        .filter(|line| !line.text.trim().is_empty())
        .map(|line| (line.kind, line.text.as_str()))
        .collect()
}

fn code_of(file: &str, bytes: &[u8]) -> &'static str {
    let error = load(file, bytes, &Limits::default()).unwrap_err();
    assert!(error.to_string().contains(file) && !error.to_string().contains('\n'), "{error}");
    error.code()
}
