//! Extraction measured on rows that a person graded: F1 over agencies with roles, deadline dates, and targets.

use serde::Deserialize;

use super::{Context, extract};
use crate::model::{ClauseKind, Role};
use crate::text::numeral::half_width;

#[derive(Deserialize)]
struct Row {
    text: String,
    year: i32,
    kind: ClauseKind,
    units: Vec<(String, Role)>,
    deadlines: Vec<String>,
    targets: Vec<(f64, String)>,
}

/// How many were wanted, how many were found, and how many of these were wanted.
#[derive(Default)]
struct Tally {
    wanted: usize,
    found: usize,
    right: usize,
}

impl Tally {
    fn add(&mut self, wanted: Vec<String>, mut found: Vec<String>) {
        self.wanted += wanted.len();
        self.found += found.len();
        for item in wanted {
            if let Some(at) = found.iter().position(|other| *other == item) {
                found.swap_remove(at);
                self.right += 1;
            }
        }
    }

    fn f1(&self) -> f64 {
        2.0 * self.right as f64 / (self.wanted + self.found).max(1) as f64
    }
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).map(half_width).collect()
}

#[test]
fn reads_graded_clauses() {
    let (mut units, mut deadlines, mut targets) = (Tally::default(), Tally::default(), Tally::default());
    for line in include_str!("../../tests/gold/extract.jsonl").lines() {
        let row: Row = serde_json::from_str(line).expect("a graded row");
        let context = Context { year: Some(row.year), title: "", path: &[], kind: row.kind, table: &[] };
        let (facts, _) = extract(&row.text, &context);
        let unit = |name: &str, role: Role| format!("{} {role:?}", fold(name));
        units.add(
            row.units.iter().map(|(name, role)| unit(name, *role)).collect(),
            facts.units.iter().map(|agency| unit(&agency.name, agency.role)).collect(),
        );
        deadlines
            .add(row.deadlines, facts.deadlines.into_iter().filter_map(|deadline| deadline.date).collect());
        targets.add(
            row.targets.iter().map(|(value, unit)| format!("{value} {}", fold(unit))).collect(),
            facts.targets.iter().map(|target| format!("{} {}", target.value, fold(&target.unit))).collect(),
        );
    }
    let measured =
        format!("units {:.3} deadlines {:.3} targets {:.3}", units.f1(), deadlines.f1(), targets.f1());
    println!("{measured}");
    assert!(units.f1() >= 0.98 && deadlines.f1() >= 0.96 && targets.f1() >= 0.96, "{measured}");
}
