//! The heat map: where each cell stands, how dark it is and what it leads to.

use crate::search::{Atlas, AtlasCell, AtlasCounts, AtlasDomain};
use crate::serve::query::{name_of, to_query};

/// Size of a cell, and the space between two.
const CELL: (usize, usize) = (46, 34);
const GAP: usize = 3;
/// Width of a character of a domain's name.
const CHARACTER: usize = 14;
/// Characters of a line over a column.
const LINE: usize = 3;
/// Height of such a line.
const LINE_HEIGHT: usize = 17;
/// How many shades there are besides none.
const SHADES: usize = 5;
/// What measures without a domain are called.
const NO_DOMAIN: &str = "未归类";

/// Which number a cell shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Shown {
    /// Measures that the region has.
    #[default]
    Measures,
    /// Of those, which others have too.
    Shared,
    /// Measures of two other regions or more that it lacks.
    Lacking,
}

impl Shown {
    /// All, in the order of the switch.
    pub(super) const ALL: [Self; 3] = [Self::Measures, Self::Shared, Self::Lacking];

    /// As an address states it.
    pub(super) fn word(self) -> String {
        name_of(self)
    }

    /// As a person reads it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Measures => "有多少举措",
            Self::Shared => "别处也有的",
            Self::Lacking => "别处有、这里没有的",
        }
    }

    fn count(self, counts: &AtlasCounts) -> usize {
        match self {
            Self::Measures => counts.measures,
            Self::Shared => counts.shared,
            Self::Lacking => counts.lacking,
        }
    }

    /// The parameters of a list of what a cell counts.
    fn conditions(self, region: &str) -> Vec<(&'static str, String)> {
        let at_least_two = ("min_regions", "2".to_owned());
        match self {
            Self::Measures => vec![("region", region.to_owned())],
            Self::Shared => vec![("region", region.to_owned()), at_least_two],
            Self::Lacking => vec![("lacking", region.to_owned()), at_least_two],
        }
    }
}

/// A heat map in the units of its drawing.
#[derive(Debug)]
pub(super) struct HeatMap {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    /// The shades with the numbers that they stand for.
    pub(super) legend: Vec<Shade>,
}

/// The head of a column.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) href: String,
    /// Middle of the column.
    pub(super) x: usize,
    /// The name in lines, each with the height that it stands at.
    pub(super) lines: Vec<(usize, String)>,
    pub(super) total: usize,
}

/// A domain's row.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    /// None where no list can be asked for.
    pub(super) href: Option<String>,
    pub(super) y: usize,
    /// Where the text's line stands.
    pub(super) baseline: usize,
    pub(super) cells: Vec<MapCell>,
}

/// One cell.
#[derive(Debug)]
pub(super) struct MapCell {
    pub(super) x: usize,
    /// Middle of the cell.
    pub(super) middle: usize,
    pub(super) shade: usize,
    pub(super) number: usize,
    /// Its accessible name.
    pub(super) label: String,
    /// None where there is nothing to list.
    pub(super) href: Option<String>,
    pub(super) is_chosen: bool,
}

/// An entry of the legend.
#[derive(Debug)]
pub(super) struct Shade {
    pub(super) shade: usize,
    pub(super) label: String,
}

/// Size of a cell, for the template.
pub(super) const fn size() -> (usize, usize) {
    CELL
}

/// The map of `atlas`; `chosen` is the domain and the region of the list below.
pub(super) fn heat_map(atlas: &Atlas, shown: Shown, chosen: (Option<&str>, Option<&str>)) -> HeatMap {
    let longest = atlas.domains.iter().map(|row| name(row).chars().count()).max().unwrap_or(0);
    let left = longest.max(4) * CHARACTER + 10;
    let lines = atlas.regions.iter().map(|column| column.region.name.chars().count().div_ceil(LINE)).max();
    let top = lines.unwrap_or(1).clamp(1, 3) * LINE_HEIGHT + 10;
    let x = |place: usize| left + place * (CELL.0 + GAP);
    let columns = atlas.regions.iter().enumerate().map(|(place, column)| Column {
        name: column.region.name.clone(),
        href: list_href(shown, &shown.conditions(&column.region.code)),
        x: x(place) + CELL.0 / 2,
        lines: lines_of(&column.region.name, top),
        total: shown.count(&column.counts),
    });
    let most = atlas.domains.iter().flat_map(|row| &row.cells).map(|cell| shown.count(&cell.counts)).max();
    let most = most.unwrap_or(0);
    let rows = atlas.domains.iter().enumerate().map(|(place, row)| {
        let y = top + place * (CELL.1 + GAP);
        let cell = |(column, cell): (usize, &AtlasCell)| {
            let region = atlas.regions.get(column).map_or("", |column| &column.region.name);
            let is_chosen = chosen == (row.domain.as_deref(), Some(cell.region.as_str()));
            map_cell((row, region), cell, shown, most, x(column), is_chosen)
        };
        Row {
            name: name(row).to_owned(),
            href: row.domain.as_ref().map(|domain| {
                list_href(shown, &[("domain", domain.clone()), ("min_regions", "1".to_owned())])
            }),
            y,
            baseline: y + CELL.1 / 2 + 5,
            cells: row.cells.iter().enumerate().map(cell).collect(),
        }
    });
    HeatMap {
        columns: columns.collect(),
        rows: rows.collect(),
        width: x(atlas.regions.len()),
        height: top + atlas.domains.len() * (CELL.1 + GAP),
        legend: legend(most),
    }
}

