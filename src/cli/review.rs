//! `tiaokuan review`: a draft read against what others have.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anstyle::{AnsiColor, Style};
use clap::Args;

use super::runtime::Runtime;
use super::search::FilterFlags;
use super::{export, json, line};
use crate::error::{Error, Result};
use crate::export::table_of_review;
use crate::index::{DocumentRecord, Generation};
use crate::pipeline;
use crate::search::ModelState;
use crate::search::review::{ClauseReview, Precedent, Review, ReviewRequest};
use crate::view::{ReviewView, caution_words, citation, finding_words, standing_words};

const HEADING: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const WARN: Style = AnsiColor::Yellow.on_default();
/// Characters of a clause's text that are shown.
const EXCERPT: usize = 80;

/// The `review` command.
#[derive(Args, Debug)]
pub(super) struct ReviewCommand {
    /// The draft, in any format that can be indexed; nothing of it is stored
    #[arg(value_name = "DRAFT")]
    draft: PathBuf,

    #[command(flatten)]
    filter: FilterFlags,

    /// Print JSON, as the API does
    #[arg(long)]
    json: bool,

    /// Write the review as a table to FILE, which ends in .csv, .xlsx or .json
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    export: Option<PathBuf>,
}

impl ReviewCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        let started = Instant::now();
        let bytes = std::fs::read(&self.draft).map_err(|error| Error::io(self.draft.display(), error))?;
        let file =
            self.draft.file_name().map_or_else(|| "draft".into(), |name| name.to_string_lossy().into_owned());
        let draft = pipeline::read_document(&pipeline::Input::of_bytes(&file, bytes))?;
        let engine = runtime.engine()?;
        let request = ReviewRequest { filter: self.filter.to_filter() };
        let (generation, review) = engine.review(&draft, &request)?;
        if let Some(path) = &self.export {
            return export::write(out, path, || {
                Ok(table_of_review(&generation, &draft, &review, runtime.links()))
            });
        }
        if self.json {
            let has_model = engine.model() != ModelState::Absent;
            json(out, &ReviewView::new(&generation, &draft, &review, has_model, runtime.links(), started))?;
            return Ok(ExitCode::SUCCESS);
        }
        for notice in &review.notices {
            anstream::eprintln!("notice: {notice}");
        }
        write_head(out, &draft, &review)?;
        for clause in &review.clauses {
            write_clause(out, runtime, &generation, &draft, clause)?;
        }
        write_rest(out, &draft, &review)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn write_head(out: &mut dyn Write, draft: &DocumentRecord, review: &Review) -> Result<()> {
    line(out, format_args!("{HEADING}{}{HEADING:#}", draft.document.title))?;
    let with =
        review.clauses.iter().filter(|clause| clause.precedents.iter().any(|found| found.is_counterpart));
    line(
        out,
        format_args!(
            "{FAINT}{} 条中比较了 {} 条，与 {} 个地区相比，{} 条有先例{FAINT:#}",
            draft.clauses.len(),
            review.clauses.len(),
            review.regions,
            with.count()
        ),
    )?;
    for id in &review.left_out {
        line(out, format_args!("{FAINT}未与本稿自身比较：{id}{FAINT:#}"))?;
    }
    Ok(())
}

fn write_clause(
    out: &mut dyn Write,
    runtime: &Runtime,
    generation: &Generation,
    draft: &DocumentRecord,
    review: &ClauseReview,
) -> Result<()> {
    let Some(clause) = draft.clauses.get(review.clause) else { return Ok(()) };
    let place = clause.path.last().map_or("", String::as_str);
    line(out, format_args!("\n{FAINT}{place}{FAINT:#}\n{HEADING}{}{HEADING:#}", excerpt(&clause.text)))?;
    for finding in &review.findings {
        line(out, format_args!("  {WARN}· {}{WARN:#}", finding_words(*finding)))?;
    }
    for standing in &review.standings {
        line(out, format_args!("  = {}", standing_words(generation, standing)))?;
    }
    for precedent in &review.precedents {
        write_precedent(out, runtime, generation, precedent)?;
    }
    Ok(())
}

fn write_precedent(
    out: &mut dyn Write,
    runtime: &Runtime,
    generation: &Generation,
    precedent: &Precedent,
) -> Result<()> {
    let Some(found) = generation.clause(precedent.clause) else { return Ok(()) };
    let region = found.document.region.as_ref().map_or("地区不明", |region| region.name.as_str());
    let near = if precedent.is_counterpart { "" } else { "（最接近，未必同一举措）" };
    let caution =
        precedent.caution.map_or_else(String::new, |caution| format!("【{}】", caution_words(caution)));
    let relevance = precedent.relevance;
    line(out, format_args!("  {region} {relevance:.2}{near}{caution} {}", excerpt(&found.clause.text)))?;
    line(out, format_args!("    {FAINT}{}{FAINT:#}", citation(found.document, found.clause, runtime.links())))
}

fn write_rest(out: &mut dyn Write, draft: &DocumentRecord, review: &Review) -> Result<()> {
    if !review.missing.is_empty() {
        line(out, format_args!("\n{HEADING}多数地区有、本稿没有的举措{HEADING:#}"))?;
    }
    for measure in &review.missing {
        let domain = measure.domain.as_deref().unwrap_or("其他");
        let regions = measure.regions.join("、");
        line(out, format_args!("  [{domain}] {}  {FAINT}{regions}  {}{FAINT:#}", measure.title, measure.id))?;
    }
    if !review.contradictions.is_empty() {
        line(out, format_args!("\n{HEADING}前后不一{HEADING:#}"))?;
    }
    for contradiction in &review.contradictions {
        let said = contradiction.said.iter().filter_map(|said| {
            let clause = draft.clauses.get(said.clause)?;
            Some(format!(
                "{}（{}）",
                said.raw,
                clause.number.as_deref().unwrap_or_else(|| clause.id.as_str())
            ))
        });
        let said = said.collect::<Vec<_>>().join(" ≠ ");
        line(out, format_args!("  {WARN}{}：{said}{WARN:#}", contradiction.name))?;
    }
    Ok(())
}

fn excerpt(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut excerpt: String = joined.chars().take(EXCERPT).collect();
    if joined.chars().count() > EXCERPT {
        excerpt.push('…');
    }
    excerpt
}
