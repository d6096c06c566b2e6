//! What a number of a policy counts and which direction is better, from the lexicon file `quantities.toml`.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::common_unit::COUNT;

/// Which direction is better for whom a policy serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// 时限, 环节, 材料, 费用: the fewer the better.
    Lower,
    /// 覆盖率, 额度, 数量: the more the better.
    Higher,
}

/// A kind of quantity, such as 办理时限.
#[derive(Debug, Deserialize)]
pub struct QuantityKind {
    /// Its name, as a row of a table shows it where the text names none.
    pub name: String,
    /// The better direction; none where it cannot be said.
    #[serde(default)]
    pub better: Option<Better>,
    families: Vec<String>,
    words: Vec<String>,
}

/// What a query asks of its subject.
#[derive(Deserialize)]
struct Aspect {
    /// The family of the units that answer it; none where any may.
    family: Option<String>,
    words: Vec<String>,
}

#[derive(Deserialize)]
struct Lexicon {
    vague: Vec<String>,
    aspect: Vec<Aspect>,
    continuing: Vec<String>,
    leading: Vec<String>,
    kind: Vec<QuantityKind>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("lexicons/quantities.toml")).expect("quantities.toml is well formed")
});

/// The kind of a quantity called `name`, with `around` the words beside its number, in a unit of `family`.
pub fn kind_of(name: &str, around: &str, family: &str) -> Option<&'static QuantityKind> {
    let named = |text: &str| {
        let fits = |kind: &&QuantityKind| {
            kind.families.iter().any(|known| known == family)
                && kind.words.iter().any(|word| text.contains(word.as_str()))
        };
        LEXICON.kind.iter().find(fits)
    };
    // 提前30日发布 is about the notice whatever is published.
    let first = LEXICON.kind.first().filter(|kind| {
        kind.families.iter().any(|known| known == family)
            && kind.words.iter().any(|word| around.contains(word.as_str()))
    });
    first.or_else(|| named(name)).or_else(|| named(around))
}

/// What `query`, folded, asks of which subject: 施工许可 and the family of times of 施工许可办理时限.
pub fn subject_and_family(query: &str) -> (String, Option<&'static str>) {
    let words = LEXICON.aspect.iter().flat_map(|aspect| &aspect.words);
    let subject = words.fold(query.to_owned(), |rest, word| rest.replace(word.as_str(), " "));
    let is_named = |aspect: &&Aspect| aspect.words.iter().any(|word| query.contains(word.as_str()));
    (subject, LEXICON.aspect.iter().find(is_named).and_then(|aspect| aspect.family.as_deref()))
}

/// Whether `name` names no quantity: a verb or an adverb alone, or a piece of a sentence.
pub fn is_vague(name: &str) -> bool {
    let name = name.trim();
    name.chars().filter(|c| c.is_alphabetic()).count() < 2
        || LEXICON.vague.iter().any(|word| word == name)
        || LEXICON.continuing.iter().any(|word| name.contains(word.as_str()))
        || LEXICON.leading.iter().any(|word| name.starts_with(word.as_str()))
}

/// The name of a quantity of `family` of which nothing else is known.
pub fn plain_name(family: &str) -> &'static str {
    match family {
        "time" => "时间",
        "ratio" => "比率",
        "points" | "multiple" => "幅度",
        "money" | "dollars" | "euros" => "金额",
        COUNT => "数量",
        _ => "数值",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_their_better_direction() {
        for (name, around, family, kind, better) in [
            ("报装时限", "报装时限压缩至3个工作日", "time", "办理时限", Some(Better::Lower)),
            ("发布招标计划", "至少提前30日发布招标计划", "time", "提前时间", Some(Better::Higher)),
            (
                "用户年均停电时间",
                "用户年均停电时间压减至4个小时以内",
                "time",
                "中断时间",
                Some(Better::Lower),
            ),
            ("环节", "不超过4个环节", "count", "环节", Some(Better::Lower)),
            ("平均担保费率", "平均担保费率保持在1%以下", "ratio", "费用", Some(Better::Lower)),
            ("全程网办率", "全程网办率达到90%", "ratio", "覆盖和比率", Some(Better::Higher)),
            ("小微企业", "新增小微企业100家", "count", "数量", Some(Better::Higher)),
            ("许可证有效期", "许可证有效期延长至5年", "time", "宽限或有效期限", None),
        ] {
            let found = kind_of(name, around, family).expect(name);
            assert_eq!((found.name.as_str(), found.better), (kind, better), "{name}");
        }
        assert!(kind_of("版面", "版面3个", "count").is_none());
        assert!(is_vague("应于") && is_vague("") && !is_vague("报装时限"));
    }
}
