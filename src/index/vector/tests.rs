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

#[test]
fn graph_finds_what_the_scan_finds() {
    let directory = tempfile::tempdir().expect("a temporary folder");
    let table = table(2_000);
    table.write(directory.path(), 1_000).expect("written");
    let graph = index(VectorSegment::open(directory.path(), 128, 2_000).expect("opened"), 2_000);
    assert!(graph.has_graph());
    let rows: Vec<Vec<i8>> = (0..2_000).map(|row| table.row(row).to_vec()).collect();
    let exact = index(VectorSegment::new(table, 2_000, None), 2_000);
    let (mut found, mut wanted) = (0, 0);
    for clause in (0..2_000).step_by(40) {
        let query = exact.query(rows[clause].clone());
        let truth: Vec<u32> = exact.nearest(&query, 10, None).into_iter().map(|hit| hit.0).collect();
        let answer: Vec<u32> = graph.nearest(&query, 10, None).into_iter().map(|hit| hit.0).collect();
        assert_eq!(answer.first(), Some(&(clause as u32)), "every vector finds itself");
        wanted += truth.len();
        found += truth.iter().filter(|clause| answer.contains(clause)).count();
    }
    assert!(found * 100 >= wanted * 95, "recall {found} of {wanted}");
}

#[test]
fn a_filter_holds() {
    let directory = tempfile::tempdir().expect("a temporary folder");
    let table = table(300);
    table.write(directory.path(), 100).expect("written");
    let index = index(VectorSegment::open(directory.path(), 128, 300).expect("opened"), 300);
    let query = index.query(table.row(7).to_vec());
    let allowed: FixedBitSet = (0..300).filter(|i| i % 50 == 3).collect();
    let hits = index.nearest(&query, 10, Some(&allowed));
    assert_eq!(hits.len(), 6);
    assert!(hits.iter().all(|hit| hit.0 % 50 == 3));
}
