//! Vectors of the clauses' tokens, kept as the signs of their components, read from disk when needed.
//!
//! A sign a component loses little of what token vectors say of one another (docs/adr/0006-maxsim.md)
//! and takes 64 bytes a token where a byte a component took 512.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

use super::cluster::Remote;
use super::generation::ClauseIndex;
use super::manifest::corrupt;
use super::placement::Placement;
use crate::error::{Error, Result};

const SIGNS: &str = "tokens.signs";
const COUNTS: &str = "tokens.counts";
/// Tokens of a query that are compared; a draft clause of more says enough with its beginning.
const QUERY_TOKENS: usize = 64;

/// What is written: the signs of every clause's tokens.
#[derive(Debug, Default)]
pub struct TokenTable {
    /// Components a vector; a multiple of 8.
    pub dimensions: usize,
    /// Tokens of each clause, `[clauses]`.
    pub counts: Vec<u32>,
    /// A bit a component, set where it is positive; `[tokens × dimensions / 8]`.
    pub signs: Vec<u8>,
}

impl TokenTable {
    /// Bytes that a token takes.
    pub fn row_length(dimensions: usize) -> usize {
        dimensions.div_ceil(8)
    }

    /// The signs of tokens with these vectors, `[tokens × dimensions / 8]`.
    pub fn signs(dimensions: usize, tokens: &[Vec<f32>]) -> Vec<u8> {
        let row_length = Self::row_length(dimensions);
        let row = |token: &Vec<f32>| {
            let bytes = token.chunks(8).map(signs).chain(std::iter::repeat(0)).take(row_length);
            bytes.collect::<Vec<u8>>()
        };
        tokens.iter().flat_map(row).collect()
    }

    /// Adds the next clause, whose signs are known.
    pub fn push_signs(&mut self, signs: &[u8]) {
        self.counts.push((signs.len() / Self::row_length(self.dimensions).max(1)) as u32);
        self.signs.extend_from_slice(signs);
    }

    /// Writes the table into `directory`.
    pub fn write(&self, directory: &Path) -> Result<()> {
        let write = |name: &str, bytes: &[u8]| {
            let path = directory.join(name);
            std::fs::write(&path, bytes).map_err(|error| Error::io(path.display(), error))
        };
        let counts = postcard::to_stdvec(&self.counts)
            .map_err(|error| Error::internal(format!("token counts: {error}")))?;
        write(COUNTS, &counts)?;
        write(SIGNS, &self.signs)
    }
}

fn signs(components: &[f32]) -> u8 {
    components.iter().zip(0..).fold(0, |byte, (value, bit)| byte | u8::from(*value > 0.0) << bit)
}

/// The token vectors of one segment. Holds where each clause's stand; reads them when asked.
#[derive(Debug)]
pub(super) struct TokenSegment {
    file: Mutex<File>,
    row_length: u64,
    /// Token at which each clause begins; one more than there are clauses.
    starts: Vec<u64>,
}

impl TokenSegment {
    /// Opens what [`TokenTable::write`] wrote.
    pub(super) fn open(directory: &Path, dimensions: usize, clauses: usize) -> Result<Self> {
        let path = directory.join(COUNTS);
        let bytes = std::fs::read(&path).map_err(|error| Error::io(path.display(), error))?;
        let counts: Vec<u32> = postcard::from_bytes(&bytes).map_err(|error| corrupt(&path, &error))?;
        let mut starts = vec![0];
        starts.extend(counts.iter().scan(0, |end, count| {
            *end += u64::from(*count);
            Some(*end)
        }));
        let path = directory.join(SIGNS);
        let file = File::open(&path).map_err(|error| Error::io(path.display(), error))?;
        let length = file.metadata().map_err(|error| Error::io(path.display(), error))?.len();
        let tokens = starts.last().copied().unwrap_or(0);
        let row_length = TokenTable::row_length(dimensions) as u64;
        if counts.len() != clauses || tokens.checked_mul(row_length) != Some(length) {
            return Err(corrupt(&path, &"clauses and token vectors do not fit together"));
        }
        Ok(Self { file: Mutex::new(file), row_length, starts })
    }

