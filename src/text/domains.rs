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
