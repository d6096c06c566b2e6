//! The regions there are, to choose from.

use crate::index::Generation;
use crate::serve::api::region_counts;

/// The regions of one province.
#[derive(Debug)]
pub(super) struct RegionChoice {
    /// Name of the province; empty for what belongs to none.
    pub(super) province: String,
    /// Regions with documents of their own, in order of codes.
    pub(super) options: Vec<RegionOption>,
}

/// One region.
#[derive(Debug)]
pub(super) struct RegionOption {
    /// GB/T 2260 code.
    pub(super) code: String,
    /// Name.
    pub(super) name: String,
    /// Whether it is chosen, by itself or by what it lies in.
    pub(super) is_checked: bool,
}

/// The regions that have documents of their own, by province; `chosen` are codes or names.
pub(super) fn choices(generation: &Generation, chosen: &[&str]) -> Vec<RegionChoice> {
    let counts = region_counts(generation);
    let name_of = |code: &str| counts.iter().find(|row| row.code == code).map(|row| row.name.clone());
    let mut groups: Vec<RegionChoice> = Vec::new();
    for row in counts.iter().filter(|row| row.has_own) {
        let head = row.code.get(..2).unwrap_or_default();
        let province = name_of(&format!("{head}0000")).unwrap_or_default();
        let above = [format!("{head}0000"), format!("{}00", row.code.get(..4).unwrap_or_default())];
        let is_meant = |wanted: &&str| {
            let is_above =
                above.iter().any(|code| code == wanted || name_of(code).as_deref() == Some(wanted));
            *wanted == row.code || *wanted == row.name || is_above
        };
        let option = RegionOption {
            is_checked: chosen.iter().any(is_meant),
            code: row.code.clone(),
            name: row.name.clone(),
        };
        match groups.last_mut() {
            Some(group) if group.province == province => group.options.push(option),
            _ => groups.push(RegionChoice { province, options: vec![option] }),
        }
    }
    groups
}
