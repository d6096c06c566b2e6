//! The splitter on whole documents: counts that a person made, outlines, rules of the genre as rows.

use std::collections::HashSet;
use std::fmt::Write;

use serde::Deserialize;
use tiaokuan::normalise::{LineKind, Source};

use crate::support::source;
use tiaokuan::split::{ClauseDraft, Split, split};

const SEEDS: [&str; 5] = [
    "000_9799d7ab888630ad.txt",
    "001_e1910598a56080cf.txt",
    "002_da8e26529b7e1341.txt",
    "003_c1d1c35f160af6a0.txt",
    "004_483b4ee96e83801f.txt",
];

fn read_seed(file: &str) -> (Source, Split) {
    let raw = std::fs::read_to_string(format!("{}/seeds/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let source = source("raw.txt", &raw);
    let split = split(&source);
    (source, split)
}

/// A section of a seed and how many items a person counts in it.
#[derive(Deserialize)]
struct Section {
    seed: String,
    #[serde(rename = "section")]
    name: String,
    count: usize,
    /// What the headings above its items begin with; `|` separates choices.
    within: Vec<String>,
}

impl Section {
    /// Numbered clauses of the section, those within another left out.
    fn items(&self, split: &Split) -> usize {
        let numbered: Vec<&ClauseDraft> = split.clauses.iter().filter(|clause| self.holds(clause)).collect();
        let ids: HashSet<&str> = numbered.iter().map(|clause| clause.id_path.as_str()).collect();
        let inner = |clause: &&&ClauseDraft| {
            clause.id_path.match_indices("__").any(|(at, _)| ids.contains(&clause.id_path[..at]))
        };
        numbered.iter().filter(|clause| !inner(clause)).count()
    }

    fn holds(&self, clause: &ClauseDraft) -> bool {
        let stands_below = |begins: &String| {
            begins.split('|').any(|begins| clause.path.iter().any(|heading| heading.starts_with(begins)))
        };
        let depth = if self.within.is_empty() {
            clause.path.is_empty()
        } else {
            self.within.iter().all(stands_below)
        };
        depth && clause.number.is_some() && clause.table.is_empty()
    }
}

#[test]
fn sections_hold_as_many_items_as_a_person_counts() {
    let sections: Vec<Section> = serde_json::from_str(include_str!("../gold/structure.json")).unwrap();
    let splits: Vec<(&str, Split)> = SEEDS.iter().map(|seed| (*seed, read_seed(seed).1)).collect();
    let mut table = String::new();
    let mut equal = 0;
    for section in &sections {
        let found = splits
            .iter()
            .find(|(seed, _)| *seed == section.seed)
            .map_or(0, |(_, split)| section.items(split));
        let mark = if found == section.count { ' ' } else { '*' };
        equal += usize::from(found == section.count);
        writeln!(table, "{mark} {} {:3} {found:3} {}", &section.seed[..3], section.count, section.name)
            .unwrap();
    }
    println!("  seed counted found section\n{table}{equal} of {} sections equal", sections.len());
    assert!(equal * 100 >= sections.len() * 97, "{table}");
}

/// One line a clause: id, kind, the first characters.
fn outline(file: &str) -> String {
    let (source, split) = read_seed(file);
    let mut out = String::new();
    for clause in &split.clauses {
        let text = source.text[clause.range.clone()].replace(['\n', '\t'], " ");
        let head: String = text.chars().take(20).collect();
        writeln!(out, "{} {} {head}", clause.id_path, kind_name(clause)).unwrap();
    }
    out
}

fn kind_name(clause: &ClauseDraft) -> String {
    serde_json::to_value(clause.kind).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn outlines_of_the_seeds() {
    for seed in SEEDS {
        insta::assert_snapshot!(format!("outline_{}", &seed[..3]), outline(seed));
    }
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

/// A rule of the genre: lines, and the clauses that they make.
#[derive(Deserialize)]
struct Case {
    name: String,
    #[serde(default)]
    markdown: bool,
    lines: Vec<String>,
    /// Of each clause its kind, the last heading above it, its number, its beginning and its end.
    clauses: Vec<[String; 5]>,
    /// Lines that are furniture, where the case is about them.
    furniture: Option<Vec<String>>,
    /// Lines that serve the first clause from elsewhere, where the case is about them.
    inherited: Option<Vec<String>>,
}

#[test]
fn rules_of_the_genre() {
    let cases: Cases = toml::from_str(include_str!("../cases/split.toml")).unwrap();
    for case in &cases.case {
        check(case);
    }
}

fn check(case: &Case) {
    let file = if case.markdown { "case.md" } else { "case.txt" };
    let source = source(file, &case.lines.join("\n"));
    let split = split(&source);
    let found: Vec<[String; 5]> = split.clauses.iter().map(|clause| summary(&source, clause)).collect();
    let same = found.len() == case.clauses.len()
        && found.iter().zip(&case.clauses).all(|(found, want)| agrees(found, want));
    assert!(same, "{}\nfound {found:#?}\nwant {:#?}", case.name, case.clauses);
    if let Some(want) = &case.furniture {
        let found: Vec<&str> = split.furniture.iter().map(|range| &source.text[range.clone()]).collect();
        assert_eq!(&found, want, "{}", case.name);
    }
    if let (Some(want), Some(first)) = (&case.inherited, split.clauses.first()) {
        assert_eq!(&first.inherited, want, "{}", case.name);
    }
}

fn summary(source: &Source, clause: &ClauseDraft) -> [String; 5] {
    let text = source.text[clause.range.clone()].to_owned();
    let heading = clause.path.last().cloned().unwrap_or_default();
    [kind_name(clause), heading, clause.number.clone().unwrap_or_default(), text.clone(), text]
}

fn agrees(found: &[String; 5], want: &[String; 5]) -> bool {
    found[..3] == want[..3] && found[3].starts_with(&want[3]) && found[4].ends_with(&want[4])
}

#[test]
fn a_table_keeps_its_empty_cells() {
    let source = source("table.txt", "\t序号\n\t总链长\n\t链长\n\n\t1\n\t甲\n\t乙\n\n\t2\n\t\n\t丙");
    let rows: Vec<&str> =
        source.lines.iter().filter(|line| line.kind == LineKind::Row).map(|line| source.line(line)).collect();
    assert_eq!(rows, ["序号\t总链长\t链长", "1\t甲\t乙", "2\t\t丙"]);
    assert_eq!(split(&source).clauses[0].table[2], ["2", "", "丙"]);
}
