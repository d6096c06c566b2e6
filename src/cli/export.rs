//! `--export FILE`: an answer as a table in a file.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use super::line;
use crate::error::{Error, Result};
use crate::export::{self, Format, MAX_ROWS, Table};

/// How many rows `limit` asks for; all that an export holds without it.
pub(super) fn rows(limit: Option<usize>) -> Result<usize> {
    let rows = limit.unwrap_or(MAX_ROWS);
    if (1..=MAX_ROWS).contains(&rows) {
        return Ok(rows);
    }
    let message = format!("limit: {rows} is out of range; an export takes 1 to {MAX_ROWS}");
    Err(Error::invalid("invalid_limit", "limit", message))
}

/// Writes the table that `make` makes to `path` in the format that its suffix names. A suffix that names none
/// is refused before anything is made; of a table without rows no file is left.
pub(super) fn write(
    out: &mut dyn Write,
    path: &Path,
    make: impl FnOnce() -> Result<Table>,
) -> Result<ExitCode> {
    let format = Format::of_file(path)?;
    let table = make()?;
    if table.rows().is_empty() {
        line(out, "没有找到，未写文件。")?;
        return Ok(ExitCode::from(3));
    }
    let bytes = export::bytes(&table, format)?;
    std::fs::write(path, bytes).map_err(|error| Error::io(path.display(), error))?;
    let shown = table.rows().len();
    let cut = if table.is_cut() { format!("（共 {} 行）", table.total()) } else { String::new() };
    line(out, format_args!("已导出 {shown} 行到 {}{cut}", path.display()))?;
    Ok(ExitCode::SUCCESS)
}
