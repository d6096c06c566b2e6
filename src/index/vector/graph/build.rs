//! Builds a graph with `hnsw_rs`.

use std::collections::VecDeque;

use fixedbitset::FixedBitSet;
use hnsw_rs::prelude::{Distance, Hnsw};

use super::{ABSENT, DEGREE, Graph, Links, Rows};
use crate::index::vector::cosine;

/// Neighbours of a row in the layers above the lowest, which has twice as many.
const CONNECTIONS: usize = DEGREE / 2;
/// Rows looked at to find a new row's neighbours. 200 took 2.3 times as long for 100,000 vectors of clauses and
/// left recall@10 at a beam of 400 as it was (.9996).
const CONSTRUCTION: usize = 100;
/// Layers at most.
const LAYERS: usize = 16;
/// Searches begin at the rows of the lowest layer with at most so many.
const MOST_BEGINNINGS: usize = 1_024;

/// 1 − cosine, never negative.
#[derive(Clone, Copy, Debug, Default)]
struct CosineDistance;

impl Distance<i8> for CosineDistance {
    fn eval(&self, a: &[i8], b: &[i8]) -> f32 {
        (1.0 - cosine(a, b)).max(0.0)
    }
}

impl Graph {
    /// The graph of `rows`, no two of them equal: what crowds around one place is not linked to the rest.
    pub(in super::super) fn build(rows: Rows<'_>) -> Self {
        let count = rows.len();
        let built: Hnsw<'_, i8, CosineDistance> =
            Hnsw::new(CONNECTIONS, count, LAYERS, CONSTRUCTION, CosineDistance);
        let numbered: Vec<(&[i8], usize)> = (0..count).map(|row| (rows.row(row as u32), row)).collect();
        built.parallel_insert_slice(&numbered);
        let mut links = vec![ABSENT; count * DEGREE];
        for layer in 0..LAYERS {
            for point in built.get_point_indexation().get_layer_iterator(layer) {
                let neighbours = point.get_neighborhood_id();
                let nearest = neighbours.first().into_iter().flatten().map(|neighbour| neighbour.d_id as u32);
                let slots = links.iter_mut().skip(point.get_origin_id() * DEGREE).take(DEGREE);
                slots.zip(nearest).for_each(|(slot, neighbour)| *slot = neighbour.to_le());
            }
        }
        let mut graph = Self { beginnings: beginnings(&built), links: Links::Built(links) };
        graph.begin_at_unreached(count);
        graph
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
                let new = self.neighbours(row).filter(|neighbour| !reached.put(*neighbour as usize));
                waiting.extend(new);
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

/// The rows of the upper layers, from the lowest one on that has few enough; the first row where none has.
fn beginnings(built: &Hnsw<'_, i8, CosineDistance>) -> Vec<u32> {
    let mut beginnings = Vec::new();
    for layer in (0..LAYERS).rev() {
        let rows = built.get_point_indexation().get_layer_nb_point(layer);
        if beginnings.len() + rows > MOST_BEGINNINGS {
            break;
        }
        let points = built.get_point_indexation().get_layer_iterator(layer);
        beginnings.extend(points.map(|point| point.get_origin_id() as u32));
    }
    if beginnings.is_empty() && built.get_nb_point() > 0 {
        beginnings.push(0);
    }
    beginnings.sort_unstable();
    beginnings
}
