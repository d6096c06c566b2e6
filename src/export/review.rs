//! A review as rows: a row a precedent of a clause, then what the draft lacks and where it contradicts itself.

use super::table::{Cell, Column, Table};
use crate::index::{DocumentRecord, Generation};
use crate::search::review::{ClauseReview, Precedent, Review};
use crate::view::{Permalinks, caution_words, citation, finding_words, standing_words};

/// `review` of `draft` as a table.
pub fn table_of_review(
    generation: &Generation,
    draft: &DocumentRecord,
    review: &Review,
    links: &Permalinks,
) -> Table {
    let columns = vec![
        Column::text("类别", 14),
        Column::text("本稿条目", 30),
        Column::text("本稿原文", 60),
        Column::text("提示", 28),
        Column::text("目标比较", 40),
        Column::text("地区", 16),
        Column::text("先例原文", 60),
        Column::number("相关度"),
        Column::text("先例状态", 14),
        Column::text("引用格式", 48),
        Column::link("链接"),
    ];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for clause in &review.clauses {
        rows.extend(clause_rows(generation, draft, clause, links));
    }
    rows.extend(review.missing.iter().flat_map(|measure| {
        measure.examples.iter().filter_map(|clause| {
            let found = generation.clause(*clause)?;
            let mut row = vec![
                Cell::text("本稿缺少"),
                Cell::stated(measure.domain.as_deref()),
                Cell::text(measure.title.as_str()),
            ];
            row.extend([Cell::text(format!("{} 个地区已有", measure.regions.len())), Cell::Empty]);
            row.extend(precedent_cells(generation, found.index, None, None, links));
            Some(row)
        })
    }));
    rows.extend(review.contradictions.iter().map(|contradiction| {
        let said: Vec<&str> = contradiction.said.iter().map(|said| said.raw.as_str()).collect();
        let mut row = vec![
            Cell::text("前后不一"),
            Cell::text(contradiction.name.as_str()),
            Cell::text(said.join(" ≠ ")),
        ];
        row.resize(columns.len(), Cell::Empty);
        row
    }));
    let total = rows.len();
    Table::new(format!("对照审查 {}", draft.document.title), columns)
        .with_note("文件", draft.document.title.as_str())
        .with_note("对照地区", format!("{} 个", review.regions))
        .with_rows(rows, total)
}

/// A row a precedent; the draft's own cells stand in the first.
fn clause_rows(
    generation: &Generation,
    draft: &DocumentRecord,
    review: &ClauseReview,
    links: &Permalinks,
) -> Vec<Vec<Cell>> {
    let Some(clause) = draft.clauses.get(review.clause) else { return Vec::new() };
    let findings: Vec<&str> = review.findings.iter().map(|finding| finding_words(*finding)).collect();
    let standings: Vec<String> =
        review.standings.iter().map(|standing| standing_words(generation, standing)).collect();
    let own = [
        Cell::text("条款"),
        Cell::text(clause.path.join(" › ")),
        Cell::text(clause.text.trim()),
        Cell::text(findings.join("；")),
        Cell::text(standings.join("\n")),
    ];
    let precedent = |found: &Precedent| {
        let kind = match (found.caution, found.is_counterpart) {
            (Some(caution), _) => Some(caution_words(caution)),
            (None, false) => Some("最接近，未必同一举措"),
            (None, true) => None,
        };
        precedent_cells(generation, found.clause, Some(found.relevance), kind, links)
    };
    let mut rows: Vec<Vec<Cell>> =
        review.precedents.iter().map(|found| own.iter().cloned().chain(precedent(found)).collect()).collect();
    if rows.is_empty() {
        rows.push(own.into_iter().chain(std::iter::repeat_n(Cell::Empty, 6)).collect());
    }
    rows
}

fn precedent_cells(
    generation: &Generation,
    clause: u32,
    relevance: Option<f32>,
    state: Option<&str>,
    links: &Permalinks,
) -> Vec<Cell> {
    let Some(found) = generation.clause(clause) else { return vec![Cell::Empty; 6] };
    let region = found.document.region.as_ref().map(|region| region.name.as_str());
    vec![
        Cell::stated(region),
        Cell::text(found.clause.text.trim()),
        relevance.map_or(Cell::Empty, Cell::relevance),
        Cell::stated(state),
        Cell::text(citation(found.document, found.clause, links)),
        Cell::Link(links.clause(found.clause.id.as_str())),
    ]
}
