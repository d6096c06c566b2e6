//! Answers as tables for people: CSV, XLSX, JSON.
//!
//! Whatever is exported is a [`Table`] first; [`bytes`] writes it in one of three [`Format`]s. A new kind of
//! answer needs one function that makes a `Table` of it ([`table_of_search`] shows how) and nothing else.

mod clauses;
mod comparison;
mod csv;
mod documents;
mod json;
mod review;
mod table;
mod xlsx;

pub use clauses::{Shown, clause_cells, clause_columns, table_of_search, table_of_similar};
pub use comparison::table_of_comparison;
pub use documents::table_of_documents;
pub use review::table_of_review;
pub use table::{Cell, Column, Kind, Table};

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Most rows of one export.
pub const MAX_ROWS: usize = 1_000;

/// How a table is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Comma-separated values: UTF-8 with BOM and CRLF, as Excel and WPS expect.
    #[default]
    Csv,
    /// A workbook of Office Open XML.
    Xlsx,
    /// Rows as objects.
    Json,
}

impl Format {
    /// The format that the suffix of `path` names; `unknown_format` where it names none.
    pub fn of_file(path: &Path) -> Result<Self> {
        let suffix = path.extension().and_then(|suffix| suffix.to_str()).unwrap_or_default();
        match suffix.to_ascii_lowercase().as_str() {
            "csv" => Ok(Self::Csv),
            "xlsx" => Ok(Self::Xlsx),
            "json" => Ok(Self::Json),
            _ => {
                let message = format!("{}: name a file that ends in .csv, .xlsx or .json", path.display());
                Err(Error::invalid("unknown_format", "format", message))
            }
        }
    }

    /// The suffix of such a file, without the point.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
        }
    }
}

/// `table` written as `format`.
pub fn bytes(table: &Table, format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Csv => csv::bytes(table),
        Format::Xlsx => xlsx::bytes(table),
        Format::Json => json::bytes(table),
    }
}
