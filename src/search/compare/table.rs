//! The numbers of a table: a row's label says of what, a column's head in which unit.
//!
//! ```text
//! 序号  环节（个）          时间（工作日）
//! 1     一站式办理施工许可  2
//! 合计  4个环节             17个工作日
//! ```

use std::sync::LazyLock;

use regex::Regex;

use super::promise::{Phrase, Promise};
use crate::model::{Comparator, Target};
use crate::text::common_unit::common_unit;
use crate::text::fold::fold_text;

/// Longest label that names a row; what is longer is cut before its brackets, or here.
const LABEL: usize = 24;

/// `时间(工作日)`: what a column counts and in which unit.
static HEAD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(.*)[(]([^()]{1,6})[)]$").ok());

/// `17`, `17.5%` or `17个工作日`, perhaps with what bounds it.
static CELL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(≤|<|不超过|≥|>|不少于|不低于)?([0-9]+(?:[.][0-9]+)?)(.{0,6})$").ok());

/// A column whose cells are numbers of one unit.
struct Head {
    name: String,
    unit: String,
}

/// The promises of a table's `text`: lines of cells between tabs, a head above. Empty where no head names a unit.
pub(super) fn promises(text: &str) -> Vec<Promise> {
    let mut heads: Vec<Option<Head>> = Vec::new();
    let mut found = Vec::new();
    for line in fold_text(text).lines() {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let named: Vec<Option<Head>> = cells.iter().map(|cell| head(cell)).collect();
        if cells.len() > 1 && named.iter().any(Option::is_some) && !cells.iter().any(|cell| is_number(cell)) {
            heads = named;
            continue;
        }
        if cells.len() == heads.len() {
            found.extend(row(&cells, &heads));
        }
    }
    found
}

fn head(cell: &str) -> Option<Head> {
    let found = HEAD.as_ref()?.captures(cell)?;
    let unit = found.get(2)?.as_str().to_owned();
    common_unit(&unit)?;
    Some(Head { name: found.get(1)?.as_str().trim().to_owned(), unit })
}

fn is_number(cell: &str) -> bool {
    CELL.as_ref().is_some_and(|known| known.is_match(cell))
}

/// The numbers of one row.
fn row<'a>(cells: &'a [&str], heads: &'a [Option<Head>]) -> impl Iterator<Item = Promise> + 'a {
    let is_label = |cell: &&&str| cell.chars().any(char::is_alphabetic) && !is_number(cell);
    let label = cells.iter().find(is_label).copied().unwrap_or_default();
    let heads = cells.iter().zip(heads);
    heads.filter_map(move |(cell, head)| number(cell, head.as_ref()?, label, cells))
}

fn number(cell: &str, head: &Head, label: &str, cells: &[&str]) -> Option<Promise> {
    let found = CELL.as_ref()?.captures(cell)?;
    let own_unit = found.get(3).map_or("", |unit| unit.as_str());
    let unit = common_unit(own_unit).map_or(head.unit.as_str(), |_| own_unit);
    let comparator = match found.get(1).map_or("", |bound| bound.as_str()) {
        "≤" | "不超过" => Comparator::LessOrEqual,
        "<" => Comparator::Less,
        "≥" | "不少于" | "不低于" => Comparator::GreaterOrEqual,
        ">" => Comparator::Greater,
        _ => Comparator::Equal,
    };
    let name = format!("{}{}", short(label), head.name);
    let target = Target {
        raw: cell.to_owned(),
        quantity: name.clone(),
        comparator,
        value: found.get(2)?.as_str().parse().ok()?,
        value_max: None,
        unit: unit.to_owned(),
    };
    let around = Phrase { before: format!("{label} {} ", head.name), number: cell, after: String::new() };
    Some(Promise::new(target, common_unit(unit)?, name, &around, cells.join("\t")))
}

/// A label as a name: without what its brackets add.
fn short(label: &str) -> String {
    label.split('(').next().unwrap_or(label).chars().take(LABEL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_table() {
        let text = "办理建筑许可环节和时间\n2022年底\n序号\t环节（个）\t时间（工作日）\n1\t一站式办理施工许可（并联办理备案）\t２\n2\t联合监督检查\t不超过1\n合计\t4个环节\t17个工作日";
        let found: Vec<_> = promises(text)
            .into_iter()
            .map(|promise| (promise.name.clone(), promise.target.value, promise.target.unit.clone()))
            .collect();
        let row = |name: &str, value: f64, unit: &str| (name.to_owned(), value, unit.to_owned());
        assert_eq!(
            found,
            [
                row("一站式办理施工许可时间", 2.0, "工作日"),
                row("联合监督检查时间", 1.0, "工作日"),
                row("合计环节", 4.0, "个"),
                row("合计时间", 17.0, "工作日")
            ]
        );
    }

    #[test]
    fn tables_without_units_promise_nothing() {
        for text in ["序号\t任务\t责任单位\n1\t企业开办\t市场监管局", "", "单位\t电话\n区住建局\t7521234"]
        {
            assert!(promises(text).is_empty(), "{text}");
        }
    }
}
