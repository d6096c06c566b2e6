//! What a person should look at first. Thresholds are what whole documents of the genre hardly ever
//! reach; a doubt is a hint, never an error.

use super::{Characters, Doubt, Dropped, FactCounts, Field, FieldName, Source};
use crate::index::DocumentRecord;
use crate::split::MAX_CLAUSE;

/// Characters of a dropped line from which on, with a full stop within, it reads like text.
const SENTENCE: usize = 40;

/// Share of the text, in percent, that one clause may have where there is text for several.
const MOST_IN_ONE: usize = 50;

/// Characters of a text that should hold several clauses.
const FOR_SEVERAL: usize = 1_500;

/// Measures of which one in five at least should name an agency.
const MANY_MEASURES: usize = 10;

/// Warnings per hundred clauses that are many.
const MANY_WARNINGS: usize = 20;

/// The doubts about `record`.
pub(super) fn doubts(
    record: &DocumentRecord,
    front: &[Field],
    characters: &Characters,
    facts: &FactCounts,
    dropped: &[Dropped],
) -> Vec<Doubt> {
    let mut doubts = front_matter(front);
    let percent = |part: usize| part * 100 / characters.all.max(1);
    let sentences = dropped.iter().filter(|dropped| reads_like_text(&dropped.text)).count();
    if sentences > 0 {
        doubts.push(doubt("dropped_text", format!("略去的杂项中有{sentences}行像是正文，请核对")));
    }
    let longest = record.clauses.iter().map(|clause| clause.text.chars().count()).max().unwrap_or(0);
    if characters.all >= FOR_SEVERAL && percent(longest) >= MOST_IN_ONE {
        doubts.push(doubt("one_clause", format!("一个条款占全文{}%，可能没有切分开", percent(longest))));
    }
    let cut = record.clauses.iter().filter(|clause| clause.id.as_str().contains("__part_")).count();
    if cut > 0 {
        let message = format!("{cut}处接续：条款超过{MAX_CLAUSE}字，已按内部序号或句子切开");
        doubts.push(doubt("cut_to_size", message));
    }
    if facts.measures >= MANY_MEASURES && facts.measures_with_agency * 5 < facts.measures {
        let message = format!("{}条举措中只有{}条有责任单位", facts.measures, facts.measures_with_agency);
        doubts.push(doubt("few_agencies", message));
    }
    if record.warnings.len() * 100 >= MANY_WARNINGS * record.clauses.len().max(1) && record.warnings.len() > 2
    {
        let message = format!("{}条款有{}条提示", record.clauses.len(), record.warnings.len());
        doubts.push(doubt("many_warnings", message));
    }
    doubts
}

fn reads_like_text(line: &str) -> bool {
    line.chars().count() >= SENTENCE && line.contains('。')
}

fn front_matter(front: &[Field]) -> Vec<Doubt> {
    let of = |name| front.iter().find(|field| field.name == name);
    let missing = |name| of(name).is_none_or(|field| field.value.is_none());
    let wanted = [
        (FieldName::Region, "no_region", "没有认出地区，地区筛选找不到它；可在 manifest.toml 中写明"),
        (FieldName::Date, "no_date", "没有认出成文日期；可在 manifest.toml 中写明"),
        (FieldName::Issuer, "no_issuer", "没有认出发文机关"),
        (FieldName::Number, "no_number", "没有认出发文字号"),
    ];
    let mut doubts: Vec<Doubt> = wanted
        .into_iter()
        .filter(|(name, ..)| missing(*name))
        .map(|(_, code, message)| doubt(code, message.to_owned()))
        .collect();
    if of(FieldName::Title).is_some_and(|title| title.source == Some(Source::FileName)) {
        doubts.insert(0, doubt("no_title", "没有认出标题，暂用文件名".to_owned()));
    }
    doubts
}

fn doubt(code: &'static str, message: String) -> Doubt {
    Doubt { code, message }
}
