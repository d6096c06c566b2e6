//! What a search box can complete: the regions, domains, agencies, documents and headings that a
//! generation holds, found by a part of their name or by the first letters of its sounds.

use std::collections::HashMap;

use crate::index::record::DocumentRecord;
use crate::model::{Clause, ClauseKind, Region};
use crate::text::fold::fold_text;
use crate::text::{marker, sound};

/// Headings kept; of a larger index the most frequent, so that one look stays well below a millisecond.
const MAX_HEADINGS: usize = 20_000;
/// Headings shorter than this say nothing, longer ones are sentences; in characters.
const HEADING: std::ops::RangeInclusive<usize> = 4..=30;
/// Suggestions of one kind, so that no kind crowds out the others.
const OF_KIND: usize = 4;
/// Fewest letters that are read as the beginnings of syllables: one letter begins a tenth of all names.
const LETTERS: usize = 2;

/// What a suggestion is the name of; in the order in which equals are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionKind {
    /// 地区
    Region,
    /// 指标领域
    Domain,
    /// 单位
    Unit,
    /// 文件
    Document,
    /// 标题: of a section or of a clause
    Heading,
}

/// A name that a search box can complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What it is the name of.
    pub kind: SuggestionKind,
    /// The name as a person reads it.
    pub label: String,
    /// What tells it from its like: province and city of a region, number of a document.
    pub detail: Option<String>,
    /// What a filter takes: a region's code, an agency's canonical name, a document's id; of a heading its words.
    pub value: String,
    /// Clauses that it holds.
    pub clauses: usize,
}

struct Entry {
    suggestion: Suggestion,
    /// Name and number, folded.
    folded: Vec<String>,
    /// First letters of the name's sounds.
    initials: String,
}

/// All names of a generation.
pub struct SuggestionIndex {
    entries: Vec<Entry>,
}

/// How well a name answers, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Whole,
    Start,
    Within,
    Sounds,
}

impl SuggestionIndex {
    /// The names in `documents`.
    pub(super) fn new<'a>(documents: impl Iterator<Item = &'a DocumentRecord>) -> Self {
        let mut names = Names::default();
        for record in documents {
            names.add(record);
        }
        Self { entries: names.into_suggestions().into_iter().map(Entry::of).collect() }
    }

    /// At most `limit` names that hold `typed`, in any width and script, or that begin with its letters: best
    /// first, at most four of one kind.
    pub fn find(&self, typed: &str, limit: usize) -> Vec<&Suggestion> {
        let wanted = fold_text(typed.trim());
        if wanted.is_empty() {
            return Vec::new();
        }
        let letters = wanted.bytes().all(|byte| byte.is_ascii_lowercase()) && wanted.len() >= LETTERS;
        let fitting = self.entries.iter().filter_map(|entry| Some((entry.fit(&wanted, letters)?, entry)));
        let mut fitting: Vec<(Fit, &Suggestion)> =
            fitting.map(|(fit, entry)| (fit, &entry.suggestion)).collect();
        fitting.sort_by(|(a_fit, a), (b_fit, b)| {
            let order = a_fit.cmp(b_fit).then(a.kind.cmp(&b.kind)).then(b.clauses.cmp(&a.clauses));
            order.then_with(|| a.label.len().cmp(&b.label.len())).then_with(|| a.value.cmp(&b.value))
        });
        let mut of_kind: HashMap<SuggestionKind, usize> = HashMap::new();
        fitting.retain(|(_, suggestion)| {
            let count = of_kind.entry(suggestion.kind).or_default();
            *count += 1;
            *count <= OF_KIND
        });
        fitting.into_iter().take(limit).map(|(_, suggestion)| suggestion).collect()
    }
}

impl Entry {
    fn of(suggestion: Suggestion) -> Self {
        let number = suggestion.detail.as_deref().filter(|_| suggestion.kind == SuggestionKind::Document);
        let folded = [Some(suggestion.label.as_str()), number].into_iter().flatten().map(fold_text);
        Self { folded: folded.collect(), initials: sound::initials(&suggestion.label), suggestion }
    }

