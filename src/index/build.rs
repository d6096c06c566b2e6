//! Writes segments and generations.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use super::catalogue;
use super::generation::Generation;
use super::keyword::{self, ClauseTokens};
use super::manifest::{self, Manifest, SegmentManifest};
use super::measure::MeasureTable;
use super::record::DocumentRecord;
use super::segment::{DOCUMENTS, KEYWORD};
use super::token::TokenTable;
use super::vector::VectorTable;
use crate::error::{Error, Result};
use crate::model::Clause;
use crate::text::tokenizer;

/// All that a segment is made from.
#[derive(Debug)]
pub struct SegmentInput {
    /// Its documents.
    pub records: Vec<Arc<DocumentRecord>>,
    /// What a model made of them; none without a model.
    pub vectors: Option<ModelOutput>,
    /// Distinct vectors from which on a graph is built.
    pub graph_from: usize,
}

/// The vectors of a segment and the model they come from.
#[derive(Debug)]
pub struct ModelOutput {
    /// Id of the model.
    pub model: String,
    /// Vectors of the clauses.
    pub table: VectorTable,
    /// Vectors of the clauses' tokens; none where they would take too much room.
    pub tokens: Option<TokenTable>,
}

/// Writes the segment of `input` into the empty `folder`.
pub(super) fn write_segment(folder: &Path, input: &SegmentInput) -> Result<SegmentManifest> {
    build_span("documents").in_scope(|| write_documents(&folder.join(DOCUMENTS), &input.records))?;
    let keyword_folder = folder.join(KEYWORD);
    std::fs::create_dir(&keyword_folder).map_err(|error| Error::io(keyword_folder.display(), error))?;
    let clauses = input.records.iter().flat_map(|record| &record.clauses);
    build_span("keyword").in_scope(|| keyword::write(&keyword_folder, clauses.map(clause_tokens)))?;
    if let Some(output) = &input.vectors {
        build_span("vectors").in_scope(|| output.table.write(folder, input.graph_from))?;
        output.tokens.iter().try_for_each(|tokens| tokens.write(folder))?;
    }
    let manifest = SegmentManifest {
        tokenizer: tokenizer::VERSION,
        model: input.vectors.as_ref().map(|output| output.model.clone()),
        dimensions: input.vectors.as_ref().map_or(0, |output| output.table.dimensions),
        tokens: input.vectors.as_ref().is_some_and(|output| output.tokens.is_some()),
        documents: input.records.len(),
        clauses: input.records.iter().map(|record| record.clauses.len()).sum(),
        files: build_span("hash").in_scope(|| manifest::hash_files(folder))?,
    };
    manifest::write(&manifest, folder)?;
    Ok(manifest)
}

/// What traces and `tiaokuan bench` time a stage of a build by.
pub fn build_span(stage: &'static str) -> tracing::Span {
    tracing::debug_span!("build", stage)
}

/// Writes what `draft` has beside its segments into the empty `folder`; it is current once published.
pub(super) fn write_generation(
    folder: &Path,
    draft: &Generation,
    measures: Option<&MeasureTable>,
) -> Result<Manifest> {
    catalogue::write(folder, draft.catalogue())?;
    draft.phrasings().map_or(Ok(()), |phrasings| phrasings.write(folder))?;
    measures.map_or(Ok(()), |measures| measures.write(folder))?;
    let manifest = Manifest {
        atlas: measures.map(|measures| measures.version),
        files: manifest::hash_files(folder)?,
        ..draft.manifest().clone()
    };
    manifest::write(&manifest, folder)?;
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
pub(super) fn clause_tokens(clause: &Clause) -> ClauseTokens {
    let text = format!("{}\n{}", clause.path.join("\n"), clause.text);
    let (words, bigrams) = tokenizer::words_and_bigrams(&text);
    ClauseTokens { words, bigrams }
}
