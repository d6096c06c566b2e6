//! TREC's files: topics, qrels and runs. A document of theirs is a clause of ours, by its id.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::path::Path;

use super::query_set::{GradedQuery, QuerySet, Sought, Wanted};
use crate::error::{Error, Result};
use crate::search::Filter;

/// Kind of the queries of a set that names none.
const NO_KIND: &str = "all";

/// Hits of a run file as (rank, clause id, score).
type RankedHits = Vec<(i64, String, f32)>;

/// Rankings by query, as a TREC run file has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// (query, its hits as (clause id, score), best first), in the order of the file.
    pub rankings: Vec<(String, Vec<(String, f32)>)>,
}

impl Run {
    /// The run as text: `qid Q0 clause rank score tag`, a line a hit.
    pub fn to_text(&self, tag: &str) -> String {
        let tag: String = tag.chars().map(|c| if c.is_whitespace() { '_' } else { c }).collect();
        let mut text = String::new();
        for (qid, hits) in &self.rankings {
            for (rank, (clause, score)) in (1..).zip(hits) {
                // writing to a string cannot fail
                let _ = writeln!(text, "{qid} Q0 {clause} {rank} {score} {tag}");
            }
        }
        text
    }

    /// The ranking of `qid`.
    pub fn ranking(&self, qid: &str) -> Option<&[(String, f32)]> {
        let found = self.rankings.iter().find(|(known, _)| known == qid);
        found.map(|(_, hits)| hits.as_slice())
    }
}

/// Reads a run file. As the field does, the score decides the order and the rank only between equals.
pub fn read_run(path: &Path) -> Result<Run> {
    let mut run: Vec<(String, RankedHits)> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    let mut seen = HashSet::new();
    for (number, line) in lines(&read(path)?) {
        let bad = |why: &str| malformed(path, number, "run", why);
        let &[qid, _, clause, rank, score, _] = line.split_whitespace().collect::<Vec<_>>().as_slice() else {
            return Err(bad("not of the form `qid Q0 clause rank score tag`"));
        };
        let rank: i64 = rank.parse().map_err(|_| bad(&format!("rank {rank:?} is no number")))?;
        let score = score.parse::<f32>().ok().filter(|score| score.is_finite());
        let score = score.ok_or_else(|| bad("the score is no number"))?;
        if !seen.insert((qid.to_owned(), clause.to_owned())) {
            return Err(bad(&format!("clause {clause} is given twice for query {qid}")));
        }
        let place = *at.entry(qid.to_owned()).or_insert_with(|| {
            run.push((qid.to_owned(), Vec::new()));
            run.len() - 1
        });
        if let Some((_, hits)) = run.get_mut(place) {
            hits.push((rank, clause.to_owned(), score));
        }
    }
    let rankings = run.into_iter().map(|(qid, mut hits)| {
        hits.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
        (qid, hits.into_iter().map(|(_, clause, score)| (clause, score)).collect())
    });
    Ok(Run { rankings: rankings.collect() })
}

/// Reads topics and the judgements on them.
pub fn read_set(topics: &Path, qrels: &Path) -> Result<QuerySet> {
    let mut wanted = read_qrels(qrels)?;
    let queries = read_topics(topics)?.into_iter().map(|(qid, query, kind)| GradedQuery {
        wanted: wanted.remove(&qid).unwrap_or_default(),
        filter: Filter::default(),
        qid,
        kind,
        query,
    });
    let set = QuerySet::new(queries.collect());
    if set.queries.is_empty() {
        let message = format!("{}: judges no query of {}", qrels.display(), topics.display());
        return Err(Error::invalid("no_judgements", "qrels", message));
    }
    Ok(set)
}

/// Reads judgements alone, for measuring runs without their topics.
pub fn read_judged(qrels: &Path) -> Result<QuerySet> {
    let queries = read_qrels(qrels)?.into_iter().map(|(qid, wanted)| GradedQuery {
        kind: NO_KIND.to_owned(),
        query: String::new(),
        filter: Filter::default(),
        qid,
        wanted,
    });
    Ok(QuerySet::new(queries.collect()))
}

