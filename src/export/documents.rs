//! Documents as rows.

use super::table::{Cell, Column, Table};
use crate::index::Generation;
use crate::model::{Document, Region};
use crate::view::{Permalinks, document_citation};

/// The columns of [`document_cells`], with which every row about a document begins.
pub(super) fn document_columns() -> Vec<Column> {
    vec![
        Column::text("地区", 24),
        Column::text("文件", 40),
        Column::text("文号", 22),
        Column::text("发布机关", 24),
        Column::date("日期"),
        Column::text("状态", 12),
    ]
}

/// What is said of `document` in every row about it.
pub(super) fn document_cells(document: &Document) -> Vec<Cell> {
    vec![
        document.region.as_ref().map_or(Cell::Empty, |region| Cell::text(full_name(region))),
        Cell::text(document.title.as_str()),
        Cell::stated(document.number.as_deref()),
        Cell::stated(document.issuer.as_deref()),
        Cell::date(document.date.as_deref()),
        Cell::text(document.status.words()),
    ]
}

/// 安徽省淮北市相山区.
fn full_name(region: &Region) -> String {
    let above = [&region.province, &region.city].into_iter().flatten().filter(|above| **above != region.name);
    above.chain([&region.name]).cloned().collect()
}

/// The documents of `generation` in order of their ids, at most `most`.
pub fn table_of_documents(generation: &Generation, links: &Permalinks, most: usize) -> Table {
    let mut columns = document_columns();
    columns.extend([
        Column::number("条款数"),
        Column::text("文件名", 30),
        Column::text("引用格式", 48),
        Column::link("链接"),
    ]);
    let all = generation.documents();
    let rows = all.iter().take(most).map(|record| {
        let document = &record.document;
        let mut cells = document_cells(document);
        cells.extend([
            Cell::Number(record.clauses.len() as f64),
            Cell::text(document.file.as_str()),
            Cell::text(document_citation(document, links)),
            Cell::Link(links.document(document.id.as_str())),
        ]);
        cells
    });
    Table::new("文件清单", columns).with_note("文件", format!("{} 份", all.len())).with_rows(rows, all.len())
}
