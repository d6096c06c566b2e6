//! Agency names (单位): how they end, and the one canonical name behind 区市监局 and 区市场监管局.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::fold::fold_text;
use super::numeral::half_width;
use super::tokenizer;

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

/// An agency that a text names, without level or place, and what else it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = AgencyMention)]
pub struct Mention {
    /// The name in the text, folded.
    #[schema(example = "市监局")]
    pub name: String,
    /// Other names of it, the canonical one first.
    #[schema(example = json!(["市场监督管理局", "市场监管局"]))]
    pub others: Vec<String>,
}

/// Other names of one agency that are of use; more would only cost time.
const OTHERS: usize = 3;

static MENTIONS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let names = ALIASES.iter().map(|(alias, _)| *alias);
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(names).ok()
});

/// The agencies that `text` names and that have another name, from left to right.
pub fn mentions(text: &str) -> Vec<Mention> {
    let Some(matcher) = MENTIONS.as_ref() else { return Vec::new() };
    let folded = fold_text(text);
    let mut found = matcher.find_iter(&folded).peekable();
    if found.peek().is_none() {
        return Vec::new();
    }
    let tokens = tokenizer::words(&folded);
    let mention = |found: aho_corasick::Match| {
        let (name, canonical) = *ALIASES.get(found.pattern().as_usize())?;
        let start = folded.get(..found.start())?.chars().count() as u32;
        let end = start + name.chars().count() as u32;
        // 人行 in 人行道 and 政府办 in 政府办事 are no agencies.
        let crosses = |token: &tokenizer::Token| token.start < end && token.end > end;
        let is_whole = || tokens.iter().any(|token| token.start == start && token.end == end);
        if tokens.iter().any(crosses) || (end - start < 3 && !is_whole()) {
            return None;
        }
        let others = others(name, canonical);
        (!others.is_empty()).then(|| Mention { name: name.to_owned(), others })
    };
    found.filter_map(mention).collect()
}

/// A name within the other one finds it without help.
fn others(name: &str, canonical: &str) -> Vec<String> {
    let aliases = LEXICON.aliases.get(canonical).into_iter().flatten().map(String::as_str);
    let others = std::iter::once(canonical).chain(aliases);
    let telling = others.filter(|other| !other.contains(name) && !name.contains(*other));
    telling.take(OTHERS).map(str::to_owned).collect()
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
    fn mentions_bring_other_names() {
        let names = |text: &str| mentions(text).into_iter().map(|mention| mention.name).collect::<Vec<_>>();
        let first = mentions("区市監局 企业开办").into_iter().next().expect("a mention");
        assert_eq!((first.name.as_str(), first.others[0].as_str()), ("市监局", "市场监督管理局"));
        assert_eq!(names("市场监督管理局和住建局"), ["市场监督管理局", "住建局"]);
        for text in ["人行道改造", "政府办事效率", "人民法院", "区税务局", "企业开办"]
        {
            assert!(names(text).is_empty(), "{text}");
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
