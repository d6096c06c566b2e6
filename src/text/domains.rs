//! Indicator domains (指标领域), from the lexicon file `domains.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// An indicator domain and the words that headings and clauses use for it.
#[derive(Clone, Debug, Deserialize)]
pub struct Domain {
    /// Its usual name, such as 登记财产.
    pub name: String,
    /// Other names that headings use, such as 不动产登记.
    pub aliases: Vec<String>,
    /// Words of headings that other domains' clauses have as well, such as 信用.
    pub hints: Vec<String>,
    /// Words of a clause's own text that are distinctive for it.
    pub words: Vec<String>,
}

#[derive(Deserialize)]
struct Lexicon {
    domain: Vec<Domain>,
}

static DOMAINS: LazyLock<Vec<Domain>> = LazyLock::new(|| {
    let lexicon: Lexicon =
        toml::from_str(include_str!("lexicons/domains.toml")).expect("domains.toml is well formed");
    lexicon.domain
});

/// Every domain in its usual order: for listings, facets and filters.
pub fn domains() -> &'static [Domain] {
    &DOMAINS
}

/// The domain that a user means by `name`: its usual name, one of its aliases, or either with the words
/// that documents put after them (劳动力市场监管, 纳税指标领域).
pub fn resolve(name: &str) -> Option<&'static Domain> {
    let name = super::fold::fold_text(name.trim());
    let named = |domain: &&Domain, matches: &dyn Fn(&str) -> bool| {
        matches(&domain.name) || domain.aliases.iter().any(|alias| matches(alias))
    };
    let exact = domains().iter().find(|domain| named(domain, &|known| known == name));
    exact.or_else(|| {
        let begins = |known: &str| known.chars().count() >= 2 && name.starts_with(known);
        domains().iter().find(|domain| named(domain, &begins))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_aliases_and_longer_forms() {
        for (name, expected) in
            [("纳税", "纳税"), ("不动产登记", "登记财产"), ("纳税指标领域", "纳税"), ("知識產權", "知识产权")]
        {
            assert_eq!(resolve(name).map(|domain| domain.name.as_str()), Some(expected), "{name}");
        }
        assert!(resolve("天文").is_none());
    }
}
