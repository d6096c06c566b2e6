//! Token vectors of a build: how much room they take, and the cache that holds them between builds.

use std::sync::Arc;

use crate::embed::{BlobCache, Embedder, TextHash};
use crate::error::{Error, Result};
use crate::index::{DocumentRecord, TokenTable};

/// Tokens of a clause that the model reads.
const MOST_TOKENS: usize = 510;

/// Bytes that token vectors of the documents take at most.
pub(super) fn bytes(documents: &[Arc<DocumentRecord>], dimensions: usize) -> u64 {
    let clauses = documents.iter().flat_map(|record| &record.clauses);
    let tokens: usize = clauses.map(|clause| clause.text.chars().take(MOST_TOKENS).count()).sum();
    (tokens * TokenTable::row_length(dimensions)) as u64
}

/// The signs of the tokens of every clause, from `cache`, which holds them but for damage; what is damaged is
/// encoded again.
pub(super) fn table(
    documents: &[Arc<DocumentRecord>],
    embedder: &dyn Embedder,
    cache: &mut BlobCache,
) -> Result<TokenTable> {
    let dimensions = embedder.dimensions();
    let mut table = TokenTable { dimensions, ..TokenTable::default() };
    for clause in documents.iter().flat_map(|record| &record.clauses) {
        let hash = TextHash::of(&clause.text);
        if !cache.contains(hash) {
            let signs = TokenTable::signs(dimensions, &embedder.encode(&clause.text)?.tokens);
            cache.append(&[(hash, signs)])?;
        }
        let signs = cache.get(hash)?.ok_or_else(|| Error::internal("tokens vanished from the cache"))?;
        table.push_signs(&signs);
    }
    Ok(table)
}
