//! Agency names (单位): how they end, and the one canonical name behind 区市监局 and 区市场监管局.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::numeral::half_width;

/// The lexicon file `agencies.toml`.
#[derive(Deserialize)]
struct Lexicon {
    endings: Vec<String>,
    groups: Vec<String>,
    aliases: BTreeMap<String, Vec<String>>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("lexicons/agencies.toml")).expect("agencies.toml is well formed")
});

static AGENCY_END: LazyLock<Regex> = LazyLock::new(|| ending_pattern(&LEXICON.endings));
static GROUP_END: LazyLock<Regex> = LazyLock::new(|| ending_pattern(&LEXICON.groups));

/// Alias and canonical endings, the longest alias first.
static ALIASES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for (canonical, aliases) in &LEXICON.aliases {
        pairs.push((canonical, canonical));
        pairs.extend(aliases.iter().map(|alias| (alias.as_str(), canonical.as_str())));
    }
    pairs.sort_by_key(|(alias, _)| std::cmp::Reverse(alias.len()));
    pairs
});

fn ending_pattern(endings: &[String]) -> Regex {
    let alternatives: Vec<String> = endings.iter().map(|ending| regex::escape(&half(ending))).collect();
    Regex::new(&format!(r"(?:{})(?:\([^()]*\))?$", alternatives.join("|"))).expect("escaped endings")
}

fn half(text: &str) -> String {
    text.chars().map(half_width).collect()
}

/// Whether half-width `text` ends as an agency's name does (局, 委, 中心, 支行, 局(金融办)).
pub fn ends_like_agency(text: &str) -> bool {
    AGENCY_END.is_match(text) || ends_like_group(text)
}

/// Whether half-width `text` ends as the name of a group of agencies does (各镇街, 有关单位, 区直各部门).
pub fn ends_like_group(text: &str) -> bool {
    GROUP_END.is_match(text)
}

/// The canonical agency name by alias: 区市监局 and 区市场监管局 are 区市场监督管理局. White space is dropped,
/// width folded, and a second name in brackets dropped; a name without an alias stays itself.
pub fn canonical_agency(name: &str) -> String {
    let name: String = half(name).chars().filter(|c| !c.is_whitespace()).collect();
    let name = match name.find('(') {
        Some(bracket) if bracket > 0 && name.ends_with(')') => name.get(..bracket).unwrap_or(&name),
        _ => &name,
    };
    let (head, branch) = split_branch(name);
    for (alias, canonical) in ALIASES.iter() {
        if let Some(place) = head.strip_suffix(alias) {
            return format!("{place}{canonical}{branch}");
        }
    }
    name.to_owned()
}

/// Splits 市自然资源和规划局偃师分局 into the agency and its local branch (偃师分局, empty when there is none).
fn split_branch(name: &str) -> (&str, &str) {
    if name.ends_with("分局") {
        let last = name.len() - "分局".len();
        if let Some(at) = name.get(..last).and_then(|head| head.rfind('局')) {
            return name.split_at(at + "局".len());
        }
    }
    if name.ends_with("支行")
        && let Some(at) = name.find("行").filter(|at| at + "行".len() < name.len() - "支行".len())
    {
        return name.split_at(at + "行".len());
    }
    (name, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_agency_has_one_canonical_name() {
        let rows = [
            ("区市监局", "区市场监督管理局"),
            ("区市场监管局", "区市场监督管理局"),
            ("区市场监督管理局", "区市场监督管理局"),
            ("国家发展改革委", "国家发展和改革委员会"),
            ("发改委", "发展和改革委员会"),
            ("市自然资源局偃师分局", "市自然资源和规划局偃师分局"),
            ("人民银行偃师支行", "中国人民银行偃师支行"),
            ("区人力资源 社会保障局", "区人力资源和社会保障局"),
            ("区财政局（金融办）", "区财政局"),
            ("区人民政府", "区人民政府"),
            ("县政府办", "县人民政府办公室"),
            ("各镇街", "各镇街"),
            ("（", "("),
        ];
        for (name, canonical) in rows {
            assert_eq!(canonical_agency(name), canonical, "{name}");
        }
    }

    #[test]
    fn canonical_names_are_fixed_points() {
        for (alias, _) in ALIASES.iter() {
            let once = canonical_agency(&format!("区{alias}"));
            assert_eq!(canonical_agency(&once), once, "{alias}");
        }
    }
}
