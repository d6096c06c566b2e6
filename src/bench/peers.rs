//! What other search engines are given, so that all answer from the same texts, words and vectors.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::json;

use super::questions;
use crate::embed::Embedder;
use crate::error::{Error, Result};
use crate::index::{Generation, PassageKind};
use crate::text::tokenizer;

/// Writes `articles.jsonl` (id, text, words, and how many vectors), `vectors.f32` (`[articles × dimensions]`, of the
/// whole articles), `passages.f32` (`[vectors × dimensions]`: all that an article is found by, its whole, its core and
/// its sentences, each once) and `queries.jsonl` (query, words, vector) into `folder`. How many articles there are.
pub(super) fn export(generation: &Generation, embedder: &dyn Embedder, folder: &Path) -> Result<usize> {
    std::fs::create_dir_all(folder).map_err(|error| Error::io(folder.display(), error))?;
    let mut articles = create(&folder.join("articles.jsonl"))?;
    let mut vectors = create(&folder.join("vectors.f32"))?;
    let mut passages = create(&folder.join("passages.f32"))?;
    let mut count = 0;
    for found in generation.clauses() {
        let Some(index) = generation.vectors() else { break };
        let Some(whole) = index.vector(found.index, PassageKind::Whole) else { continue };
        let rows: BTreeSet<&[i8]> = [PassageKind::Whole, PassageKind::Core, PassageKind::Sentence]
            .into_iter()
            .flat_map(|kind| index.passage_vectors(found.index, kind))
            .collect();
        let text = &found.clause.text;
        let line = json!({
            "id": found.clause.id.as_str(), "text": text, "words": words(text), "vectors": rows.len(),
        });
        write(&mut articles, format!("{line}\n").as_bytes())?;
        write(&mut vectors, &normalised(whole))?;
        for row in rows {
            write(&mut passages, &normalised(row))?;
        }
        count += 1;
    }
    let mut queries = create(&folder.join("queries.jsonl"))?;
    for query in questions::choose(generation).queries {
        let line = json!({ "query": query, "words": words(&query), "vector": embedder.embed(&query)? });
        write(&mut queries, format!("{line}\n").as_bytes())?;
    }
    for mut file in [articles, vectors, passages, queries] {
        file.flush().map_err(|error| Error::io(folder.display(), error))?;
    }
    Ok(count)
}

/// `row` with length 1, as 32-bit floats, little-endian.
fn normalised(row: &[i8]) -> Vec<u8> {
    let length = row.iter().map(|x| f32::from(*x).powi(2)).sum::<f32>().sqrt().max(1.0);
    row.iter().flat_map(|x| (f32::from(*x) / length).to_le_bytes()).collect()
}

fn words(text: &str) -> String {
    let words: Vec<String> = tokenizer::words(text).into_iter().map(|token| token.text).collect();
    words.join(" ")
}

fn create(path: &Path) -> Result<BufWriter<File>> {
    File::create(path).map(BufWriter::new).map_err(|error| Error::io(path.display(), error))
}

fn write(file: &mut BufWriter<File>, bytes: &[u8]) -> Result<()> {
    file.write_all(bytes).map_err(|error| Error::io("what peers are given", error))
}
