//! The clauses of one segment as documents of the cluster.
//!
//! An index has documents of two kinds. One a clause (`c` and its place): its tokens, what the cluster finds it by,
//! and, only kept, its passages with their vectors and the signs of its tokens. One a distinct vector (`v` and its
//! row): the vector and the places of the clauses that have a passage with it, since identical vectors harm the graph
//! in which neighbours are found.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use super::super::build::clause_tokens;
use super::super::keyword::{B, K1};
use super::super::manifest::SegmentEntry;
use super::super::segment::Segment;
use super::Cluster;
use super::bulk::{self, Item};
use super::evidence::StoredPassage;
use crate::error::{Error, Result};
use crate::model::Document;
use crate::text::tokenizer::Token;

/// Stands for a position without a token; no token is this, since it is no letter and no digit.
const GAP: &str = "_";
/// Characters of a token beyond which the cluster would cut it in two.
const LONGEST: u32 = 8_191;
/// Neighbours that the graph of vectors keeps of each, and that it looks at while it is built.
const GRAPH: (u32, u32) = (16, 128);

impl Cluster {
    /// The index of the clauses of the segment `entry`.
    pub(super) fn clause_index(&self, entry: &SegmentEntry) -> String {
        self.index(&format!("clauses-{}", entry.blake3.get(..24).unwrap_or(&entry.blake3)))
    }

    /// Writes the clauses of `segment`, open with all its files, and makes them searchable.
    pub(super) fn add_clauses(&self, segment: &Segment) -> Result<()> {
        let index = self.clause_index(segment.entry());
        self.make_index(&index, &schema(segment.dimensions()))?;
        bulk::write(self, &index, clauses(segment).chain(vectors(segment).map(Ok)))?;
        self.refresh(&index)
    }
}

fn schema(dimensions: usize) -> Value {
    let mut properties = json!({
        "place": {"type": "integer"},
        "region": {"type": "keyword"},
        "words": {"type": "text", "analyzer": "tokens", "index_options": "freqs"},
        "bigrams": {"type": "text", "analyzer": "tokens"},
        "passages": {"type": "binary"},
        "signs": {"type": "binary"},
        "places": {"type": "integer"},
    });
    if dimensions > 0 {
        let (m, ef_construction) = GRAPH;
        properties["vector"] = json!({
            "type": "knn_vector", "dimension": dimensions, "data_type": "byte",
            // The default engine is a native library, which not every distribution has.
            "method": {
                "name": "hnsw", "engine": "lucene", "space_type": "innerproduct",
                "parameters": {"m": m, "ef_construction": ef_construction},
            },
        });
    }
    json!({
        "settings": {"index": {
            "knn": true, "number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "-1",
            "unassigned.node_left.delayed_timeout": "0s",
            "similarity": {"default": {"type": "BM25", "k1": K1, "b": B}},
            "analysis": {
                "filter": {"gap": {"type": "stop", "stopwords": [GAP]}},
                "tokenizer": {"spaces": {"type": "whitespace", "max_token_length": LONGEST}},
                "analyzer": {"tokens": {"tokenizer": "spaces", "filter": ["gap"]}},
            },
        }},
        "mappings": {"dynamic": "strict", "properties": properties},
    })
}

fn clauses(segment: &Segment) -> impl Iterator<Item = Result<Item>> {
    let clauses = segment
        .records()
        .iter()
        .flat_map(|record| record.clauses.iter().map(|clause| (&record.document, clause)));
    clauses.zip(0u32..).map(|((document, clause), place)| {
        let tokens = clause_tokens(clause);
        let mut fields = Map::new();
        fields.insert("place".into(), json!(place));
        fields.insert("region".into(), json!(region(document)));
        fields.insert("words".into(), json!(side_by_side(&tokens.words)));
        fields.insert("bigrams".into(), json!(in_their_positions(&tokens.bigrams)));
        fields.insert("passages".into(), json!(passages(segment, place)?));
        if let Some(tokens) = segment.tokens() {
            fields.insert("signs".into(), json!(BASE64_STANDARD.encode(tokens.signs(place)?)));
        }
        Ok(Item { id: clause_id(place), document: Value::Object(fields) })
    })
}

fn vectors(segment: &Segment) -> impl Iterator<Item = Item> {
    segment.vectors().into_iter().flat_map(|vectors| {
        let users = vectors.users();
        (0..vectors.len() as u32).map(move |row| Item {
            id: format!("v{row}"),
            document: json!({"places": users.of_row(row), "vector": vectors.row(row)}),
        })
    })
}

/// The name of the clause at `place`.
pub(super) fn clause_id(place: u32) -> String {
    format!("c{place}")
}

/// What documents share a region by: its code; a document whose region is not known stands for itself.
fn region(document: &Document) -> &str {
    document.region.as_ref().map_or(document.id.as_str(), |region| &region.code)
}

fn side_by_side(tokens: &[Token]) -> String {
    tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// `tokens` as a text whose tokens get the same positions, counted from the first: what phrases are matched by.
pub(super) fn in_their_positions(tokens: &[Token]) -> String {
    let mut text = String::new();
    let mut next = tokens.first().map_or(0, |token| token.position);
    for token in tokens {
        for _ in next..token.position {
            text.push_str(GAP);
            text.push(' ');
        }
        text.push_str(&token.text);
        text.push(' ');
        next = token.position + 1;
    }
    text
}

fn passages(segment: &Segment, place: u32) -> Result<String> {
    let Some(vectors) = segment.vectors() else { return Ok(String::new()) };
    let stored = |passage: &super::super::vector::PassageVector| StoredPassage {
        kind: passage.kind,
        span: passage.span,
        vector: vectors.row(passage.vector).to_vec(),
    };
    let stored: Vec<StoredPassage> = vectors.passages(place).iter().map(stored).collect();
    let bytes =
        postcard::to_stdvec(&stored).map_err(|error| Error::internal(format!("passages: {error}")))?;
    Ok(BASE64_STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenizer;

    #[test]
    fn positions_without_a_token_are_marked() {
        let text = in_their_positions(&tokenizer::bigrams("，160千瓦及以下"));
        assert_eq!(text, "160 _ _ 千瓦 瓦及 及以 以下 ");
        assert_eq!(in_their_positions(&[]), "");
    }
}
