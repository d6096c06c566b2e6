//! `tiaokuan search`: find clauses.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, ValueEnum};

use super::runtime::Runtime;
use super::{export, json, output};
use crate::error::Result;
use crate::export::{Shown, Table, table_of_search};
use crate::model::ClauseKind;
use crate::search::{FacetField, Filter, GroupBy, Mode, ModelState, SearchRequest, Values};
use crate::view::AnswerView;

/// The `search` command.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct SearchCommand {
    /// Words, a question or a document number; several words are one query. "Quoted" words must stand so, a
    /// word after - must not occur, 地区: 单位: 年份: 领域: 类型: 文件: narrow
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,

    /// Which legs answer
    #[arg(long, value_enum, default_value_t = ModeFlag::Hybrid)]
    mode: ModeFlag,

    #[command(flatten)]
    filter: FilterFlags,

    /// Hits, 1 to 100 [default: 10]; with --export 1 to 1000 [default: 1000]
    #[arg(long, short = 'n')]
    limit: Option<usize>,

    /// Put the hits of one region or document together
    #[arg(long, value_enum)]
    group_by: Option<GroupFlag>,

    /// Put near-identical clauses of one document into the best of them
    #[arg(long)]
    collapse: bool,

    /// Answer the query as typed even where a word of it occurs nowhere
    #[arg(long)]
    no_correct: bool,

    /// Say how each score came about
    #[arg(long)]
    explain: bool,

    /// Print JSON, as the API does
    #[arg(long)]
    json: bool,

    /// Write all hits as a table to FILE, which ends in .csv, .xlsx or .json
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "explain"])]
    export: Option<PathBuf>,
}

/// Conditions that answers must satisfy; each may be given several times.
#[derive(Args, Clone, Debug)]
pub(super) struct FilterFlags {
    /// Region, city or province by name or GB/T 2260 code
    #[arg(long, value_name = "NAME")]
    region: Vec<String>,

    /// Year of issue
    #[arg(long)]
    year: Vec<i32>,

    /// Indicator domain, such as 获得电力
    #[arg(long, value_name = "NAME")]
    domain: Vec<String>,

    /// Agency, such as 区税务局
    #[arg(long, value_name = "NAME")]
    unit: Vec<String>,

    /// Kind of clause: measure, goal, safeguard, roster, table, article, notice, other
    #[arg(long, value_parser = kind)]
    kind: Vec<ClauseKind>,

    /// Document by its id
    #[arg(long, value_name = "ID")]
    document: Vec<String>,
}

fn kind(name: &str) -> std::result::Result<ClauseKind, String> {
    serde_json::from_value(name.into())
        .map_err(|_| "one of measure, goal, safeguard, roster, table, article, notice, other".to_owned())
}

impl FilterFlags {
    pub(super) fn to_filter(&self) -> Filter {
        Filter {
            region: Values::Many(self.region.clone()),
            year: Values::Many(self.year.clone()),
            domain: Values::Many(self.domain.clone()),
            unit: Values::Many(self.unit.clone()),
            kind: Values::Many(self.kind.clone()),
            document: Values::Many(self.document.clone()),
            ..Filter::default()
        }
    }
}

/// Which legs answer.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ModeFlag {
    /// Words and vectors together
    Hybrid,
    /// Words only
    Keyword,
    /// Vectors only
    Semantic,
}

impl From<ModeFlag> for Mode {
    fn from(flag: ModeFlag) -> Self {
        match flag {
            ModeFlag::Hybrid => Self::Hybrid,
            ModeFlag::Keyword => Self::Keyword,
            ModeFlag::Semantic => Self::Semantic,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GroupFlag {
    Region,
    Document,
}

impl SearchCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        if let Some(path) = &self.export {
            return export::write(out, path, || self.table(runtime));
        }
        let started = Instant::now();
        let engine = runtime.engine()?;
        let (generation, answer) = engine.search(&self.request())?;
        if self.json {
            let has_model = engine.model() != ModelState::Absent;
            json(out, &AnswerView::new(&generation, &answer, has_model, runtime.links(), started))?;
        } else {
            output::answer(out, &generation, &answer, self.explain)?;
        }
        Ok(if answer.hits.is_empty() { ExitCode::from(3) } else { ExitCode::SUCCESS })
    }

    fn table(&self, runtime: &Runtime) -> Result<Table> {
        let request = self.request();
        let (generation, answer) = runtime.engine()?.search_up_to(&request, export::rows(self.limit)?)?;
        Ok(table_of_search(&generation, &request, &answer, &Shown::to_anybody(runtime.links())))
    }

    fn request(&self) -> SearchRequest {
        let default = SearchRequest::new(self.query.join(" "));
        SearchRequest {
            mode: self.mode.into(),
            filter: self.filter.to_filter(),
            limit: self.limit.unwrap_or(default.limit),
            group_by: self.group_by.map(|by| match by {
                GroupFlag::Region => GroupBy::Region,
                GroupFlag::Document => GroupBy::Document,
            }),
            facets: if self.json {
                vec![FacetField::Region, FacetField::Year, FacetField::Domain]
            } else {
                Vec::new()
            },
            explain: self.explain,
            collapse: self.collapse,
            correct: !self.no_correct,
            ..default
        }
    }
}
