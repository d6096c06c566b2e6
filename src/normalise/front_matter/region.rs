use std::collections::HashMap;

use super::line::Line;
use super::origin::{Origin, Told};
use crate::model::Region;
use crate::text::region::RegionTable;

/// Lines that must name the same region before the body alone decides.
const FEWEST: usize = 3;

/// What a national law says of where it applies.
const NATIONAL_SCOPE: &[&str] = &[
    "在中华人民共和国境内",
    "在中华人民共和国领域",
    "在中华人民共和国管辖",
    "适用于中华人民共和国",
    "适用于我国",
];

/// The region in force: the first that `sources` (issuers before titles) settle, else the one that the lines
/// of the body name most of the time.
pub(super) fn region<'a>(
    sources: impl Iterator<Item = Told<&'a str>>,
    lines: &[Line<'_>],
    text: &str,
) -> Option<Told<Region>> {
    let table = RegionTable::builtin();
    let mut sources = sources;
    let settled = sources.find_map(|(source, origin)| Some((table.find(source, text)?, origin)));
    settled.or_else(|| {
        let national = || {
            let applies = NATIONAL_SCOPE.iter().any(|scope| text.contains(scope));
            applies.then(|| table.by_code("000000"))?
        };
        Some((most_named(table, lines).or_else(national)?, Origin::Body))
    })
}

fn most_named(table: &RegionTable, lines: &[Line<'_>]) -> Option<Region> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for region in lines.iter().filter_map(|line| table.find(line.text, "")) {
        *counts.entry(region.code).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    let (code, named) = counts.into_iter().max_by(|a, b| (a.1, &b.0).cmp(&(b.1, &a.0)))?;
    if named < FEWEST || named * 5 < all * 3 { None } else { table.by_code(&code) }
}
