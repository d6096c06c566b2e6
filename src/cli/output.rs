//! Clauses for people in a terminal: region, headings, highlighted text.

use std::io::Write;

use anstyle::{AnsiColor, Style};

use super::line;
use crate::error::Result;
use crate::index::Generation;
use crate::model::Status;
use crate::search::{Answer, Hit};
use crate::view::{excerpt, pieces};

/// For errors.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// For names of regions.
pub(super) const REGION: Style = AnsiColor::Cyan.on_default().bold();
const MARK: Style = AnsiColor::Yellow.on_default().bold();
/// For what is secondary.
pub(super) const FAINT: Style = Style::new().dimmed();

/// Writes `answer` for people.
pub(super) fn answer(
    out: &mut dyn Write,
    generation: &Generation,
    answer: &Answer,
    explain: bool,
) -> Result<()> {
    for notice in &answer.notices {
        anstream::eprintln!("notice: {notice}");
    }
    if let Some(corrected) = &answer.corrected_query {
        line(out, format_args!("已显示“{corrected}”的结果；仍要原词请加 --no-correct"))?;
    }
    if let Some(suggestion) = &answer.suggestion {
        line(out, &suggestion.label)?;
    }
    for hit in &answer.hits {
        write_hit(out, generation, hit, explain)?;
    }
    if answer.hits.is_empty() {
        return line(out, "没有找到。换一种说法，或去掉一些条件再试。");
    }
    line(out, format_args!("{FAINT}共 {} 条，显示 {} 条{FAINT:#}", answer.total, answer.hits.len()))
}

fn write_hit(out: &mut dyn Write, generation: &Generation, hit: &Hit, explain: bool) -> Result<()> {
    let Some(found) = generation.clause(hit.clause) else { return Ok(()) };
    let region = found.document.region.as_ref().map_or("地区不明", |region| region.name.as_str());
    let year = found.document.year.map(|year| format!(" {year}")).unwrap_or_default();
    let status = match found.document.status {
        Status::Effective => "",
        Status::Draft => " [征求意见稿]",
        Status::Trial => " [试行]",
        Status::Repealed => " [已废止]",
    };
    let path = found.clause.path.join(" › ");
    line(out, format_args!("{REGION}{region}{year}{REGION:#}{status}  {FAINT}{path}{FAINT:#}"))?;
    line(out, format_args!("  {}", marked_text(&found.clause.text, hit)))?;
    let collapsed = match hit.collapsed.len() {
        0 => String::new(),
        count => format!("  另有{count}条相近内容"),
    };
    line(out, format_args!("  {FAINT}{}  {:.2}{collapsed}{FAINT:#}", found.clause.id, hit.relevance))?;
    for component in hit.explain.iter().filter(|_| explain).flat_map(|explain| &explain.components) {
        let contribution =
            format!("{:+.3} = {:.3} × {:.2}", component.contribution, component.value, component.weight);
        line(out, format_args!("    {FAINT}{contribution}  {}{FAINT:#}", component.label))?;
    }
    line(out, "")
}

/// The part of the clause that answers, on one line, the query's words marked.
fn marked_text(text: &str, hit: &Hit) -> String {
    let window = excerpt(text, 0, &hit.highlights, hit.best_sentence);
    let pieces = pieces(text, window, &hit.highlights, hit.best_sentence);
    let shown = pieces.into_iter().map(|piece| {
        let text = clean(&piece.text);
        if piece.is_match { format!("{MARK}{text}{MARK:#}") } else { text }
    });
    shown.collect()
}

/// One line, and no control character that a terminal would obey.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
