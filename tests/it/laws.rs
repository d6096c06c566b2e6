//! The laws of the shared corpus: how many articles are found, and how fast. Not part of a test run:
//!
//! `TIAOKUAN_LAWS=FOLDER RAYON_NUM_THREADS=2 cargo test --release --test it laws -- --ignored --nocapture`

use std::path::PathBuf;
use std::time::Instant;

use rayon::prelude::*;
use tiaokuan::model::ClauseKind;
use tiaokuan::pipeline::{inputs, read_document};

/// Articles that the 3,321 laws with any have, as counted when the corpus was made.
const ARTICLES: usize = 147_288;

#[test]
#[ignore = "needs the unpacked corpus in TIAOKUAN_LAWS"]
fn laws_have_as_many_articles_as_were_counted() {
    let folder = PathBuf::from(std::env::var("TIAOKUAN_LAWS").unwrap());
    let files: Vec<_> = inputs(&[folder]).map(Result::unwrap).collect();
    let started = Instant::now();
    let counts: Vec<(usize, usize)> = files
        .par_iter()
        .map(|input| {
            let Ok(record) = read_document(input) else { return (0, 0) };
            let articles = record.clauses.iter().filter(|clause| clause.kind == ClauseKind::Article);
            // the later parts of an article that was cut to size are no articles of their own
            let whole = articles.filter(|clause| !clause.id.as_str().contains("__part_"));
            (1, whole.count())
        })
        .collect();
    let seconds = started.elapsed().as_secs_f64();
    let read: usize = counts.iter().map(|(read, _)| read).sum();
    let with_articles = counts.iter().filter(|(_, articles)| *articles > 0).count();
    let articles: usize = counts.iter().map(|(_, articles)| articles).sum();
    let threads = rayon::current_num_threads();
    println!("{} files, {read} read, {with_articles} with articles, {articles} articles", files.len());
    println!("{threads} threads: {seconds:.1} s, {:.0} documents a second", files.len() as f64 / seconds);
    assert!(articles.abs_diff(ARTICLES) * 200 <= ARTICLES, "{articles} articles");
}
