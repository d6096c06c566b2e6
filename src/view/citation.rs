//! How a clause is cited in official writing.

use std::borrow::Cow;

use super::Permalinks;
use crate::model::{Clause, Document, Status};

/// What headings end in that must not stand before the comma of a citation.
const DANGLING: [char; 12] = ['：', ':', '，', ',', '、', '。', '；', ';', '.', '．', '-', '—'];
/// Words by which a title says itself that it is a draft.
const DRAFT_WORDS: [&str; 3] = ["征求意见稿", "草案", "送审稿"];

/// By these a note in brackets says who is responsible.
const RESPONSIBILITY_WORDS: [&str; 4] = ["牵头", "责任单位", "责任部门", "配合"];

/// 《题名》（文号）附件、条目，发布机关，日期，permalink: what the document does not state is left out. A
/// draft and what is repealed are called so after the number.
pub fn citation(document: &Document, clause: &Clause, links: &Permalinks) -> String {
    let head = format!("{}{}", head(document), place(document, clause));
    joined(document, head, links.clause(clause.id.as_str()))
}

/// The same for a whole document: 《题名》（文号），发布机关，日期，permalink.
pub fn document_citation(document: &Document, links: &Permalinks) -> String {
    joined(document, head(document), links.document(document.id.as_str()))
}

fn joined(document: &Document, head: String, link: String) -> String {
    let issuer = stated(document.issuer.as_deref()).map(Cow::Borrowed);
    let date = stated(document.date.as_deref()).map(|date| chinese_date(date).into());
    [Some(head.into()), issuer, date, Some(link.into())].into_iter().flatten().collect::<Vec<_>>().join("，")
}

fn head(document: &Document) -> String {
    let number = stated(document.number.as_deref()).map(|number| format!("（{}）", bare(number)));
    let status = notable_status(document).map(|status| format!("（{status}）"));
    format!(
        "《{}》{}{}",
        inner_title(&document.title),
        number.unwrap_or_default(),
        status.unwrap_or_default()
    )
}

fn stated(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// A number that stands in brackets already, without them.
fn bare(number: &str) -> &str {
    let within = number.strip_prefix('（').and_then(|rest| rest.strip_suffix('）'));
    within.filter(|within| !within.contains(['（', '）'])).unwrap_or(number)
}

/// 征求意见稿 where the title does not say so itself, 已废止; nothing for what is in force.
fn notable_status(document: &Document) -> Option<&'static str> {
    let says_draft = || DRAFT_WORDS.iter().any(|word| document.title.contains(word));
    match document.status {
        Status::Draft if says_draft() => None,
        Status::Draft | Status::Repealed => Some(document.status.words()),
        Status::Effective | Status::Trial => None,
    }
}

/// The title as it stands within 《》: marks of titles in it alternate, outermost 〈〉, as GB/T 15834 asks.
fn inner_title(title: &str) -> String {
    let mut depth = 0_u32;
    let convert = |mark: char| match mark {
        '《' | '〈' => {
            depth += 1;
            if depth % 2 == 1 { '〈' } else { '《' }
        }
        '》' | '〉' => {
            let closed = if depth.is_multiple_of(2) && depth > 0 { '》' } else { '〉' };
            depth = depth.saturating_sub(1);
            closed
        }
        other => other,
    };
    unwrapped(title.trim()).chars().map(convert).collect()
}

/// A title that stands in 《》 as a whole, without them.
fn unwrapped(title: &str) -> &str {
    let within = title.strip_prefix('《').and_then(|rest| rest.strip_suffix('》'));
    within.filter(|within| !within.contains(['《', '》'])).unwrap_or(title)
}

/// The headings, outermost first, then the clause's own number. A heading that repeats the title or the
/// heading above it says nothing.
fn place(document: &Document, clause: &Clause) -> String {
    let headings = clause.path.iter().map(|heading| Cow::Borrowed(cited_heading(heading)));
    let mut parts: Vec<Cow<'_, str>> = Vec::new();
    for part in headings.chain(ordinal(clause).map(Cow::Owned)) {
        let is_said = part.is_empty() || part == document.title.trim() || parts.last() == Some(&part);
        if !is_said {
            parts.push(part);
        }
    }
    parts.join(" ")
}

/// A heading without the note that says who is responsible, and without what it ends in.
fn cited_heading(heading: &str) -> &str {
    let heading = heading.trim().trim_end_matches(DANGLING);
    let note = heading.rfind(['（', '(']).filter(|_| heading.ends_with(['）', ')']));
    let (name, note) = note.and_then(|at| heading.split_at_checked(at)).unwrap_or((heading, ""));
    let is_responsibility = RESPONSIBILITY_WORDS.iter().any(|word| note.contains(word));
    if is_responsibility && !name.is_empty() { name.trim_end().trim_end_matches(DANGLING) } else { heading }
}

/// A clause's number as one says it: `3.` is 第3项; `（二）` and `第六条` stand for themselves.
pub(crate) fn ordinal(clause: &Clause) -> Option<String> {
    let number = clause.number.as_deref()?.trim().trim_end_matches(['.', '．', '、', ' ']);
    let is_plain = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    Some(if is_plain { format!("第{number}项") } else { number.to_owned() })
}

/// `2022-03-25` as 2022年3月25日; anything else as it stands.
pub(crate) fn chinese_date(date: &str) -> String {
    let mut parts = date.splitn(3, '-').map(str::parse::<u32>);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) => format!("{year}年{month}月{day}日"),
        _ => date.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClauseId, ClauseKind, DocumentId, Facts, Span};

    /// A row of `tests/cases/citations.toml`; what is left out the document does not state.
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        title: String,
        number: Option<String>,
        issuer: Option<String>,
        date: Option<String>,
        #[serde(default)]
        status: Status,
        #[serde(default)]
        path: Vec<String>,
        clause_number: Option<String>,
        public_url: Option<String>,
        citation: String,
    }

    #[derive(serde::Deserialize)]
    struct Rows {
        row: Vec<Row>,
    }

    fn cited(row: &Row) -> String {
        let id = DocumentId::from_stem("doc");
        let clause = Clause {
            id: ClauseId::new(&id, "item_1"),
            path: row.path.clone(),
            number: row.clause_number.clone(),
            kind: ClauseKind::Measure,
            text: String::new(),
            span: Span { start: 0, end: 0 },
            line: 1,
            table: Vec::new(),
            facts: Facts::default(),
            inherited: Facts::default(),
        };
        let document = Document {
            id,
            title: row.title.clone(),
            file: "doc.txt".into(),
            region: None,
            issuer: row.issuer.clone(),
            number: row.number.clone(),
            date: row.date.clone(),
            year: None,
            status: row.status,
            sha256: String::new(),
        };
        let links = row.public_url.as_deref().map(|url| Permalinks::below(url).expect("an address"));
        citation(&document, &clause, &links.unwrap_or_default())
    }

    #[test]
    fn rows_of_the_genre() {
        let rows: Rows = toml::from_str(include_str!("../../tests/cases/citations.toml")).expect("rows");
        for row in rows.row {
            assert_eq!(cited(&row), row.citation);
        }
    }

    #[test]
    fn dates_in_words() {
        assert_eq!(chinese_date("2022-03-05"), "2022年3月5日");
        assert_eq!(chinese_date("2022年"), "2022年");
    }
}
