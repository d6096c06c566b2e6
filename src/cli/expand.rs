//! `tiaokuan expand`: say how a query is understood.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;

use super::runtime::Runtime;
use super::{json, line};
use crate::error::Result;
use crate::search::{Expanded, FieldName};

/// The `expand` command.
#[derive(Args, Debug)]
pub(super) struct ExpandCommand {
    /// A query as `search` takes it
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,

    /// Print JSON, as the API does
    #[arg(long)]
    json: bool,
}

impl ExpandCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        let expanded = runtime.engine()?.expand(&self.query.join(" "))?;
        if self.json {
            json(out, &expanded)?;
        } else {
            write(out, &expanded)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn write(out: &mut dyn Write, expanded: &Expanded) -> Result<()> {
    for notice in &expanded.notices {
        anstream::eprintln!("notice: {notice}");
    }
    let fields: Vec<String> =
        expanded.fields.iter().map(|field| format!("{}:{}", title(field.name), field.value)).collect();
    let rows = [
        ("词语", expanded.words.join(" ")),
        ("二元字", expanded.bigrams.join(" ")),
        ("语义检索用语", expanded.wording.clone()),
        ("必须含有", expanded.phrases.join(" ")),
        ("不得含有", expanded.exclusions.join(" ")),
        ("条件", fields.join(" ")),
        ("文号", expanded.numbers.join(" ")),
    ];
    for (title, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
        line(out, format_args!("{title}：{text}"))?;
    }
    for agency in &expanded.agencies {
        line(out, format_args!("单位别名：{} → {}", agency.name, agency.others.join(" ")))?;
    }
    for word in &expanded.thesaurus {
        let terms: Vec<String> =
            word.terms.iter().map(|term| format!("{} {:.2}", term.text, term.weight)).collect();
        line(out, format_args!("同义用语：{} → {}", word.lay, terms.join("，")))?;
    }
    for near in &expanded.phrasings {
        let (likeness, share) = (near.likeness, near.share);
        line(
            out,
            format_args!(
                "相近问法：{}（相似 {likeness:.2}，占 {share:.2}）→ {}",
                near.question, near.official
            ),
        )?;
    }
    match &expanded.suggestion {
        Some(suggestion) => line(out, &suggestion.label),
        None => Ok(()),
    }
}

fn title(name: FieldName) -> &'static str {
    match name {
        FieldName::Region => "地区",
        FieldName::Unit => "单位",
        FieldName::Year => "年份",
        FieldName::Domain => "领域",
        FieldName::Kind => "类型",
        FieldName::Document => "文件",
    }
}
