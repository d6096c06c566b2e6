//! Rows as objects, in the order of the columns.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::table::{Cell, Column, Kind, Table};
use crate::error::{Error, Result};

/// `table` as one JSON object.
pub(super) fn bytes(table: &Table) -> Result<Vec<u8>> {
    let document = Document {
        title: &table.title,
        total: table.total(),
        truncated: table.is_cut(),
        notes: Notes(&table.notes),
        columns: table.columns().iter().map(ColumnView::from).collect(),
        rows: Rows(table),
    };
    serde_json::to_vec(&document).map_err(|error| Error::internal("writing JSON").with_source(error))
}

#[derive(Serialize)]
struct Document<'a> {
    title: &'a str,
    total: usize,
    truncated: bool,
    notes: Notes<'a>,
    columns: Vec<ColumnView<'a>>,
    rows: Rows<'a>,
}

#[derive(Serialize)]
struct ColumnView<'a> {
    name: &'a str,
    kind: &'static str,
}

impl<'a> From<&'a Column> for ColumnView<'a> {
    fn from(column: &'a Column) -> Self {
        let kind = match column.kind {
            Kind::Text => "text",
            Kind::Number => "number",
            Kind::Date => "date",
            Kind::Link => "link",
        };
        Self { name: &column.name, kind }
    }
}

struct Notes<'a>(&'a [(String, String)]);

impl Serialize for Notes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

struct Rows<'a>(&'a Table);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let rows = self.0.rows();
        let mut sequence = serializer.serialize_seq(Some(rows.len()))?;
        for cells in rows {
            sequence.serialize_element(&Row { columns: self.0.columns(), cells })?;
        }
        sequence.end()
    }
}

struct Row<'a> {
    columns: &'a [Column],
    cells: &'a [Cell],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for (column, cell) in self.columns.iter().zip(self.cells) {
            match cell {
                Cell::Empty => map.serialize_entry(&column.name, &())?,
                Cell::Number(number) => map.serialize_entry(&column.name, number)?,
                Cell::Text(text) | Cell::Date(text) | Cell::Link(text) => {
                    map.serialize_entry(&column.name, text)?;
                }
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_objects_in_order() {
        let columns =
            [Column::text("条款", 10), Column::number("数"), Column::date("日期"), Column::link("链接")];
        let row = vec![Cell::text("=1"), Cell::Number(2.5), Cell::Empty, Cell::Link("/a".into())];
        let table = Table::new("表", columns).with_note("检索", "用水").with_rows([row], 3);
        let text = String::from_utf8(bytes(&table).expect("written")).expect("UTF-8");
        assert!(text.contains(r#""rows":[{"条款":"=1","数":2.5,"日期":null,"链接":"/a"}]"#), "{text}");
        assert!(
            text.starts_with(r#"{"title":"表","total":3,"truncated":true,"notes":{"检索":"用水"}"#),
            "{text}"
        );
    }
}
