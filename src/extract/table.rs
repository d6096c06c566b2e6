//! Targets of a table: the cells of its goal column (升级版目标), their unit from the cell, the row or the header.

use std::sync::LazyLock;

use regex::Regex;

use super::plain::{Plain, pattern};
use super::{deadlines, labels, units};
use crate::error::Warning;
use crate::model::{Agency, Comparator, Deadline, Target};
use crate::text::measure::measure_of;
use crate::text::numeral::parse_decimal;

/// Longest title of a column that names those responsible, in characters.
const LONGEST_HEADER: usize = 12;

/// A header's own goal; what the province or others aim at is a yardstick.
static GOAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"目标|任务|承诺|压减后|优化后"));
static YARDSTICK: LazyLock<Regex> = LazyLock::new(|| pattern(r"省|国|先进|前沿|对标|标杆|现状|规定|法定"));
static DUE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:完成|整改|办结|推进)(?:时限|时间|期限)|时间节点|时限要求|^时限$"));
static UNIT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\(([^()0-9]{1,4})\)"));
/// An index with its scale is counted in points: 报税后流程指数(0-100).
static SCALE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\(\d+-\d+\)"));
static BARE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d+(?:\.\d+)?)(%)?$"));
/// In a goal cell every measured number is a promise: 每千人拥有床位数6.51张.
static MEASURED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<quantity>[^，。;、\d]{2,24}?)(?:达到?|为|不低于|不少于|不超过|[至到])?(?P<value>\d+(?:\.\d+)?)(?P<unit>%|个?工作日|小时|天|个|家|件|人|张|所|项|次|份|万元|亿元)",
    )
});

/// The targets of the goal columns, row by row.
pub(super) fn find_targets(table: &[Vec<String>]) -> Vec<Target> {
    let Some((header, rows)) = table.split_first() else { return Vec::new() };
    let goals: Vec<usize> = header
        .iter()
        .enumerate()
        .filter(|(_, title)| GOAL.is_match(title) && !YARDSTICK.is_match(title))
        .map(|(column, _)| column)
        .collect();
    let mut targets = Vec::new();
    for row in rows {
        let title = row_title(row, &goals);
        let present =
            header.iter().position(|title| title.contains("现状")).and_then(|column| row.get(column));
        for &column in &goals {
            let Some(cell) = row.get(column) else { continue };
            let mut promised = read_cell(cell, title, header.get(column).map_or("", String::as_str));
            // What stands there already is no promise.
            promised.retain(|target| present.is_none_or(|present| !states(present, target)));
            targets.append(&mut promised);
        }
    }
    targets
}

/// The deadlines in columns whose header speaks of one (完成时限), row by row.
pub(super) fn find_deadlines(
    table: &[Vec<String>],
    year: Option<i32>,
    warnings: &mut Vec<Warning>,
) -> Vec<Deadline> {
    let Some((header, rows)) = table.split_first() else { return Vec::new() };
    let mut found = Vec::new();
    for (column, _) in header.iter().enumerate().filter(|(_, title)| DUE.is_match(title)) {
        for cell in rows.iter().filter_map(|row| row.get(column)) {
            let plain = Plain::new(cell);
            let everything = 0..plain.text.len();
            found.extend(deadlines::find_deadlines(
                &plain,
                std::slice::from_ref(&everything),
                year,
                warnings,
            ));
        }
    }
    found
}

/// The agencies in the columns of those responsible (牵头单位, 责任部门), of a list's row that is a measure:
/// read as the labelled lines that they would be in running text.
pub(super) fn find_units(table: &[Vec<String>]) -> Vec<Agency> {
    let Some((header, rows)) = table.split_first() else { return Vec::new() };
    let mut units = Vec::new();
    for row in rows {
        let cells = header
            .iter()
            .zip(row)
            .filter(|(title, cell)| !cell.trim().is_empty() && title.chars().count() <= LONGEST_HEADER);
        let lines: Vec<String> = cells.map(|(title, cell)| labelled(title, cell)).collect();
        let text = lines.join("\n");
        let plain = Plain::new(&text);
        let found = units::find_units(&plain, &labels::find_labels(&plain), &[]);
        units.extend(found);
    }
    units
}

fn labelled(title: &str, cell: &str) -> String {
    let dense = |text: &str| text.split_whitespace().collect::<String>();
    format!("{}：{}", dense(title), dense(cell))
}

/// The indicator's name: the row's last cell before the numbers that is no ordinal.
fn row_title<'a>(row: &'a [String], goals: &[usize]) -> &'a str {
    let first_goal = goals.first().copied().unwrap_or(row.len());
    let words = |cell: &&String| cell.chars().any(char::is_alphabetic) && cell.chars().count() < 30;
    row.iter().take(first_goal).find(words).map_or("", String::as_str)
}

/// Whether the cell of the present state has the same number, with its unit or alone.
fn states(present: &str, target: &Target) -> bool {
    let plain = Plain::new(present);
    let number = target.value.to_string();
    plain.text.contains(&format!("{number}{}", target.unit)) || plain.text == number
}

fn read_cell(cell: &str, title: &str, header: &str) -> Vec<Target> {
    let mut targets = Vec::new();
    let plain = Plain::new(cell);
    if let Some(bare) = BARE.captures(plain.text.trim()) {
        let percent = bare.get(2).map(|_| "%".to_owned());
        let Some(unit) = percent.or_else(|| unit_in(title)).or_else(|| unit_in(header)) else {
            return targets;
        };
        let Some(value) = bare.get(1).and_then(|value| parse_decimal(value.as_str())) else { return targets };
        let quantity = title.split(['(', '（']).next().unwrap_or_default().to_owned();
        targets.push(target(cell.trim(), quantity, value, unit));
        return targets;
    }
    for found in MEASURED.captures_iter(&plain.text) {
        let text = |name: &str| found.name(name).map_or("", |part| part.as_str());
        let Some(value) = parse_decimal(text("value")) else { continue };
        let raw = found.get(0).map_or("", |whole| plain.raw(whole.range()));
        targets.push(target(raw, text("quantity").to_owned(), value, unit_of(text("unit")).to_owned()));
    }
    targets
}

/// 个工作日 is counted in 工作日; 个 alone stays.
fn unit_of(unit: &str) -> &str {
    unit.strip_prefix('个').filter(|rest| !rest.is_empty()).unwrap_or(unit)
}

fn unit_in(title: &str) -> Option<String> {
    let plain = Plain::new(title);
    if SCALE.is_match(&plain.text) {
        return Some("分".to_owned());
    }
    let unit = UNIT.captures(&plain.text)?.get(1)?.as_str();
    measure_of(unit).map(|_| unit.to_owned())
}

fn target(raw: &str, quantity: String, value: f64, unit: String) -> Target {
    Target { raw: raw.to_owned(), quantity, comparator: Comparator::Equal, value, value_max: None, unit }
}
