use proptest::prelude::*;

use super::*;
use crate::embed::{Embedder, FakeEmbedder};
use crate::model::DocumentId;

/// Measures of made-up documents: the same line is a counterpart, its wording a little different.
const LINES: [&str; 6] = [
    "推行企业开办一日办结。依托一网通办平台，企业开办时间压缩至1个工作日以内。",
    "用水用气外线工程并联审批。规划许可、绿化许可、占掘路许可并联办理，办理时间压缩至5个工作日。",
    "推广电子保函。招标投标活动中以电子保函代替现金保证金，降低企业交易成本。",
    "不动产登记与税务联办。不动产交易、缴税、登记一窗受理、并行办理。",
    "建立知识产权快速维权机制。设立知识产权维权援助工作站，开展专利快速审查。",
    "优化破产案件审理。推行破产案件繁简分流，缩短破产案件办理时间，降低破产成本。",
];
const ADDITIONS: [&str; 3] = ["", "区级部门加强协同配合。", "年底前全面落实到位。"];

/// Id, text, and vectors of the whole and of the core.
type Owned = (ClauseId, String, [Vec<i8>; 2]);

/// Clauses as a build reads them, with what it borrows.
pub(super) struct Clauses {
    documents: Vec<Vec<Owned>>,
}

impl Clauses {
    /// A document for each of `names`, with every line in a wording of its own.
    pub(super) fn of(names: &[&str], has_vectors: bool) -> Self {
        let numbered = names.iter().enumerate();
        let lines = |shift: usize| {
            LINES.iter().map(move |line| format!("{line}{}", ADDITIONS[shift % ADDITIONS.len()])).collect()
        };
        Self::from_lines(numbered.map(|(at, name)| ((*name).to_owned(), lines(at))).collect(), has_vectors)
    }

    fn from_lines(documents: Vec<(String, Vec<String>)>, has_vectors: bool) -> Self {
        let vector = |text: &str| -> Vec<i8> {
            let vector = FakeEmbedder::new().embed(text).expect("a vector");
            vector.iter().map(|x| (x * 127.0) as i8).collect()
        };
        let clause = |name: &str, at: usize, text: String| {
            let id = ClauseId::new(&DocumentId::from_stem(name), &format!("item_{at}"));
            let vectors = if has_vectors { [vector(&text), vector(&text)] } else { [vec![], vec![]] };
            (id, text, vectors)
        };
        let documents = documents.into_iter().map(|(name, lines)| {
            lines.into_iter().enumerate().map(|(at, text)| clause(&name, at, text)).collect()
        });
        Self { documents: documents.collect() }
    }
}

pub(super) fn items(clauses: &Clauses) -> Vec<Vec<Item<'_>>> {
    let mut positions = 0u32..;
    clauses
        .documents
        .iter()
        .map(|document| {
            document
                .iter()
                .map(|(id, core, [whole, of_core])| Item {
                    clause: positions.next().unwrap_or_default(),
                    id,
                    kind: ClauseKind::Measure,
                    domain: None,
                    core,
                    vectors: [whole, of_core],
                })
                .collect()
        })
        .collect()
}

fn build_of(clauses: &Clauses, known: &Neighbours) -> Atlas {
    let has_vectors = clauses.documents.iter().flatten().any(|(_, _, [whole, _])| !whole.is_empty());
    build(&items(clauses), &Centre::default(), known, if has_vectors { LIKE } else { LIKE_BY_WORDS }, &|_| {})
}

#[test]
fn the_same_line_of_every_document_is_one_measure() {
    for has_vectors in [false, true] {
        let clauses = Clauses::of(&["a", "b", "c"], has_vectors);
        let atlas = build_of(&clauses, &Neighbours::default());
        let members: Vec<&[u32]> = atlas.measures.iter().map(|measure| measure.clauses.as_slice()).collect();
        let expected: Vec<Vec<u32>> = (0..6).map(|line| vec![line, line + 6, line + 12]).collect();
        assert_eq!(members, expected, "vectors: {has_vectors}");
        assert_eq!(atlas.measures[0].title, "推行企业开办一日办结");
    }
}

