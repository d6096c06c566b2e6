use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::super::placement::Placement;
use super::*;

/// Deterministic unit vectors in loose clusters, as embeddings of a genre are.
fn vectors(n: usize, dimensions: usize) -> Vec<Vec<f32>> {
    let mut state = 42u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as f32 / (1u64 << 31) as f32) - 0.5
    };
    let centres: Vec<Vec<f32>> = (0..20).map(|_| (0..dimensions).map(|_| next()).collect()).collect();
    (0..n)
        .map(|i| {
            let raw: Vec<f32> = centres[i % 20].iter().map(|c| c + next()).collect();
            let norm = raw.iter().map(|x| x * x).sum::<f32>().sqrt();
            raw.iter().map(|x| x / norm).collect()
        })
        .collect()
}

fn table(n: usize) -> VectorTable {
    let mut table = VectorTable { dimensions: 128, ..VectorTable::default() };
    for (i, vector) in vectors(n, 128).iter().enumerate() {
        table.vectors.extend(quantise(vector));
        let span = Span { start: 0, end: 1 };
        table.passages.push(PassageVector {
            clause: i as u32,
            kind: PassageKind::Whole,
            span,
            vector: i as u32,
        });
    }
    table
}

/// The index of one segment of `clauses` clauses, all of them part of the generation.
fn index(segment: VectorSegment, clauses: u32) -> VectorIndex {
    let homes = (0..clauses).map(|clause| (0, clause)).collect();
    let placement = Placement::new(homes, &[clauses as usize]);
    VectorIndex::new(vec![Arc::new(segment)], Arc::new(placement), 128)
}

#[test]
fn quantised_cosine_is_close() {
    let vectors = vectors(50, 512);
    for pair in vectors.windows(2) {
        let exact: f32 = pair[0].iter().zip(&pair[1]).map(|(a, b)| a * b).sum();
        assert!((cosine(&quantise(&pair[0]), &quantise(&pair[1])) - exact).abs() < 0.01);
    }
}

/// The clauses nearest to each of some vectors that the graph finds among those that a scan finds, out of all
/// those, within `allowed`.
fn recall(allowed: Option<&FixedBitSet>) -> (usize, usize) {
    let directory = tempfile::tempdir().expect("a temporary folder");
    let table = table(3_000);
    table.write(directory.path(), 1_000).expect("written");
    let index = index(VectorSegment::open(directory.path(), 128, 3_000).expect("opened"), 3_000);
    assert!(index.has_graph());
    let (mut found, mut wanted) = (0, 0);
    for clause in (0..3_000).step_by(40) {
        let query = index.query(table.row(clause).to_vec());
        let clauses = |hits: Vec<(u32, f32)>| hits.into_iter().map(|hit| hit.0).collect::<Vec<_>>();
        let truth = clauses(index.nearest_exactly(&query, 10, allowed));
        let answer = clauses(index.best(&[(&query, 10)], allowed, 0).remove(0));
        if allowed.is_none() {
            assert_eq!(answer.first(), Some(&(clause as u32)), "every vector finds itself");
        }
        wanted += truth.len();
        found += truth.iter().filter(|clause| answer.contains(clause)).count();
    }
    (found, wanted)
}

#[test]
fn graph_finds_what_the_scan_finds() {
    let (found, wanted) = recall(None);
    assert!(found * 100 >= wanted * 95, "recall {found} of {wanted}");
    let allowed: FixedBitSet = (0..3_000).filter(|i| i % 2 == 1).collect();
    let (found, wanted) = recall(Some(&allowed));
    assert!(found * 100 >= wanted * 95, "recall {found} of {wanted} within a filter");
}

#[test]
fn equal_vectors_are_one_row_and_all_their_clauses_are_found() {
    let spread = table(600);
    let mut vectors = spread.vectors.clone();
    for row in 0..100 {
        vectors[row * 128..(row + 1) * 128].copy_from_slice(spread.row(5));
    }
    let table = VectorTable::new(128, &vectors, spread.passages);
    assert_eq!(table.len(), 501);
    let directory = tempfile::tempdir().expect("a temporary folder");
    table.write(directory.path(), 100).expect("written");
    let index = index(VectorSegment::open(directory.path(), 128, 600).expect("opened"), 600);
    let query = index.query(table.row(0).to_vec());
    let found: Vec<u32> =
        index.best(&[(&query, 100)], None, 0).remove(0).into_iter().map(|hit| hit.0).collect();
    assert_eq!(found, (0..100).collect::<Vec<_>>());
}

#[test]
fn every_row_is_reached() {
    let table = table(2_000);
    let graph = graph::Graph::build(table.rows());
    for row in 0..2_000 {
        let found = graph.search(table.rows(), table.row(row), 64, |_| true);
        assert_eq!(found.first().map(|found| found.1), Some(row as u32), "{row}");
    }
}

#[test]
fn a_filter_holds() {
    let directory = tempfile::tempdir().expect("a temporary folder");
    let table = table(300);
    table.write(directory.path(), 100).expect("written");
    let index = index(VectorSegment::open(directory.path(), 128, 300).expect("opened"), 300);
    let query = index.query(table.row(7).to_vec());
    let allowed: FixedBitSet = (0..300).filter(|i| i % 50 == 3).collect();
    for scanned in [0, 1_000] {
        let hits = index.best(&[(&query, 10)], Some(&allowed), scanned).remove(0);
        assert_eq!(hits.len(), 6);
        assert!(hits.iter().all(|hit| hit.0 % 50 == 3));
    }
}

#[test]
fn what_is_kept_of_a_shared_vector_is_what_a_search_within_the_filter_finds() {
    let index = index(VectorSegment::of_table(table(300), 300), 300);
    let query = index.query(table(300).row(7).to_vec());
    let every = |step: usize| (0..300).filter(|clause| clause % step == 0).collect::<FixedBitSet>();
    for allowed in [None, Some(every(1)), Some(every(2))] {
        let nearest = index.nearest(&query, 20, allowed.as_ref()).into_iter().map(|hit| hit.0).collect();
        assert_eq!(index.nearest_kept(&query, 20, allowed.as_ref()), Some(nearest));
    }
    let narrow = every(100);
    assert_eq!(
        index.nearest_kept(&query, 20, Some(&narrow)),
        None,
        "too few of those that are kept are allowed"
    );
}
