//! Builds a graph: rows are linked batch by batch with the nearest of those before them.

use std::cmp::Reverse;
use std::collections::VecDeque;

use fixedbitset::FixedBitSet;
use rayon::prelude::*;

use super::{ABSENT, DEGREE, Graph, Rows, dot};

/// Rows looked at to find a new row's neighbours.
const BEAM: usize = 112;
/// Rows at which searches begin.
const BEGINNINGS: usize = 512;
/// A batch is at most this part of all rows: what stands in one batch does not find each other.
const BATCH_PART: usize = 50;
/// Rows of a batch at least, once there are as many.
const LEAST_BATCH: usize = 256;
/// A neighbour is left out when one that is kept is nearer to it by this factor (`DiskANN`, Subramanya et al.
/// 2019).
const SPREAD: f32 = 1.2;
/// The product of a unit vector with itself, as bytes.
const SQUARE: f32 = (127.0 / super::super::RANGE) * (127.0 / super::super::RANGE);

impl Graph {
    /// The graph of `rows`.
    pub(in super::super) fn build(rows: Rows<'_>) -> Self {
        let count = rows.len();
        let order = order(count);
        let first = BEGINNINGS.min(count);
        let mut graph = Self {
            beginnings: order.get(..first).unwrap_or_default().to_vec(),
            links: vec![ABSENT; count * DEGREE],
        };
        graph.link_all(rows, first);
        let mut done = first;
        let largest = (count / BATCH_PART).max(LEAST_BATCH);
        while let Some(batch) = order.get(done..(done + done.min(largest)).min(count)) {
            if batch.is_empty() {
                break;
            }
            graph.insert(rows, batch);
            done += batch.len();
        }
        graph.begin_at_unreached(count);
        graph
    }

    /// Links the first rows with the nearest among themselves.
    fn link_all(&mut self, rows: Rows<'_>, count: usize) {
        let first: Vec<u32> = self.beginnings.iter().copied().take(count).collect();
        let chosen: Vec<Vec<u32>> = first
            .par_iter()
            .map(|row| {
                let mut products = Vec::with_capacity(first.len());
                dot::products(rows.row(*row), rows.values, rows.dimensions, &first, &mut products);
                let others =
                    products.into_iter().zip(first.iter().copied()).filter(|(_, other)| other != row);
                prune(rows, others.collect())
            })
            .collect();
        first.iter().zip(&chosen).for_each(|(row, chosen)| self.set(*row, chosen));
    }

    /// Links each row of `batch` with the nearest of those that are linked already, and those with it.
    fn insert(&mut self, rows: Rows<'_>, batch: &[u32]) {
        let chosen: Vec<Vec<u32>> = batch
            .par_iter()
            .map(|row| prune(rows, self.search(rows, rows.row(*row), BEAM, |_| true)))
            .collect();
        let mut back: Vec<(u32, u32)> = Vec::new();
        for (row, chosen) in batch.iter().zip(&chosen) {
            self.set(*row, chosen);
            back.extend(chosen.iter().map(|neighbour| (*neighbour, *row)));
        }
        back.par_sort_unstable();
        let groups: Vec<&[(u32, u32)]> = back.chunk_by(|a, b| a.0 == b.0).collect();
        let linked: Vec<(u32, Vec<u32>)> =
            groups.par_iter().filter_map(|group| self.with_links_back(rows, group)).collect();
        for (row, links) in &linked {
            self.set(*row, links);
        }
    }

    /// A row, the first of each pair of `group`, with its neighbours once the second ones are among them.
    fn with_links_back(&self, rows: Rows<'_>, group: &[(u32, u32)]) -> Option<(u32, Vec<u32>)> {
        let row = group.first()?.0;
        let mut links = self.neighbours(row).to_vec();
        links.extend(group.iter().map(|(_, new)| *new).filter(|new| !self.neighbours(row).contains(new)));
        if links.len() <= DEGREE {
            return Some((row, links));
        }
        let mut products = Vec::with_capacity(links.len());
        dot::products(rows.row(row), rows.values, rows.dimensions, &links, &mut products);
        Some((row, prune(rows, products.into_iter().zip(links).collect())))
    }

    fn set(&mut self, row: u32, links: &[u32]) {
        let start = row as usize * DEGREE;
        let Some(slots) = self.links.get_mut(start..start + DEGREE) else { return };
        let links = links.iter().copied().chain(std::iter::repeat(ABSENT));
        slots.iter_mut().zip(links).for_each(|(slot, link)| *slot = link);
    }

    /// Begins searches also at rows that no path leads to.
    fn begin_at_unreached(&mut self, count: usize) {
        let mut reached = FixedBitSet::with_capacity(count);
        let mut waiting: VecDeque<u32> = VecDeque::new();
        let mut added = Vec::new();
        let mut follow = |from: u32| {
            if reached.put(from as usize) {
                return false;
            }
            waiting.push_back(from);
            while let Some(row) = waiting.pop_front() {
                let new = self.neighbours(row).iter().filter(|neighbour| !reached.put(**neighbour as usize));
                waiting.extend(new.copied());
            }
            true
        };
        for row in &self.beginnings {
            follow(*row);
        }
        for row in 0..count as u32 {
            if follow(row) {
                added.push(row);
            }
        }
        self.beginnings.extend(added);
    }
}

/// Rows in an order that has nothing to do with where they stand, the same each time.
fn order(count: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count as u32).collect();
    fastrand::Rng::with_seed(42).shuffle(&mut order);
    order
}

/// Of `candidates`, each with its product with a row, the neighbours of that row: the nearest first, without
/// those that lie behind one that is kept.
fn prune(rows: Rows<'_>, mut candidates: Vec<(i32, u32)>) -> Vec<u32> {
    candidates.sort_unstable_by_key(|(product, row)| (Reverse(*product), *row));
    let mut kept: Vec<u32> = Vec::with_capacity(DEGREE);
    let mut products = Vec::with_capacity(DEGREE);
    for (product, row) in candidates {
        if kept.len() == DEGREE {
            break;
        }
        let distance = distance(product);
        dot::products(rows.row(row), rows.values, rows.dimensions, &kept, &mut products);
        if !products.iter().any(|between| SPREAD * self::distance(*between) < distance) {
            kept.push(row);
        }
    }
    kept
}

/// Half the squared distance of two unit vectors, from their product.
fn distance(product: i32) -> f32 {
    (SQUARE - product as f32).max(0.0)
}