#[test]
fn a_known_pair_of_documents_is_not_compared_again() {
    let before = build_of(&Clauses::of(&["a", "b", "c"], true), &Neighbours::default());
    let after = Clauses::of(&["a", "b", "c", "d"], true);
    let compared = std::sync::atomic::AtomicUsize::new(0);
    let count = |done: usize| {
        compared.fetch_max(done, std::sync::atomic::Ordering::Relaxed);
    };
    let atlas = build(&items(&after), &Centre::default(), &before.neighbours, LIKE, &count);
    assert_eq!(compared.into_inner(), 3, "d with a, b and c");
    assert_eq!(atlas, build_of(&after, &Neighbours::default()));
}

#[test]
fn an_unrelated_document_changes_no_other_measure() {
    let same_lines = |names: &[&str]| -> Vec<(String, Vec<String>)> {
        let lines = || LINES.iter().map(|line| (*line).to_owned()).collect();
        names.iter().map(|name| ((*name).to_owned(), lines())).collect()
    };
    let before = build_of(&Clauses::from_lines(same_lines(&["b", "c"]), true), &Neighbours::default());
    let mut documents = same_lines(&["b", "c"]);
    documents.insert(0, ("a".to_owned(), vec!["天气预报显示明日多云转晴，气温十度到二十度。".to_owned()]));
    let after = build_of(&Clauses::from_lines(documents, true), &before.neighbours);
    let ids = |atlas: &Atlas| -> Vec<(String, String)> {
        let names_of = |measure: &Measure| (measure.id.to_string(), measure.title.clone());
        atlas.measures.iter().map(names_of).collect()
    };
    assert_eq!(after.measures.len(), before.measures.len() + 1);
    assert_eq!(ids(&after)[1..], ids(&before));
}

#[test]
fn the_most_frequent_domain_and_the_first_of_equals() {
    assert_eq!(domain(["纳税", "获得电力", "获得电力"].into_iter()).as_deref(), Some("获得电力"));
    assert_eq!(domain(["获得电力", "纳税"].into_iter()).as_deref(), Some("获得电力"));
    assert_eq!(domain(std::iter::empty()), None);
}

/// Documents of lines and additions by number, so that likenesses of all degrees occur.
fn documents() -> impl Strategy<Value = Vec<Vec<(usize, usize)>>> {
    let line = (0..LINES.len(), 0..ADDITIONS.len());
    proptest::collection::vec(proptest::collection::vec(line, 0..6), 1..5)
}

fn clauses(documents: &[Vec<(usize, usize)>], has_vectors: bool) -> Clauses {
    let text = |&(line, addition): &(usize, usize)| format!("{}{}", LINES[line], ADDITIONS[addition]);
    let numbered = documents.iter().enumerate();
    let lines = numbered.map(|(at, lines)| (format!("d{at}"), lines.iter().map(text).collect()));
    Clauses::from_lines(lines.collect(), has_vectors)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever documents are added, changed or gone since, a build on top of another is a build anew.
    #[test]
    fn a_build_on_top_of_another_is_a_build_anew(
        before in documents(), after in documents(), kept in 0usize..4, has_vectors in any::<bool>(),
    ) {
        let mixed: Vec<_> = before.iter().take(kept).chain(after.iter().skip(kept)).cloned().collect();
        let known = build_of(&clauses(&before, has_vectors), &Neighbours::default());
        let mixed = clauses(&mixed, has_vectors);
        prop_assert_eq!(build_of(&mixed, &known.neighbours), build_of(&mixed, &Neighbours::default()));
    }

    /// Every clause is in one measure, and a document has at most five clauses in each.
    #[test]
    fn measures_partition_the_clauses(documents in documents()) {
        let clauses = clauses(&documents, true);
        let atlas = build_of(&clauses, &Neighbours::default());
        let mut members: Vec<u32> = atlas.measures.iter().flat_map(|measure| measure.clauses.clone()).collect();
        members.sort_unstable();
        let all: u32 = documents.iter().map(|lines| lines.len() as u32).sum();
        prop_assert_eq!(members, (0..all).collect::<Vec<u32>>());
        let owners = owners(&items(&clauses));
        for measure in &atlas.measures {
            for document in 0..documents.len() as u32 {
                let of_document = measure.clauses.iter().filter(|clause| owners[**clause as usize] == document);
                prop_assert!(of_document.count() <= 5);
            }
        }
    }
}
