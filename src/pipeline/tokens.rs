//! Token vectors of a build: each clause's once, taken over from the generation before where it has them.

use std::collections::HashMap;
use std::sync::Arc;

use super::report::Progress;
use crate::embed::Embedder;
use crate::error::Result;
use crate::index::{ClauseIndex, DocumentRecord, Generation, TokenIndex, TokenTable};

/// Tokens of a clause that the model reads.
const MOST_TOKENS: usize = 510;

/// Bytes that token vectors of the documents take at most.
pub(super) fn bytes(documents: &[Arc<DocumentRecord>], dimensions: usize) -> u64 {
    let clauses = documents.iter().flat_map(|record| &record.clauses);
    let tokens: usize = clauses.map(|clause| clause.text.chars().take(MOST_TOKENS).count()).sum();
    (tokens * TokenTable::row_length(dimensions)) as u64
}

/// Vectors of the tokens of every clause; those of texts that `current` has are taken over from it.
pub(super) fn embed(
    documents: &[Arc<DocumentRecord>],
    embedder: &dyn Embedder,
    current: Option<&Generation>,
    progress: &dyn Progress,
) -> Result<TokenTable> {
    let model = embedder.model_id().as_str();
    let current = current.filter(|current| current.manifest().model.as_deref() == Some(model));
    let known: HashMap<&str, ClauseIndex> = current
        .filter(|current| current.tokens().is_some())
        .map(|current| current.clauses().map(|found| (found.clause.text.as_str(), found.index)).collect())
        .unwrap_or_default();
    let texts: Vec<&str> = clause_texts(documents).collect();
    let new: Vec<&str> = texts.iter().copied().filter(|text| !known.contains_key(text)).collect();
    progress.stage("tokens", new.len());
    let dimensions = embedder.dimensions();
    let mut made = TokenTable { dimensions, ..TokenTable::default() };
    embedder.embed_all_tokens(&new, &mut |tokens| {
        made.push(tokens);
        progress.at(made.counts.len());
    })?;
    let Some(old) = current.and_then(Generation::tokens).filter(|_| new.len() < texts.len()) else {
        return Ok(made);
    };
    merge(&texts, &known, old, &made)
}

/// One table in the order of `texts`, from the generation's where it knows the text, else from `made`.
fn merge(
    texts: &[&str],
    known: &HashMap<&str, ClauseIndex>,
    old: &TokenIndex,
    made: &TokenTable,
) -> Result<TokenTable> {
    let row_length = TokenTable::row_length(made.dimensions);
    let mut table = TokenTable { dimensions: made.dimensions, ..TokenTable::default() };
    let (mut counts, mut rest) = (made.counts.iter(), made.signs.as_slice());
    for text in texts {
        if let Some(clause) = known.get(text) {
            table.push_signs(&old.signs(*clause)?);
            continue;
        }
        let length = counts.next().map_or(0, |count| *count as usize * row_length);
        let (signs, after) = rest.split_at_checked(length).unwrap_or_default();
        table.push_signs(signs);
        rest = after;
    }
    Ok(table)
}

fn clause_texts(documents: &[Arc<DocumentRecord>]) -> impl Iterator<Item = &str> {
    documents.iter().flat_map(|record| &record.clauses).map(|clause| clause.text.as_str())
}
