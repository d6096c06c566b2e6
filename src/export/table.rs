//! What is exported, whatever the format.

/// A table with named columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What it shows; names the sheet and the file.
    pub title: String,
    /// What a reader must know of it, as name and value, such as the query that it answers.
    pub notes: Vec<(String, String)>,
    /// Its columns; no two have one name.
    columns: Vec<Column>,
    /// Its rows, each with a cell a column.
    rows: Vec<Vec<Cell>>,
    /// How many rows there are in all; more than it has where it was cut.
    total: usize,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// What its cells hold; one that does not may hold text.
    pub kind: Kind,
    /// Its greatest width on a sheet, in Latin characters: a Chinese one counts two.
    pub width: u16,
}

/// What a column's cells hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// Numbers.
    Number,
    /// Days.
    Date,
    /// Addresses.
    Link,
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Words, never read as a formula.
    Text(String),
    /// A number.
    Number(f64),
    /// A day, ISO 8601 (`2022-03-25`); written as text where it is none.
    Date(String),
    /// An address to open.
    Link(String),
}

impl Column {
    /// A column of words.
    pub fn text(name: impl Into<String>, width: u16) -> Self {
        Self { name: name.into(), kind: Kind::Text, width }
    }

    /// A column of numbers.
    pub fn number(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: Kind::Number, width: 12 }
    }

    /// A column of days.
    pub fn date(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: Kind::Date, width: 12 }
    }

    /// A column of addresses.
    pub fn link(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: Kind::Link, width: 40 }
    }
}

impl Cell {
    /// `text`, or an empty cell where there is none.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.trim().is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// `text` where it is stated.
    pub fn stated(text: Option<&str>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    /// How sure something is, 0 to 1, with three digits: more would say more than is known.
    pub fn relevance(relevance: f32) -> Self {
        Self::Number((f64::from(relevance) * 1000.0).round() / 1000.0)
    }

    /// The day `date` where it is stated.
    pub fn date(date: Option<&str>) -> Self {
        date.filter(|date| !date.trim().is_empty()).map_or(Self::Empty, |date| Self::Date(date.to_owned()))
    }

    /// What it shows as text; a number that is none shows nothing.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Date(text) | Self::Link(text) => text.clone(),
            Self::Number(number) if number.is_finite() => number.to_string(),
            Self::Empty | Self::Number(_) => String::new(),
        }
    }
}

impl Table {
    /// A table without rows. A column's name that another has already gets a number, for a row is an object
    /// in JSON.
    pub fn new(title: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> Self {
        let mut distinct: Vec<Column> = Vec::new();
        for mut column in columns {
            let is_taken = |name: &str| distinct.iter().any(|other| other.name == name);
            let numbered = (2..).map(|number: usize| format!("{}（{number}）", column.name));
            let name = std::iter::once(column.name.clone()).chain(numbered).find(|name| !is_taken(name));
            column.name = name.unwrap_or_default();
            distinct.push(column);
        }
        Self { title: title.into(), columns: distinct, ..Self::default() }
    }

    /// The same table with a note.
    #[must_use]
    pub fn with_note(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.notes.push((name.into(), value.into()));
        self
    }

    /// The same table with `rows`, of `total` there are; rows are cut or filled up to the columns.
    #[must_use]
    pub fn with_rows(mut self, rows: impl IntoIterator<Item = Vec<Cell>>, total: usize) -> Self {
        let width = self.columns.len();
        let fitted = rows.into_iter().map(|mut row| {
            row.resize(width, Cell::Empty);
            row
        });
        self.rows = fitted.collect();
        self.total = total.max(self.rows.len());
        self
    }

    /// Its columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Its rows, each with a cell a column.
    pub fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }

    /// How many rows there are in all.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Whether there are more rows than it has.
    pub fn is_cut(&self) -> bool {
        self.rows.len() < self.total
    }

    /// What to tell a reader where it was cut.
    pub(super) fn cut_note(&self) -> Option<String> {
        let note = || format!("共 {} 行，此处只有前 {} 行", self.total, self.rows.len());
        self.is_cut().then(note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_one_name_are_told_apart() {
        let names = ["城关区", "城关区", "相山区", "城关区"].map(|name| Column::text(name, 10));
        let table = Table::new("对比", names);
        let names: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["城关区", "城关区（2）", "相山区", "城关区（3）"]);
    }

    #[test]
    fn every_row_has_a_cell_a_column() {
        let table = Table::new("表", [Column::text("甲", 10), Column::number("乙")]);
        let table = table.with_rows([vec![], vec![Cell::Number(1.0); 3]], 0);
        assert!(table.rows().iter().all(|row| row.len() == 2));
        assert_eq!((table.total(), table.is_cut()), (2, false));
    }
}
