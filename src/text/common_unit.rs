//! Units brought to a common one, from the lexicon file `common_units.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::measure::{Measure, measure_of};

/// What a unit comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct CommonUnit {
    /// What can be compared at all: time, money, ratio, count …
    pub family: &'static str,
    /// The unit of a normalised number. Working days and calendar days are of one family with two bases.
    pub base: String,
    /// How many of `base` one unit as written is.
    pub factor: f64,
}

/// The family of things that are counted.
pub const COUNT: &str = "count";

#[derive(Deserialize)]
struct Lexicon {
    dimension: Vec<Dimension>,
}

#[derive(Deserialize)]
struct Dimension {
    family: String,
    base: String,
    units: BTreeMap<String, f64>,
}

static DIMENSIONS: LazyLock<Vec<Dimension>> = LazyLock::new(|| {
    let lexicon: Lexicon =
        toml::from_str(include_str!("lexicons/common_units.toml")).expect("common_units.toml is well formed");
    lexicon.dimension
});

/// What `unit`, as a target has it, comes to (万元 → 10,000 元); none for one that nothing is known of.
pub fn common_unit(unit: &str) -> Option<CommonUnit> {
    if let Some(known) = of_dimension(unit, 1.0) {
        return Some(known);
    }
    let bare = unit.trim_start_matches(|c| magnitude(c).is_some());
    let factor = unit.chars().map_while(magnitude).product();
    if bare.is_empty() {
        return None;
    }
    of_dimension(bare, factor).or_else(|| {
        let counted = matches!(measure_of(bare)?, Measure::Count | Measure::Size);
        counted.then(|| CommonUnit { family: COUNT, base: bare.to_owned(), factor })
    })
}

fn of_dimension(unit: &str, magnitude: f64) -> Option<CommonUnit> {
    DIMENSIONS.iter().find_map(|dimension| {
        let factor = dimension.units.get(unit)?;
        Some(CommonUnit {
            family: &dimension.family,
            base: dimension.base.clone(),
            factor: factor * magnitude,
        })
    })
}

fn magnitude(character: char) -> Option<f64> {
    Some(match character {
        '十' => 1e1,
        '百' => 1e2,
        '千' => 1e3,
        '万' => 1e4,
        '亿' => 1e8,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_in_common() {
        for (unit, family, base, factor) in [
            ("工作日", "time", "工作日", 1.0),
            ("天", "time", "日", 1.0),
            ("个月", "time", "日", 30.0),
            ("万元", "money", "元", 1e4),
            ("亿元", "money", "元", 1e8),
            ("万美元", "dollars", "美元", 1e4),
            ("%", "ratio", "%", 1.0),
            ("百分点", "points", "百分点", 1.0),
            ("万条", COUNT, "条", 1e4),
            ("份", COUNT, "份", 1.0),
            ("千米", "length", "公里", 1.0),
            ("万亩", "area", "平方米", 6_666_666.666_666_666),
        ] {
            let found = common_unit(unit).expect(unit);
            assert_eq!((found.family, found.base.as_str(), found.factor), (family, base, factor), "{unit}");
        }
        assert_eq!(common_unit("万"), None);
        assert_eq!(common_unit("春"), None);
    }
}