    /// The signs of the tokens of the clause at `clause` in the segment, `[tokens × dimensions / 8]`.
    pub(super) fn signs(&self, clause: u32) -> Result<Vec<u8>> {
        let at = clause as usize;
        let (Some(start), Some(end)) = (self.starts.get(at), self.starts.get(at + 1)) else {
            return Err(Error::internal("a clause beyond the token vectors"));
        };
        let mut signs = vec![0; ((end - start) * self.row_length) as usize];
        let mut file = self.file.lock();
        file.seek(SeekFrom::Start(start * self.row_length))
            .and_then(|_| file.read_exact(&mut signs))
            .map_err(|error| Error::io(SIGNS, error))?;
        Ok(signs)
    }
}

/// The token vectors of one generation.
pub struct TokenIndex {
    source: Source,
    dimensions: usize,
}

enum Source {
    /// Those of its segments.
    Segments(Vec<Arc<TokenSegment>>, Arc<Placement>),
    /// Those that a cluster keeps.
    Cluster(Arc<Remote>),
}

impl TokenIndex {
    pub(super) fn new(
        segments: Vec<Arc<TokenSegment>>,
        placement: Arc<Placement>,
        dimensions: usize,
    ) -> Self {
        Self { source: Source::Segments(segments, placement), dimensions }
    }

    pub(super) fn in_cluster(remote: Arc<Remote>, dimensions: usize) -> Self {
        Self { source: Source::Cluster(remote), dimensions }
    }

    /// The signs of the tokens of `clause`, `[tokens × dimensions / 8]`.
    pub fn signs(&self, clause: ClauseIndex) -> Result<Vec<u8>> {
        let signs = self.signs_of(&[clause])?.pop();
        signs.map(Arc::unwrap_or_clone).ok_or_else(|| Error::internal("a clause without its signs"))
    }

    /// The signs of the tokens of each of `clauses`, `[clauses][tokens × dimensions / 8]`.
    fn signs_of(&self, clauses: &[ClauseIndex]) -> Result<Vec<Arc<Vec<u8>>>> {
        let (segments, placement) = match &self.source {
            Source::Segments(segments, placement) => (segments, placement),
            Source::Cluster(remote) => return remote.signs(clauses),
        };
        let signs = |clause: &ClauseIndex| {
            let found = placement.home(*clause).and_then(|(at, place)| Some((segments.get(at)?, place)));
            let (tokens, place) =
                found.ok_or_else(|| Error::internal("a clause beyond the token vectors"))?;
            tokens.signs(place).map(Arc::new)
        };
        clauses.iter().map(signs).collect()
    }

    /// For each clause the mean, over the query's tokens `[tokens][dimensions]`, of the cosine with the
    /// clause's nearest token (`MaxSim`, Khattab and Zaharia 2020); 0 where either has no token.
    pub fn max_similarities(&self, query: &[Vec<f32>], clauses: &[ClauseIndex]) -> Result<Vec<f32>> {
        Ok(max_similarities(query, &self.signs_of(clauses)?, self.dimensions))
    }
}

/// `MaxSim` of `query` with each of `clauses`, the signs of their tokens `[tokens × dimensions / 8]`.
fn max_similarities(
    query: &[Vec<f32>],
    clauses: &[impl std::ops::Deref<Target = Vec<u8>>],
    dimensions: usize,
) -> Vec<f32> {
    let query = query.get(..QUERY_TOKENS).unwrap_or(query);
    let mut sums = vec![0.0; clauses.len()];
    let row_length = TokenTable::row_length(dimensions);
    for token in query {
        let products = Products::of(token);
        for (sum, signs) in sums.iter_mut().zip(clauses) {
            let nearest = signs.chunks_exact(row_length).map(|row| products.with(row)).reduce(f32::max);
            *sum += nearest.unwrap_or(0.0);
        }
    }
    // A row of signs has the length √dimensions.
    let scale = 1.0 / ((dimensions as f32).sqrt() * query.len().max(1) as f32);
    sums.into_iter().map(|sum| sum * scale).collect()
}