/// What is wanted of each query; a grade of 0 or less wants nothing.
fn read_qrels(path: &Path) -> Result<BTreeMap<String, Vec<Wanted>>> {
    let mut wanted: BTreeMap<String, Vec<Wanted>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for (number, line) in lines(&read(path)?) {
        let bad = |why: &str| malformed(path, number, "qrels", why);
        let &[qid, _, clause, grade] = line.split_whitespace().collect::<Vec<_>>().as_slice() else {
            return Err(bad("not of the form `qid 0 clause grade`"));
        };
        let grade: i32 = grade.parse().map_err(|_| bad(&format!("grade {grade:?} is no number")))?;
        if grade > 10 {
            return Err(bad(&format!("grade {grade} is out of range; give at most 10")));
        }
        if !seen.insert((qid.to_owned(), clause.to_owned())) {
            return Err(bad(&format!("clause {clause} is judged twice for query {qid}")));
        }
        let of_query = wanted.entry(qid.to_owned()).or_default();
        if let Some(grade) = u32::try_from(grade).ok().filter(|&grade| grade > 0) {
            of_query.push(Wanted { grade, sought: Sought::Clause(clause.to_owned()) });
        }
    }
    Ok(wanted)
}

type Topic = (String, String, String);

/// Topics as `qid<TAB>query`, a third column naming the kind, or as TREC's `<top>` blocks.
fn read_topics(path: &Path) -> Result<Vec<Topic>> {
    let text = read(path)?;
    let topics = if text.trim_start().starts_with("<top>") {
        classic_topics(path, &text)?
    } else {
        tabbed_topics(path, &text)?
    };
    let mut seen = HashSet::new();
    for (number, (qid, _, _)) in &topics {
        if !seen.insert(qid) {
            return Err(malformed(path, *number, "topics", &format!("query {qid} is given twice")));
        }
    }
    Ok(topics.into_iter().map(|(_, topic)| topic).collect())
}

fn tabbed_topics(path: &Path, text: &str) -> Result<Vec<(usize, Topic)>> {
    let topics = lines(text).map(|(number, line)| {
        let mut columns = line.split('\t').map(str::trim);
        let (qid, query) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        if qid.is_empty() || qid.contains(char::is_whitespace) || query.is_empty() {
            return Err(malformed(path, number, "topics", "not of the form `qid<TAB>query`"));
        }
        let kind = columns.next().filter(|kind| !kind.is_empty()).unwrap_or(NO_KIND);
        Ok((number, (qid.to_owned(), query.to_owned(), kind.to_owned())))
    });
    topics.collect()
}

/// `<top>` blocks: the number after `<num>`, the query after `<title>`, which may run over lines.
fn classic_topics(path: &Path, text: &str) -> Result<Vec<(usize, Topic)>> {
    let mut topics = Vec::new();
    let (mut begun, mut qid, mut title, mut in_title) = (0, String::new(), String::new(), false);
    for (number, line) in lines(text) {
        let line = line.trim();
        if line == "<top>" {
            (begun, qid, title, in_title) = (number, String::new(), String::new(), false);
        } else if let Some(rest) = line.strip_prefix("<num>") {
            let rest = rest.trim_end_matches("</num>").trim();
            rest.trim_start_matches("Number:").trim().clone_into(&mut qid);
        } else if let Some(rest) = line.strip_prefix("<title>") {
            rest.trim_end_matches("</title>").trim().clone_into(&mut title);
            in_title = !rest.contains("</title>");
        } else if line == "</top>" {
            if qid.is_empty() || title.is_empty() {
                return Err(malformed(path, begun, "topics", "a topic without <num> or <title>"));
            }
            let topic = (std::mem::take(&mut qid), title.trim().to_owned(), NO_KIND.to_owned());
            topics.push((begun, topic));
        } else if line.starts_with('<') {
            in_title = false;
        } else if in_title {
            title.push(' ');
            title.push_str(line);
        }
    }
    Ok(topics)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Error::io(path.display(), error))
}

/// Lines that are not blank, numbered from 1.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty())
}

