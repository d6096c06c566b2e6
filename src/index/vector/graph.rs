//! A graph in which near rows are neighbours: how wide searches find the nearest without looking at all.
//!
//! It is the lowest layer of the graph that `hnsw_rs` builds, as one array of neighbours: read in a moment where
//! the library's own form is read neighbour by neighbour and takes ten times the room (docs/adr/0009-scale.md).
//! Layers above only find a place to begin; a few hundred rows spread over all of them do that as well
//! (Munyampirwa et al. 2024, "Down with the hierarchy").

mod build;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use fixedbitset::FixedBitSet;
use tantivy::directory::OwnedBytes;

use super::super::mapped::map;
use super::{corrupt, dot};
use crate::error::{Error, Result};

/// Neighbours of a row at most.
const DEGREE: usize = 32;
/// Stands where a row has fewer neighbours.
const ABSENT: u32 = u32::MAX;
/// The best of the rows to begin with that are followed.
const BEGINNINGS: usize = 8;
/// The file, in the segment's folder.
pub(super) const FILE: &str = "graph";

/// Rows of signed bytes, `[n × dimensions]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows<'a> {
    pub values: &'a [i8],
    pub dimensions: usize,
}

impl Rows<'_> {
    fn len(&self) -> usize {
        self.values.len() / self.dimensions.max(1)
    }

    fn row(&self, index: u32) -> &[i8] {
        let start = index as usize * self.dimensions;
        self.values.get(start..start + self.dimensions).unwrap_or(&[])
    }
}

/// Which rows are near which.
#[derive(Debug)]
pub(super) struct Graph {
    /// Rows at which a search begins.
    beginnings: Vec<u32>,
    links: Links,
}

/// Neighbours of all rows, `[rows × DEGREE]`, little-endian; [`ABSENT`] where there are fewer.
#[derive(Debug)]
enum Links {
    Built(Vec<u32>),
    /// In a file, from this byte on.
    Mapped(OwnedBytes, usize),
}

impl Links {
    fn all(&self) -> &[u32] {
        match self {
            Self::Built(links) => links,
            Self::Mapped(file, start) => {
                let bytes = file.get(*start..).unwrap_or(&[]);
                bytemuck::try_cast_slice(bytes).unwrap_or(&[])
            }
        }
    }
}

/// A row and its product with what is sought; the greatest product first, then the smallest number.
type Scored = (i32, Reverse<u32>);

impl Graph {
    fn neighbours(&self, row: u32) -> impl Iterator<Item = u32> {
        let start = row as usize * DEGREE;
        let links = self.links.all().get(start..start + DEGREE).unwrap_or(&[]);
        links.iter().map(|link| u32::from_le(*link)).take_while(|link| *link != ABSENT)
    }

    /// The `beam` rows nearest to `query` that `admits` lets through, best first: exact for most, which the
    /// benchmark measures. Others are passed through on the way.
    pub(super) fn search(
        &self,
        rows: Rows<'_>,
        query: &[i8],
        beam: usize,
        admits: impl Fn(u32) -> bool,
    ) -> Vec<(i32, u32)> {
        let mut seen = FixedBitSet::with_capacity(rows.len());
        let mut products = Vec::with_capacity(self.beginnings.len());
        dot::products(query, rows.values, rows.dimensions, &self.beginnings, &mut products);
        let mut open: BinaryHeap<Scored> =
            products.iter().zip(&self.beginnings).map(|(product, row)| (*product, Reverse(*row))).collect();
        open = (0..BEGINNINGS).filter_map(|_| open.pop()).collect();
        let mut best: BinaryHeap<Reverse<Scored>> = BinaryHeap::with_capacity(beam + 1);
        for scored in &open {
            seen.insert(scored.1.0 as usize);
            keep(&mut best, *scored, beam, &admits);
        }
        let mut unseen = Vec::with_capacity(DEGREE);
        while let Some(nearest) = open.pop() {
            let is_full = best.len() >= beam;
            let worst = best.peek().map_or(i32::MIN, |worst| worst.0.0);
            if is_full && nearest.0 < worst {
                break;
            }
            unseen.clear();
            unseen.extend(
                self.neighbours(nearest.1.0)
                    .filter(|row| (*row as usize) < seen.len() && !seen.put(*row as usize)),
            );
            // Most often it is the next: its neighbours come from memory beside the rows.
            std::hint::black_box(open.peek().and_then(|next| self.neighbours(next.1.0).next()));
            dot::products(query, rows.values, rows.dimensions, &unseen, &mut products);
            for (product, row) in products.iter().zip(&unseen) {
                let worst = best.peek().map_or(i32::MIN, |worst| worst.0.0);
                if best.len() < beam || *product > worst {
                    let scored = (*product, Reverse(*row));
                    open.push(scored);
                    keep(&mut best, scored, beam, &admits);
                }
            }
        }
        let mut found: Vec<Scored> = best.into_iter().map(|Reverse(scored)| scored).collect();
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.into_iter().map(|(product, Reverse(row))| (product, row)).collect()
    }

    /// Writes it into `directory`.
    pub(super) fn write(&self, directory: &Path) -> Result<()> {
        let path = directory.join(FILE);
        let write = || {
            let mut file = BufWriter::new(File::create(&path)?);
            file.write_all(&(self.beginnings.len() as u64).to_le_bytes())?;
            for row in &self.beginnings {
                file.write_all(&row.to_le_bytes())?;
            }
            file.write_all(bytemuck::cast_slice(self.links.all()))?;
            file.flush()
        };
        write().map_err(|error| Error::io(path.display(), error))
    }

    /// Opens what [`write`](Self::write) wrote for so many rows; none where there is no such file.
    pub(super) fn open(directory: &Path, rows: usize) -> Result<Option<Self>> {
        let path = directory.join(FILE);
        if !path.try_exists().map_err(|error| Error::io(path.display(), error))? {
            return Ok(None);
        }
        let file = map(&path)?;
        let misfit = || corrupt(&"graph and vectors do not fit together");
        let (count, rest) = file.split_first_chunk::<8>().ok_or_else(misfit)?;
        let count = u64::from_le_bytes(*count);
        if count > rows as u64 || rest.len() as u64 != 4 * (count + (rows * DEGREE) as u64) {
            return Err(misfit());
        }
        let (beginnings, links) = rest.split_at(4 * count as usize);
        let number = |bytes: &[u8]| bytes.try_into().map_or(ABSENT, u32::from_le_bytes);
        let beginnings: Vec<u32> = beginnings.chunks_exact(4).map(number).collect();
        let is_known = |row: &u32| (*row as usize) < rows;
        let is_link = |bytes: &[u8]| number(bytes) == ABSENT || is_known(&number(bytes));
        if !links.chunks_exact(4).all(is_link) || !beginnings.iter().all(is_known) {
            return Err(corrupt(&"the graph names vectors that there are not"));
        }
        let start = file.len() - links.len();
        Ok(Some(Self { beginnings, links: Links::Mapped(file, start) }))
    }
}

/// Takes `scored` among the `beam` best where it is admitted and good enough.
fn keep(best: &mut BinaryHeap<Reverse<Scored>>, scored: Scored, beam: usize, admits: &impl Fn(u32) -> bool) {
    if !admits(scored.1.0) {
        return;
    }
    best.push(Reverse(scored));
    if best.len() > beam {
        best.pop();
    }
}