/// Products of a vector with any row of signs, eight components at a time: `[dimensions / 8][256]`.
struct Products(Vec<[f32; 256]>);

impl Products {
    fn of(vector: &[f32]) -> Self {
        Self(vector.chunks(8).map(products).collect())
    }

    fn with(&self, row: &[u8]) -> f32 {
        self.0.iter().zip(row).filter_map(|(products, byte)| products.get(usize::from(*byte))).sum()
    }
}

/// The product of eight components with each of the 256 rows of eight signs.
fn products(components: &[f32]) -> [f32; 256] {
    let mut products = [0.0; 256];
    for (product, byte) in products.iter_mut().zip(0..=u8::MAX) {
        let signed = components.iter().zip(0..).map(|(x, bit)| if byte >> bit & 1 == 1 { *x } else { -x });
        *product = signed.sum();
    }
    products
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::Kind;

    fn written(clauses: &[Vec<Vec<f32>>], dimensions: usize) -> (tempfile::TempDir, TokenSegment) {
        let mut table = TokenTable { dimensions, ..TokenTable::default() };
        for tokens in clauses {
            table.push_signs(&TokenTable::signs(dimensions, tokens));
        }
        let directory = tempfile::tempdir().unwrap();
        table.write(directory.path()).unwrap();
        let index = TokenSegment::open(directory.path(), dimensions, clauses.len()).unwrap();
        (directory, index)
    }

    fn sign(value: f32) -> f32 {
        if value > 0.0 { 1.0 } else { -1.0 }
    }

    proptest! {
        #[test]
        fn it_is_the_mean_of_the_best_products_with_signs(
            query in prop::collection::vec(prop::collection::vec(-1.0_f32..1.0, 16), 1..5),
            clauses in prop::collection::vec(prop::collection::vec(prop::collection::vec(-1.0_f32..1.0, 16), 0..4), 1..4),
        ) {
            let (_directory, index) = written(&clauses, 16);
            let all: Vec<Box<Vec<u8>>> =
                (0..clauses.len() as u32).map(|at| Box::new(index.signs(at).unwrap())).collect();
            let found = max_similarities(&query, &all, 16);
            for (tokens, found) in clauses.iter().zip(found) {
                let product = |q: &[f32], t: &[f32]| q.iter().zip(t).map(|(q, t)| q * sign(*t)).sum::<f32>();
                let best = |q: &Vec<f32>| tokens.iter().map(|t| product(q, t)).reduce(f32::max).unwrap_or(0.0);
                let expected = query.iter().map(best).sum::<f32>() / query.len() as f32 / 4.0;
                prop_assert!((expected - found).abs() < 1e-4, "{expected} {found}");
            }
        }
    }

    #[test]
    fn a_clause_is_nearest_to_its_own_tokens_and_signs_can_be_taken_over() {
        let first = vec![vec![0.5, -0.5, 0.5, -0.5, 0.1, 0.1, -0.1, 0.2]];
        let second = vec![vec![-0.5, 0.5, 0.5, 0.5, -0.1, 0.1, 0.1, -0.2]];
        let (_directory, index) = written(&[first.clone(), second.clone(), vec![]], 8);
        let signs: Vec<Box<Vec<u8>>> = (0..3).map(|at| Box::new(index.signs(at).unwrap())).collect();
        let scores = max_similarities(&first, &signs, 8);
        assert!(scores[0] > scores[1] && scores[2] == 0.0, "{scores:?}");
        let mut table = TokenTable { dimensions: 8, ..TokenTable::default() };
        table.push_signs(&index.signs(1).unwrap());
        assert_eq!((table.counts, table.signs), (vec![1], index.signs(1).unwrap()));
        assert!(index.signs(3).is_err());
    }

    #[test]
    fn files_that_do_not_fit_together_are_corrupt() {
        let (directory, _) = written(&[vec![vec![1.0; 8]]], 8);
        assert_eq!(TokenSegment::open(directory.path(), 8, 2).unwrap_err().kind(), Kind::Corrupt);
        assert_eq!(TokenSegment::open(directory.path(), 16, 1).unwrap_err().kind(), Kind::Corrupt);
    }
}
