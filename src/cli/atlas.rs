//! `tiaokuan atlas`: which measures exist where.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use unicode_width::UnicodeWidthStr;

use super::output::{FAINT, REGION, clean};
use super::runtime::Runtime;
use super::{json, line};
use crate::error::Result;
use crate::index::Generation;
use crate::search::{Atlas, AtlasCounts, AtlasRequest, Engine, MeasureSummary, RegionName};
use crate::view::{AtlasView, MeasureView, citation};

/// The `atlas` command.
#[derive(Args, Debug)]
pub(super) struct AtlasCommand {
    /// Id of a measure, to read its clauses in every region
    #[arg(value_name = "MEASURE_ID", conflicts_with_all = ["domain", "region", "lacking", "min_regions"])]
    measure: Option<String>,

    /// Only measures of this domain
    #[arg(long)]
    domain: Option<String>,

    /// Only this region, by name or GB/T 2260 code, with those in it
    #[arg(long)]
    region: Option<String>,

    /// Only measures that this region lacks
    #[arg(long, value_name = "REGION")]
    lacking: Option<String>,

    /// Only measures that so many regions have
    #[arg(long, default_value_t = 2, value_name = "COUNT")]
    min_regions: usize,

    /// Measures, 1 to 100
    #[arg(long, short = 'n', default_value_t = 20)]
    limit: usize,

    /// Print JSON, as the API does
    #[arg(long)]
    json: bool,
}

impl AtlasCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        let engine = runtime.reading_engine()?;
        if let Some(id) = &self.measure {
            return self.show_measure(runtime, &engine, id, out);
        }
        let request = AtlasRequest {
            domain: self.domain.clone(),
            region: self.region.clone(),
            lacking: self.lacking.clone(),
            min_regions: self.min_regions,
            limit: self.limit,
            cursor: None,
        };
        let (generation, atlas) = engine.atlas(&request)?;
        if self.json {
            json(out, &AtlasView::new(&generation, &atlas))?;
        } else {
            write_matrix(out, &atlas)?;
            write_measures(out, &atlas)?;
        }
        Ok(if atlas.total == 0 { ExitCode::from(3) } else { ExitCode::SUCCESS })
    }

    fn show_measure(
        &self,
        runtime: &Runtime,
        engine: &Engine,
        id: &str,
        out: &mut dyn Write,
    ) -> Result<ExitCode> {
        let (generation, summary, clauses) = engine.measure(id)?;
        if self.json {
            json(out, &MeasureView::new(&generation, &summary, &clauses, runtime.links()))?;
        } else {
            write_summary(out, &summary)?;
            clauses.iter().try_for_each(|clause| write_clause(out, runtime, &generation, *clause))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Columns between two cells.
const GAP: usize = 2;

/// A row a domain, a column a region, aligned by the width of ideographs.
fn write_matrix(out: &mut dyn Write, atlas: &Atlas) -> Result<()> {
    let names = std::iter::once("领域".to_owned())
        .chain(atlas.regions.iter().map(|column| column.region.name.clone()));
    let mut table: Vec<Vec<String>> = vec![names.collect()];
    for row in &atlas.domains {
        let name = row.domain.clone().unwrap_or_else(|| "未分领域".to_owned());
        table.push(std::iter::once(name).chain(row.cells.iter().map(|cell| shown(&cell.counts))).collect());
    }
    let sums = atlas.regions.iter().map(|column| shown(&column.counts));
    table.push(std::iter::once("合计".to_owned()).chain(sums).collect());
    let widths: Vec<usize> = (0..table.first().map_or(0, Vec::len))
        .map(|column| {
            table.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0)
        })
        .collect();
    for row in &table {
        let cells = row.iter().zip(&widths).map(|(cell, width)| pad(cell, width + GAP));
        line(out, cells.collect::<String>().trim_end())?;
    }
    line(out, format_args!("{FAINT}共有举措中本地已有数/总数 覆盖率 +仅本地有的举措数{FAINT:#}\n"))
}

/// `6/9 67% +2`: of the measures of several regions, how many are here; then those found only here.
fn shown(counts: &AtlasCounts) -> String {
    let only_here = if counts.only_here > 0 { format!(" +{}", counts.only_here) } else { String::new() };
    match counts.coverage {
        Some(coverage) => {
            let all = counts.shared + counts.lacking;
            format!("{}/{all} {:.0}%{only_here}", counts.shared, coverage * 100.0)
        }
        None if counts.only_here > 0 => only_here.trim_start().to_owned(),
        None => "-".to_owned(),
    }
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

fn write_measures(out: &mut dyn Write, atlas: &Atlas) -> Result<()> {
    for measure in &atlas.measures {
        write_summary(out, measure)?;
    }
    if atlas.total == 0 {
        return line(out, "没有这样的举措。去掉一些条件再试。");
    }
    line(out, format_args!("{FAINT}共 {} 项举措，显示 {} 项{FAINT:#}", atlas.total, atlas.measures.len()))
}

fn write_summary(out: &mut dyn Write, measure: &MeasureSummary) -> Result<()> {
    let names = |regions: &[RegionName]| {
        regions.iter().map(|region| region.name.as_str()).collect::<Vec<_>>().join(" ")
    };
    let domain = measure.domain.as_deref().unwrap_or("未分领域");
    line(out, format_args!("{}  {FAINT}{domain}  {}{FAINT:#}", clean(&measure.title), measure.id))?;
    line(out, format_args!("  有 {REGION}{}{REGION:#}", names(&measure.regions)))?;
    if measure.lacking.is_empty() {
        return Ok(());
    }
    line(out, format_args!("  缺 {}", names(&measure.lacking)))
}

fn write_clause(out: &mut dyn Write, runtime: &Runtime, generation: &Generation, clause: u32) -> Result<()> {
    let Some(found) = generation.clause(clause) else { return Ok(()) };
    let region = found.document.region.as_ref().map_or("地区不明", |region| region.name.as_str());
    line(out, format_args!("\n{REGION}{region}{REGION:#}  {FAINT}{}{FAINT:#}", found.clause.id))?;
    line(out, format_args!("  {}", clean(&found.clause.text)))?;
    line(
        out,
        format_args!("  {FAINT}{}{FAINT:#}", clean(&citation(found.document, found.clause, runtime.links()))),
    )
}
