//! The same document in several formats must give the same clauses.
//!
//! Not run by default, since it needs the files. Make them and run it so:
//!
//! ```text
//! soffice --headless --infilter="Text (encoded):UTF8" --convert-to docx --outdir DIR/docx seeds/*.txt   # html, pdf too
//! iconv -f UTF-8 -t GB18030 seeds/NAME.txt > DIR/gb18030/NAME.txt
//! TIAOKUAN_CONVERSIONS=DIR TIAOKUAN_ORIGINALS=seeds cargo test --lib conversions -- --ignored --nocapture
//! ```

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::load::{Limits, load, walk};
use crate::normalise::normalise;
use crate::split::split;

/// Clause texts without white space.
fn clauses(file: &str, bytes: &[u8]) -> Vec<String> {
    let source = normalise(&load(file, bytes, &Limits::default()).unwrap());
    let texts = split(&source)
        .clauses
        .into_iter()
        .filter_map(|clause| source.text.get(clause.range).map(str::to_owned));
    texts.map(|text| text.split_whitespace().collect()).collect()
}

/// How many of `wanted` are among `found`, each counted once; `report` gets the others.
fn shared(wanted: &[String], found: &[String], mut report: impl FnMut(&str)) -> usize {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for text in found {
        *left.entry(text).or_default() += 1;
    }
    let mut count = 0;
    for text in wanted {
        match left.get_mut(text.as_str()).filter(|left| **left > 0) {
            Some(left) => {
                *left -= 1;
                count += 1;
            }
            None => report(text),
        }
    }
    count
}

fn folder(variable: &str) -> PathBuf {
    PathBuf::from(
        std::env::var_os(variable)
            .unwrap_or_else(|| panic!("{variable} must name a folder; the module says how to fill it")),
    )
}

#[test]
#[ignore = "needs a folder of conversions: see the module's docs"]
fn conversions_give_the_same_clauses() {
    let (originals, conversions) = (folder("TIAOKUAN_ORIGINALS"), folder("TIAOKUAN_CONVERSIONS"));
    let verbose = std::env::var_os("TIAOKUAN_VERBOSE").is_some();
    let mut failures = Vec::new();
    for (format, suffix, bar) in
        [("docx", "docx", 97), ("html", "html", 97), ("gb18030", "txt", 97), ("pdf", "pdf", 93)]
    {
        for input in walk(&originals, &Limits::default())
            .filter_map(Result::ok)
            .filter(|input| Path::new(&input.name).extension().is_some_and(|suffix| suffix == "txt"))
        {
            let name = Path::new(&input.name).with_extension(suffix);
            let Ok(bytes) = std::fs::read(conversions.join(format).join(&name)) else { continue };
            let (wanted, found) =
                (clauses(&input.name, &input.bytes), clauses(&name.to_string_lossy(), &bytes));
            let same = shared(&wanted, &found, |text| {
                if verbose {
                    println!("  missing: {text}");
                }
            });
            println!(
                "{format:8} {:28} {same:5} of {:5} = {:.1}%  ({} found)",
                input.name,
                wanted.len(),
                100.0 * same as f32 / wanted.len() as f32,
                found.len()
            );
            if same * 100 < bar * wanted.len() {
                failures.push(format!("{format} {}", input.name));
            }
        }
    }
    assert!(failures.is_empty(), "below the bar: {failures:?}");
}

/// Prints what is loaded of one file: `TIAOKUAN_FILE=… cargo test --lib prints_one_file -- --ignored --nocapture`.
#[test]
#[ignore = "a tool: prints the lines of the file that TIAOKUAN_FILE names"]
fn prints_one_file() {
    let path = folder("TIAOKUAN_FILE");
    let loaded = load(&path.to_string_lossy(), &std::fs::read(&path).unwrap(), &Limits::default());
    match loaded {
        Ok(loaded) => {
            println!("{:?} {:?} {:?}", loaded.format, loaded.encoding, loaded.warnings);
            loaded
                .lines
                .iter()
                .for_each(|line| println!("{:5} {:?} {:?}", line.origin, line.kind, line.text));
        }
        Err(error) => println!("{error:?}"),
    }
}

/// Loads, normalises and splits every file of a folder: `TIAOKUAN_FILE=… cargo test --release …`.
#[test]
#[ignore = "a tool: reads the folder that TIAOKUAN_FILE names and prints how long that took"]
fn reads_a_folder() {
    let begun = std::time::Instant::now();
    let (mut read, mut refused, mut lines, mut clauses, mut articles) = (0, 0, 0, 0, 0);
    for input in walk(&folder("TIAOKUAN_FILE"), &Limits::default()) {
        match input.and_then(|input| load(&input.name, &input.bytes, &Limits::default())) {
            Ok(loaded) => {
                read += 1;
                lines += loaded.lines.len();
                let split = split(&normalise(&loaded));
                clauses += split.clauses.len();
                let is_article = |number: &str| number.starts_with('第') && number.contains('条');
                articles += split
                    .clauses
                    .iter()
                    .filter(|clause| clause.number.as_deref().is_some_and(is_article))
                    .count();
            }
            Err(error) => {
                refused += 1;
                println!("{error}");
            }
        }
    }
    println!(
        "{read} read, {refused} refused, {lines} lines, {clauses} clauses ({articles} 第…条), {:.1} s",
        begun.elapsed().as_secs_f32()
    );
}
