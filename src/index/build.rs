//! Writes a generation.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use super::keyword::{self, ClauseTokens};
use super::manifest::{self, Manifest};
use super::measure::MeasureTable;
use super::phrasing::PhrasingTable;
use super::record::DocumentRecord;
use super::token::TokenTable;
use super::vector::VectorTable;
use crate::error::{Error, Result};
use crate::model::Clause;
use crate::text::tokenizer;

/// All that a generation is made from.
#[derive(Debug)]
pub struct BuildInput {
    /// Number of the generation.
    pub generation: u64,
    /// Documents, sorted by id.
    pub documents: Vec<Arc<DocumentRecord>>,
    /// What a model made; none without a model.
    pub vectors: Option<ModelOutput>,
    /// Measures found across the documents; none where they were not looked for.
    pub measures: Option<MeasureTable>,
    /// Distinct vectors from which on a graph is built.
    pub graph_from: usize,
}

/// All vectors of a generation and the model they come from.
#[derive(Debug)]
pub struct ModelOutput {
    /// Id of the model.
    pub model: String,
    /// Vectors of the clauses.
    pub table: VectorTable,
    /// Vectors of the phrasings.
    pub phrasings: PhrasingTable,
    /// Vectors of the clauses' tokens; none where they would take too much room.
    pub tokens: Option<TokenTable>,
}

/// Writes `input` into the empty `folder`; nothing is current until it is published.
pub fn write_generation(folder: &Path, input: &BuildInput) -> Result<Manifest> {
    write_documents(&folder.join("documents.jsonl"), &input.documents)?;
    let keyword_folder = folder.join("keyword");
    std::fs::create_dir(&keyword_folder).map_err(|error| Error::io(keyword_folder.display(), error))?;
    let clauses = input.documents.iter().flat_map(|record| &record.clauses);
    keyword::write(&keyword_folder, clauses.map(clause_tokens))?;
    if let Some(output) = &input.vectors {
        output.table.write(folder, input.graph_from)?;
        output.phrasings.write(folder)?;
        output.tokens.iter().try_for_each(|tokens| tokens.write(folder))?;
    }
    input.measures.iter().try_for_each(|measures| measures.write(folder))?;
    let manifest = Manifest {
        tokenizer: tokenizer::VERSION,
        generation: input.generation,
        model: input.vectors.as_ref().map(|output| output.model.clone()),
        phrasings: input.vectors.as_ref().map(|output| output.phrasings.fingerprint.clone()),
        dimensions: input.vectors.as_ref().map_or(0, |output| output.table.dimensions),
        tokens: input.vectors.as_ref().is_some_and(|output| output.tokens.is_some()),
        atlas: input.measures.as_ref().map(|measures| measures.version),
        documents: input.documents.len(),
        clauses: input.documents.iter().map(|record| record.clauses.len()).sum(),
        files: manifest::hash_files(folder)?,
    };
    manifest.write(folder)?;
    Ok(manifest)
}

fn write_documents(path: &Path, documents: &[Arc<DocumentRecord>]) -> Result<()> {
    let io = |error: std::io::Error| Error::io(path.display(), error);
    let mut file = BufWriter::new(File::create(path).map_err(io)?);
    for record in documents {
        serde_json::to_writer(&mut file, record.as_ref()).map_err(|error| io(error.into()))?;
        file.write_all(b"\n").map_err(io)?;
    }
    file.flush().map_err(io)
}

/// Words and bigrams of the clause with its headings before it: 企业开办 in a heading answers for the
/// measures below it.
fn clause_tokens(clause: &Clause) -> ClauseTokens {
    let text = format!("{}\n{}", clause.path.join("\n"), clause.text);
    ClauseTokens { words: tokenizer::words(&text), bigrams: tokenizer::bigrams(&text) }
}
