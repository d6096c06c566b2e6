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
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use fixedbitset::FixedBitSet;

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
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Graph {
    /// Rows at which a search begins.
    beginnings: Vec<u32>,
    /// `[rows × DEGREE]`, [`ABSENT`] where there are fewer.
    links: Vec<u32>,
}

/// A row and its product with what is sought; the greatest product first, then the smallest number.
type Scored = (i32, Reverse<u32>);

impl Graph {
    fn neighbours(&self, row: u32) -> &[u32] {
        let start = row as usize * DEGREE;
        let links = self.links.get(start..start + DEGREE).unwrap_or(&[]);
        let count = links.iter().position(|link| *link == ABSENT).unwrap_or(links.len());
        links.get(..count).unwrap_or(links)
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
            let neighbours = self.neighbours(nearest.1.0).iter().copied();
            unseen.extend(neighbours.filter(|row| (*row as usize) < seen.len() && !seen.put(*row as usize)));
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
            for number in self.beginnings.iter().chain(&self.links) {
                file.write_all(&number.to_le_bytes())?;
            }
            file.flush()
        };
        write().map_err(|error| Error::io(path.display(), error))
    }

    /// Opens what [`write`](Self::write) wrote for so many rows; none where there is no such file.
    pub(super) fn open(directory: &Path, rows: usize) -> Result<Option<Self>> {
        let path = directory.join(FILE);
        let mut file = match File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|error| Error::io(path.display(), error))?,
        };
        let length = file.metadata().map_err(|error| Error::io(path.display(), error))?.len();
        let mut read =
            |numbers: &mut [u8]| file.read_exact(numbers).map_err(|error| Error::io(path.display(), error));
        let mut count = [0; 8];
        read(&mut count)?;
        let count = u64::from_le_bytes(count);
        if count > rows as u64 || length != 8 + 4 * (count + (rows * DEGREE) as u64) {
            return Err(corrupt(&"graph and vectors do not fit together"));
        }
        let mut beginnings = vec![0u32; count as usize];
        read(bytemuck::cast_slice_mut(&mut beginnings))?;
        let mut links = vec![0u32; rows * DEGREE];
        read(bytemuck::cast_slice_mut(&mut links))?;
        for number in beginnings.iter_mut().chain(&mut links) {
            *number = u32::from_le(*number);
        }
        let is_known = |link: &u32| (*link as usize) < rows || *link == ABSENT;
        if !links.iter().all(is_known) || !beginnings.iter().all(|row| (*row as usize) < rows) {
            return Err(corrupt(&"the graph names vectors that there are not"));
        }
        Ok(Some(Self { beginnings, links }))
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