    fn fit(&self, wanted: &str, letters: bool) -> Option<Fit> {
        let of_name = |name: &String| match name.find(wanted)? {
            0 if name.len() == wanted.len() => Some(Fit::Whole),
            0 => Some(Fit::Start),
            _ => Some(Fit::Within),
        };
        let by_name = self.folded.iter().filter_map(of_name).min();
        by_name.or_else(|| (letters && self.initials.starts_with(wanted)).then_some(Fit::Sounds))
    }
}

/// Names while they are counted, by kind and value.
#[derive(Default)]
struct Names {
    names: HashMap<(SuggestionKind, String), Suggestion>,
}

impl Names {
    fn add(&mut self, record: &DocumentRecord) {
        let document = &record.document;
        let clauses = record.clauses.len();
        for (code, name, above) in document.region.iter().flat_map(lineage) {
            self.count(SuggestionKind::Region, code, &name, above, clauses);
        }
        let id = document.id.as_str().to_owned();
        self.count(SuggestionKind::Document, id, &document.title, document.number.clone(), clauses);
        let mut heading_before: Option<&String> = None;
        for clause in &record.clauses {
            self.add_facts(clause);
            let heading = clause.path.last();
            if let Some(heading) = heading.filter(|_| heading != heading_before) {
                self.add_heading(heading);
            }
            heading_before = heading;
            if let Some(title) = title(clause) {
                self.add_heading(title);
            }
        }
    }

    fn add_facts(&mut self, clause: &Clause) {
        if let Some(domain) = clause.facts.domain.as_ref().or(clause.inherited.domain.as_ref()) {
            self.count(SuggestionKind::Domain, domain.clone(), domain, None, 1);
        }
        let mut units: Vec<&str> = clause.facts.units.iter().map(|unit| unit.canonical.as_str()).collect();
        units.sort_unstable();
        units.dedup();
        for unit in units {
            self.count(SuggestionKind::Unit, unit.to_owned(), unit, None, 1);
        }
    }

    fn add_heading(&mut self, heading: &str) {
        let words = without_marker(heading);
        if HEADING.contains(&words.chars().count()) && !holds_telephone(words) {
            self.count(SuggestionKind::Heading, words.to_owned(), words, None, 1);
        }
    }

    fn count(
        &mut self,
        kind: SuggestionKind,
        value: String,
        label: &str,
        detail: Option<String>,
        clauses: usize,
    ) {
        let key = (kind, value);
        if let Some(known) = self.names.get_mut(&key) {
            known.clauses += clauses;
            return;
        }
        let (label, value) = (label.to_owned(), key.1.clone());
        self.names.insert(key, Suggestion { kind, label, detail, value, clauses });
    }

    fn into_suggestions(self) -> Vec<Suggestion> {
        let (mut headings, mut others): (Vec<_>, Vec<_>) =
            self.names.into_values().partition(|name| name.kind == SuggestionKind::Heading);
        headings.sort_by(|a, b| b.clauses.cmp(&a.clauses).then_with(|| a.value.cmp(&b.value)));
        headings.truncate(MAX_HEADINGS);
        others.append(&mut headings);
        others
    }
}

/// Code, name and what lies above of a region and of those that it lies in.
fn lineage(region: &Region) -> Vec<(String, String, Option<String>)> {
    let code = |digits: usize| region.code.get(..digits).map(|head| format!("{head:0<6}"));
    let province = region.province.clone().and_then(|name| Some((code(2)?, name, None)));
    let city = region.city.clone().and_then(|name| Some((code(4)?, name, region.province.clone())));
    let above: String = [&region.province, &region.city].into_iter().flatten().map(String::as_str).collect();
    let own = (region.code.clone(), region.name.clone(), Some(above).filter(|above| !above.is_empty()));
    let mut rows: Vec<(String, String, Option<String>)> = province.into_iter().chain(city).collect();
    rows.retain(|(code, ..)| *code != own.0);
    rows.push(own);
    rows
}

/// The short first sentence of a clause that does or aims at something; rosters name people.
fn title(clause: &Clause) -> Option<&str> {
    let says = matches!(
        clause.kind,
        ClauseKind::Measure | ClauseKind::Goal | ClauseKind::Safeguard | ClauseKind::Article
    );
    let first = clause.text.trim_start().split(['\n', '。']).next().filter(|_| says)?;
    (!first.contains(['，', '；', ',', '：', ':'])).then_some(first)
}

