//! A report for a terminal: plain lines, no colours, no control characters of the document's.

use std::fmt::{self, Write};

use super::{Dropped, Entry, EntryKind, Remark, Report, labels};

/// Lines of furniture that are shown; the page and the JSON have all.
const MOST_FURNITURE: usize = 12;

/// Characters of a quoted line.
const QUOTED: usize = 60;

/// Writes `report`.
pub fn write(out: &mut dyn Write, report: &Report) -> fmt::Result {
    writeln!(out, "══ {} ══", clean(&report.file))?;
    for field in &report.front_matter {
        let value = field.value.as_deref().map_or_else(|| "——".to_owned(), clean);
        let source = field.source.map(|source| format!("（{}）", labels::source(source))).unwrap_or_default();
        writeln!(out, "{}：{value}{source}", labels::field(field.name))?;
    }
    counts(out, report)?;
    for doubt in &report.doubts {
        writeln!(out, "！{}", doubt.message)?;
    }
    writeln!(out, "\n目录（行号 类别 字数 单位/时限/目标值）")?;
    for entry in &report.outline {
        outline_entry(out, entry)?;
    }
    extremes(out, report)?;
    remarks(out, &report.warnings)?;
    furniture(out, &report.furniture)
}

fn counts(out: &mut dyn Write, report: &Report) -> fmt::Result {
    let kinds: Vec<String> =
        report.kinds.iter().map(|count| format!("{}{}", count.kind.words(), count.count)).collect();
    let facts = &report.facts;
    writeln!(out, "条款：{}（{}）", report.clauses, kinds.join("、"))?;
    writeln!(
        out,
        "要素：单位{}处（{}个），时限{}处（{}处有日期），目标值{}处，引用文件{}处；{}条举措中{}条有责任单位",
        facts.agencies,
        facts.different_agencies,
        facts.deadlines,
        facts.dated_deadlines,
        facts.targets,
        facts.references,
        facts.measures,
        facts.measures_with_agency
    )?;
    let characters = &report.characters;
    writeln!(
        out,
        "字数：{}，其中条款{}、标题{}、杂项{}",
        characters.all, characters.clauses, characters.headings, characters.furniture
    )
}

fn outline_entry(out: &mut dyn Write, entry: &Entry) -> fmt::Result {
    let line = entry.line.map(|line| line.to_string()).unwrap_or_default();
    let indent = "  ".repeat(entry.depth);
    match &entry.kind {
        EntryKind::Heading => writeln!(out, "{line:>5} {indent}{}", clean(&entry.text)),
        EntryKind::Clause { kind, facts: [units, deadlines, targets], .. } => writeln!(
            out,
            "{line:>5} {indent}· {}  [{} {}字 {units}/{deadlines}/{targets}]",
            quote(&entry.text),
            kind.words(),
            entry.characters
        ),
    }
}

fn extremes(out: &mut dyn Write, report: &Report) -> fmt::Result {
    for (name, entries) in [("最长", &report.longest), ("最短", &report.shortest)] {
        writeln!(out, "\n{name}的条款")?;
        for entry in entries {
            outline_entry(out, entry)?;
        }
    }
    Ok(())
}

fn remarks(out: &mut dyn Write, remarks: &[Remark]) -> fmt::Result {
    writeln!(out, "\n提示：{}", remarks.len())?;
    for remark in remarks {
        let line = remark.line.map(|line| format!("第{line}行 ")).unwrap_or_default();
        writeln!(
            out,
            "  {line}{} [{}] {}",
            labels::warning(&remark.code),
            remark.code,
            clean(&remark.message)
        )?;
        if let Some(text) = &remark.text {
            writeln!(out, "      {}", quote(text))?;
        }
    }
    Ok(())
}

fn furniture(out: &mut dyn Write, furniture: &[Dropped]) -> fmt::Result {
    writeln!(out, "\n略去的杂项：{}行", furniture.len())?;
    for dropped in furniture.iter().take(MOST_FURNITURE) {
        let line = dropped.line.map(|line| line.to_string()).unwrap_or_default();
        writeln!(out, "{line:>5} {}", quote(&dropped.text))?;
    }
    if furniture.len() > MOST_FURNITURE {
        writeln!(out, "      ……另有{}行", furniture.len() - MOST_FURNITURE)?;
    }
    Ok(())
}

fn quote(text: &str) -> String {
    let mut quoted: String = clean(text).chars().take(QUOTED).collect();
    if text.chars().count() > QUOTED && !quoted.ends_with('…') {
        quoted.push('…');
    }
    quoted
}

/// One line, and no control character that a terminal would obey.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
