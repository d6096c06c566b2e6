//! Tables of figures in a terminal.

use std::io::Write;

use super::super::line;
use crate::error::Result;
use crate::eval::{Measures, Report};

/// A line of a table: a label, how many, the figures. A figure that is none shows as a dash.
pub(super) fn row(
    out: &mut dyn Write,
    label: &str,
    count: Option<usize>,
    figures: impl IntoIterator<Item = Option<f64>>,
) -> Result<()> {
    let count = count.map(|count| count.to_string()).unwrap_or_default();
    let mut text = format!("{label:<28}{count:>5}");
    for figure in figures {
        let shown = figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.4}"));
        text.push_str(&format_cell(&shown));
    }
    line(out, text)
}

/// The head of a table.
pub(super) fn head<'a>(
    out: &mut dyn Write,
    label: &str,
    columns: impl IntoIterator<Item = &'a str>,
) -> Result<()> {
    let mut text = format!("{label:<28}{:>5}", "");
    columns.into_iter().for_each(|column| text.push_str(&format_cell(column)));
    line(out, text)
}

fn format_cell(text: &str) -> String {
    format!("{text:>12}")
}

/// Every measure of `report`: over all queries, then by kind.
pub(super) fn report(out: &mut dyn Write, label: &str, report: &Report) -> Result<()> {
    head(out, label, Measures::NAMES)?;
    row(out, "all", Some(report.queries.len()), report.mean().values().map(Some))?;
    for (kind, (count, measures)) in report.by_kind() {
        row(out, kind, Some(count), measures.values().map(Some))?;
    }
    Ok(())
}

/// nDCG@10 of `report` over all queries, then for each of `kinds`.
pub(super) fn ndcg(report: &Report, kinds: &[String]) -> Vec<Option<f64>> {
    let by_kind = report.by_kind();
    let of_kind = |kind: &String| by_kind.get(kind.as_str()).map(|(_, measures)| measures.ndcg_10);
    std::iter::once(Some(report.mean().ndcg_10)).chain(kinds.iter().map(of_kind)).collect()
}