fn name(row: &AtlasDomain) -> &str {
    row.domain.as_deref().unwrap_or(NO_DOMAIN)
}

fn map_cell(
    (row, region): (&AtlasDomain, &str),
    cell: &AtlasCell,
    shown: Shown,
    most: usize,
    x: usize,
    is_chosen: bool,
) -> MapCell {
    let number = shown.count(&cell.counts);
    let AtlasCounts { measures, shared, lacking, .. } = cell.counts;
    let mut conditions = vec![("domain", row.domain.clone().unwrap_or_default())];
    conditions.extend(shown.conditions(&cell.region));
    let is_listable = number > 0 && row.domain.is_some();
    MapCell {
        x,
        middle: x + CELL.0 / 2,
        shade: shade(number, most),
        number,
        label: format!(
            "{region}，{}：{measures} 项举措，其中 {shared} 项别处也有；另有 {lacking} 项别处有而这里没有",
            name(row)
        ),
        href: is_listable.then(|| list_href(shown, &conditions)),
        is_chosen,
    }
}

/// The address of a list of measures.
pub(super) fn list_href(shown: Shown, conditions: &[(&'static str, String)]) -> String {
    let word = shown.word();
    let show = (shown != Shown::default()).then_some(("show", word.as_str()));
    let pairs = conditions.iter().map(|(name, value)| (*name, value.as_str()));
    format!("/atlas?{}#measures", to_query(pairs.chain(show)))
}

/// A name in lines that end above `top`.
fn lines_of(name: &str, top: usize) -> Vec<(usize, String)> {
    let characters: Vec<char> = name.chars().take(LINE * 3).collect();
    let lines: Vec<String> = characters.chunks(LINE).map(|line| line.iter().collect()).collect();
    let count = lines.len();
    let y = |place: usize| top.saturating_sub(10 + (count - 1 - place) * LINE_HEIGHT);
    lines.into_iter().enumerate().map(|(place, line)| (y(place), line)).collect()
}

/// By the root of the number: one cell far above the others must not leave them all the same.
fn shade(number: usize, most: usize) -> usize {
    let reaches = |shade: &usize| number * SHADES * SHADES <= shade * shade * most;
    if number == 0 { 0 } else { (1..SHADES).find(reaches).unwrap_or(SHADES) }
}

/// The shades with the range of numbers that each stands for.
fn legend(most: usize) -> Vec<Shade> {
    let range = |own: usize| {
        let numbers: Vec<usize> = (0..=most).filter(|number| shade(*number, most) == own).collect();
        let (first, last) = (numbers.first()?, numbers.last()?);
        let label = if first == last { first.to_string() } else { format!("{first}–{last}") };
        Some(Shade { shade: own, label })
    };
    (0..=SHADES).filter_map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legend_says_what_the_shades_mean() {
        for most in 0..60 {
            for number in 0..=most {
                let own = shade(number, most);
                let entry = legend(most).into_iter().find(|entry| entry.shade == own).unwrap();
                let (first, last) = entry.label.split_once('–').unwrap_or((&entry.label, &entry.label));
                let range = first.parse::<usize>().unwrap()..=last.parse().unwrap();
                assert!(range.contains(&number), "{number} of {most} is {}", entry.label);
            }
        }
    }

    #[test]
    fn long_names_stand_in_lines() {
        let lines = lines_of("呼和浩特市", 44);
        assert_eq!(lines, [(17, "呼和浩".to_owned()), (34, "特市".to_owned())]);
    }
}