fn malformed(path: &Path, line: usize, field: &str, why: &str) -> Error {
    Error::invalid("malformed_trec", field, format!("{} line {line}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a temporary folder"))
        }

        fn file(&self, name: &str, text: &str) -> std::path::PathBuf {
            let path = self.0.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        }
    }

    #[test]
    fn both_forms_of_topics_read_alike() {
        let folder = Folder::new();
        let tabbed = folder.file("a", "1\t企业 注销\n2\t不动产\n");
        let classic = folder.file(
            "b",
            "<top>\n<num> Number: 1\n<title> 企业\n注销\n<desc> Description:\n无关\n</top>\n\n<top>\n<num> 2 </num>\n<title> 不动产 </title>\n</top>\n",
        );
        assert_eq!(read_topics(&tabbed).expect("read"), read_topics(&classic).expect("read"));
    }

    #[test]
    fn a_set_joins_topics_and_judgements() {
        let folder = Folder::new();
        let topics = folder.file("topics", "1\t企业注销\tquestion\n2\t不动产\n");
        let qrels = folder.file("qrels", "1 0 a:sec_1 1\n1 0 a:sec_2 0\n1 0 a:sec_3 -1\n");
        let set = read_set(&topics, &qrels).expect("read");
        let grades: Vec<_> = set.queries.iter().map(|query| query.grades().collect::<Vec<_>>()).collect();
        assert_eq!((grades, set.ungraded, set.answering), (vec![vec![1]], 1, 1));
        assert_eq!(set.queries.first().map(|query| query.kind.as_str()), Some("question"));
    }

    #[test]
    fn a_run_reads_back_as_written() {
        let hits = vec![("a:1".to_owned(), 0.1 + 0.2), ("a:2".to_owned(), 0.25)];
        let run = Run { rankings: vec![("q1".to_owned(), hits), ("q0".to_owned(), Vec::new())] };
        let folder = Folder::new();
        let path = folder.file("run", &run.to_text("my tag"));
        let read = read_run(&path).expect("read");
        assert_eq!(read.ranking("q1"), run.ranking("q1"));
        assert_eq!(read.ranking("q0"), None, "a query without hits has no line");
    }

    #[test]
    fn scores_decide_the_order_and_ranks_between_equals() {
        let folder = Folder::new();
        let path = folder.file("run", "q Q0 c 3 1.0 t\nq Q0 b 2 1.0 t\nq Q0 a 1 0.5 t\n");
        let run = read_run(&path).expect("read");
        let order: Vec<&str> =
            run.ranking("q").unwrap_or_default().iter().map(|(clause, _)| clause.as_str()).collect();
        assert_eq!(order, ["b", "c", "a"]);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_file_and_line() {
        type Reader = fn(&Path) -> Result<()>;
        let qrels: Reader = |path| read_qrels(path).map(|_| ());
        let topics: Reader = |path| read_topics(path).map(|_| ());
        let run: Reader = |path| read_run(path).map(|_| ());
        let cases: [(&str, &str, Reader, &str); 10] = [
            ("qrels", "1 0 a 1\n\n1 0 b\n", qrels, "line 3: not of the form"),
            ("qrels", "1 0 a high\n", qrels, "line 1: grade \"high\""),
            ("qrels", "1 0 a 11\n", qrels, "line 1: grade 11 is out of range"),
            ("qrels", "1 0 a 1\n1 0 a 2\n", qrels, "line 2: clause a is judged twice"),
            ("topics", "1 企业注销\n", topics, "line 1: not of the form"),
            ("topics", "1\ta\n1\tb\n", topics, "line 2: query 1 is given twice"),
            ("topics", "<top>\n<num> 1\n</top>\n", topics, "line 1: a topic without"),
            ("run", "1 Q0 a 1 0.5\n", run, "line 1: not of the form"),
            ("run", "1 Q0 a 1 NaN t\n", run, "line 1: the score"),
            ("run", "1 Q0 a 1 2 t\n1 Q0 a 2 1 t\n", run, "line 2: clause a is given twice"),
        ];
        let folder = Folder::new();
        for (name, text, reader, expected) in cases {
            let path = folder.file(name, text);
            let error = reader(&path).expect_err(expected);
            let message = error.to_string();
            assert!(message.contains(expected) && message.contains(name), "{message}");
            assert_eq!((error.code(), error.field()), ("malformed_trec", Some(name)));
        }
    }
}
