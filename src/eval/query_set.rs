//! Graded queries, whatever they were read from.

use std::collections::BTreeMap;

use super::gold::GoldQuery;
use super::source::{Found, squeeze};
use crate::search::Filter;

/// Hits longer than this, in characters, gain nothing: a whole section answers every query.
const MAX_GAINING: usize = 1_200;

/// Queries with what people want of them.
#[derive(Clone, Debug, Default)]
pub struct QuerySet {
    /// The queries, in the order of the file.
    pub queries: Vec<GradedQuery>,
    /// The grade that P@1 asks of a first hit: 2, or 1 where no judgement is higher.
    pub answering: u32,
    /// Queries left out because nothing is wanted of them.
    pub ungraded: usize,
}

/// One query with what people want of it.
#[derive(Clone, Debug)]
pub struct GradedQuery {
    /// Its name.
    pub qid: String,
    /// What kind of query it is.
    pub kind: String,
    /// The words.
    pub query: String,
    /// Conditions that go with it.
    pub filter: Filter,
    /// What is wanted.
    pub wanted: Vec<Wanted>,
}

/// One thing wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// 2 for what answers, 1 for what helps; TREC sets may have more grades.
    pub grade: u32,
    /// How a hit is seen to hold it.
    pub sought: Sought,
}

/// How a hit is seen to hold what is wanted.
#[derive(Clone, Debug)]
pub enum Sought {
    /// It is the clause of this id.
    Clause(String),
    /// It stands in a file of this beginning and holds one of these pieces of text, squeezed.
    Anchors(String, Vec<String>),
}

impl QuerySet {
    /// A set of `queries`; those of which nothing is wanted are counted and left out.
    pub fn new(queries: Vec<GradedQuery>) -> Self {
        let all = queries.len();
        let queries: Vec<_> = queries.into_iter().filter(GradedQuery::is_graded).collect();
        let grades = queries.iter().flat_map(GradedQuery::grades);
        let answering = grades.max().unwrap_or(1).clamp(1, 2);
        Self { ungraded: all - queries.len(), queries, answering }
    }

    /// The set of a gold file.
    pub fn of_gold(gold: &[GoldQuery]) -> Self {
        Self::new(gold.iter().map(GradedQuery::of_gold).collect())
    }
}

impl GradedQuery {
    fn of_gold(gold: &GoldQuery) -> Self {
        let mut wanted: BTreeMap<(&str, &str), (u32, Vec<String>)> = BTreeMap::new();
        for judgement in &gold.relevant {
            let entry = wanted.entry((&judgement.seed, &judgement.clause)).or_default();
            entry.0 = entry.0.max(judgement.grade);
            entry.1.push(squeeze(&judgement.anchor));
        }
        let wanted = wanted.into_iter().map(|((seed, _), (grade, anchors))| Wanted {
            grade,
            sought: Sought::Anchors(seed.to_owned(), anchors),
        });
        Self {
            qid: gold.qid.clone(),
            kind: gold.kind.clone(),
            query: gold.query.clone(),
            filter: gold.filters.clone(),
            wanted: wanted.collect(),
        }
    }

    fn is_graded(&self) -> bool {
        self.wanted.iter().any(|wanted| wanted.grade > 0)
    }

    /// The grade of each thing wanted.
    pub fn grades(&self) -> impl Iterator<Item = u32> + '_ {
        self.wanted.iter().map(|wanted| wanted.grade)
    }

    /// Positions in `wanted` of what `hit` holds.
    pub fn held_by(&self, hit: &Found) -> Vec<usize> {
        let text = squeeze(&hit.text);
        let gains = text.chars().count() <= MAX_GAINING;
        let holds = |wanted: &Wanted| match &wanted.sought {
            Sought::Clause(id) => *id == hit.id,
            Sought::Anchors(file, anchors) => {
                gains
                    && hit.file.starts_with(file.as_str())
                    && anchors.iter().any(|anchor| text.contains(anchor))
            }
        };
        (0..).zip(&self.wanted).filter(|(_, wanted)| holds(wanted)).map(|(at, _)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gold() -> GoldQuery {
        let row = r#"{"qid": "q1", "type": "exact", "query": "注销", "relevant": [
            {"seed": "000", "anchor": "简易 注销", "grade": 1, "clause": "a"},
            {"seed": "000", "anchor": "一网通办", "grade": 2, "clause": "a"},
            {"seed": "001", "anchor": "简易注销", "clause": "b"}]}"#;
        serde_json::from_str(row).expect("a row")
    }

    fn hit(file: &str, text: &str) -> Found {
        Found { file: file.to_owned(), text: text.to_owned(), ..Found::default() }
    }

    #[test]
    fn anchors_of_one_clause_are_one_thing_wanted() {
        let set = QuerySet::of_gold(&[gold()]);
        let query = set.queries.first().expect("the query");
        assert_eq!(query.grades().collect::<Vec<_>>(), [2, 2]);
        assert_eq!(set.answering, 2);
    }

    #[test]
    fn a_hit_holds_what_stands_in_its_own_file() {
        let set = QuerySet::of_gold(&[gold()]);
        let query = set.queries.first().expect("the query");
        assert_eq!(query.held_by(&hit("000_x.txt", "推行简易\n注销，一网通办")), [0]);
        assert_eq!(query.held_by(&hit("001_x.txt", "推行简易注销")), [1]);
        assert_eq!(query.held_by(&hit("002_x.txt", "推行简易注销")), [0usize; 0]);
        let section = format!("简易注销{}", "长".repeat(MAX_GAINING));
        assert_eq!(query.held_by(&hit("000_x.txt", &section)), [0usize; 0]);
    }

    #[test]
    fn a_query_of_which_nothing_is_wanted_is_left_out() {
        let empty = GradedQuery { wanted: Vec::new(), ..GradedQuery::of_gold(&gold()) };
        let set = QuerySet::new(vec![empty]);
        assert_eq!((set.queries.len(), set.ungraded, set.answering), (0, 1, 1));
    }
}