/// Whether `text` has as many digits in a row as a telephone number: personal data is not suggested.
fn holds_telephone(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 7)
}

/// A heading without its number and without the note in brackets behind it: 一、推行并联审批（区住建局牵头） is
/// looked for as 推行并联审批.
fn without_marker(heading: &str) -> &str {
    let heading = heading.trim();
    let rest = marker::read(heading).and_then(|marker| heading.get(marker.length..)).unwrap_or(heading);
    let rest = ["附件", "方案", "表"].iter().find_map(|word| after_number(rest, word)).unwrap_or(rest);
    let rest = match rest.rfind(['(', '（']) {
        Some(note) if note > 0 && rest.ends_with([')', '）']) => rest.get(..note).unwrap_or(rest),
        _ => rest,
    };
    rest.trim().trim_end_matches(['。', '：', ':', '；'])
}

/// What stands after `word` and a number: the title that 方案3 gives a name.
fn after_number<'a>(heading: &'a str, word: &str) -> Option<&'a str> {
    let rest = heading.strip_prefix(word)?.trim_start();
    let title = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    (title.len() < rest.len() && !title.trim().is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(names: &[(SuggestionKind, &str, Option<&str>, usize)]) -> SuggestionIndex {
        let suggestion = |(kind, label, detail, clauses): &(SuggestionKind, &str, Option<&str>, usize)| {
            let (label, detail) = ((*label).to_owned(), detail.map(str::to_owned));
            Suggestion { kind: *kind, value: label.clone(), label, detail, clauses: *clauses }
        };
        SuggestionIndex { entries: names.iter().map(suggestion).map(Entry::of).collect() }
    }

    fn labels<'a>(index: &'a SuggestionIndex, typed: &str) -> Vec<&'a str> {
        index.find(typed, 8).into_iter().map(|found| found.label.as_str()).collect()
    }

    #[test]
    fn by_beginning_by_part_by_number_and_by_sound() {
        let index = index(&[
            (SuggestionKind::Region, "安徽省", None, 9),
            (SuggestionKind::Unit, "区住房和城乡建设局", None, 5),
            (SuggestionKind::Document, "优化营商环境方案", Some("政办〔2022〕6号"), 7),
            (SuggestionKind::Heading, "住房公积金提取", None, 2),
        ]);
        let rows = [
            ("住房", vec!["住房公积金提取", "区住房和城乡建设局"]),
            ("營商", vec!["优化营商环境方案"]),
            ("［2022］6号", vec!["优化营商环境方案"]),
            ("ah", vec!["安徽省"]),
            ("a", vec![]),
            ("  ", vec![]),
            ("海洋", vec![]),
        ];
        for (typed, expected) in rows {
            assert_eq!(labels(&index, typed), expected, "{typed}");
        }
    }

    #[test]
    fn no_kind_crowds_out_the_others() {
        let mut names: Vec<(SuggestionKind, String)> =
            (0..9).map(|n| (SuggestionKind::Unit, format!("税务{n}局"))).collect();
        names.push((SuggestionKind::Heading, "提升税务服务".to_owned()));
        let rows: Vec<_> = names.iter().map(|(kind, name)| (*kind, name.as_str(), None, 1)).collect();
        let index = index(&rows);
        let found = labels(&index, "税务");
        assert_eq!(found.len(), OF_KIND + 1);
        assert_eq!(found.last(), Some(&"提升税务服务"));
    }

    #[test]
    fn headings_without_their_numbers() {
        let rows = [
            ("（一）推行并联审批。", "推行并联审批"),
            ("3.压缩办理时间", "压缩办理时间"),
            ("工作目标：", "工作目标"),
            ("方案13 获得用水用气提升行动方案", "获得用水用气提升行动方案"),
            ("获得用水用气指标领域(区住建局牵头)", "获得用水用气指标领域"),
            ("方案落实情况", "方案落实情况"),
        ];
        for (heading, expected) in rows {
            assert_eq!(without_marker(heading), expected);
        }
    }
}
