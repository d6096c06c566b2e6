//! Tables: their captions, and lists of tasks, each row of which is a measure.

use std::sync::LazyLock;

use regex::Regex;

use super::own::Own;
use super::{Above, Cutter};
use crate::model::ClauseKind;
use crate::split::block::{Role, matches};
use crate::split::{ClauseDraft, ids};
use crate::text::numeral::parse_chinese_integer;

/// Lines of a caption.
const CAPTION_LINES: usize = 3;
/// Characters of a line of a caption.
const CAPTION_LENGTH: usize = 40;

static TASK_COLUMN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"任务|措施|举措|事项|工作内容|重点工作|主要内容|改革内容|具体内容|整改|做法|要求").ok()
});
static DUTY_COLUMN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:责任|牵头|负责|配合|承办|主办|落实|主责).{0,3}(?:单位|部门|领导|科室|处室|人)|^分工$")
        .ok()
});
static ORDINAL_COLUMN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:序\s*号|编\s*号|项目序号)$").ok());

/// The cells of a row.
pub(super) fn cells(row: &str) -> Vec<String> {
    row.split('\t').map(|cell| cell.trim().to_owned()).collect()
}

/// A list of tasks: a table with a column of tasks and one of those responsible.
struct TaskList {
    header: Vec<String>,
    /// How many of its blocks are caption and header.
    head: usize,
    /// The column of ordinals.
    ordinals: Option<usize>,
}

impl Cutter<'_> {
    /// Tables with their captions apart from text.
    pub(super) fn separate(&self, own: &[usize]) -> Own {
        let mut body = Own { text: Vec::new(), tables: Vec::new() };
        let mut last_row = None;
        for &index in own {
            if self.text.blocks.get(index).is_none_or(|block| block.role != Role::Row) {
                body.text.push(index);
                continue;
            }
            if last_row.is_none_or(|last| last + 1 != index) {
                let caption = self.take_caption(&mut body.text, index);
                body.tables.push(caption);
            }
            if let Some(table) = body.tables.last_mut() {
                table.push(index);
            }
            last_row = Some(index);
        }
        body
    }

    /// Short lines right above a table are its caption.
    fn take_caption(&self, text: &mut Vec<usize>, row: usize) -> Vec<usize> {
        let mut caption = Vec::new();
        let mut below = row;
        while let Some((&index, block)) =
            text.last().and_then(|index| Some((index, self.text.blocks.get(*index)?)))
        {
            let is_caption = block.role == Role::Paragraph
                && index + 1 == below
                && block.text.chars().count() <= CAPTION_LENGTH
                && !block.text.contains(['。', '；'])
                && caption.len() < CAPTION_LINES;
            if !is_caption {
                break;
            }
            below = index;
            caption.insert(0, index);
            text.pop();
        }
        caption
    }

    /// One clause, or one a row where the table is a list of tasks.
    pub(super) fn cut_table(&mut self, table: &[usize], above: &Above) {
        match self.task_list(table) {
            Some(list) => self.cut_task_list(table, &list, above),
            None => self.emit(table, above, None, ClauseKind::Table, "tbl"),
        }
    }

    /// Whether each row of a table is a measure.
    pub(super) fn is_task_list(&self, table: &[usize]) -> bool {
        self.task_list(table).is_some()
    }

    fn task_list(&self, table: &[usize]) -> Option<TaskList> {
        let rows =
            table.iter().enumerate().filter_map(|(at, &index)| Some((at, self.text.blocks.get(index)?)));
        let (at, header) =
            rows.filter(|(_, block)| block.role == Role::Row).take(2).find_map(|(at, block)| {
                let header = cells(&block.text);
                let has = |column: &LazyLock<Option<Regex>>| header.iter().any(|cell| matches(column, cell));
                let brief = header.iter().all(|cell| cell.chars().count() <= 20);
                (brief && has(&TASK_COLUMN) && has(&DUTY_COLUMN)).then_some((at, header))
            })?;
        let ordinals = header.iter().position(|cell| matches(&ORDINAL_COLUMN, cell));
        Some(TaskList { header, head: at + 1, ordinals })
    }

    /// The caption and the header become a heading, a row with one cell a heading within it, each
    /// other row a measure.
    fn cut_task_list(&mut self, table: &[usize], list: &TaskList, above: &Above) {
        let (head, rows) = table.split_at(list.head.min(table.len()));
        self.push_heading(head, above.level());
        let mut above = above.clone();
        above.id.push("tbl".to_owned());
        let caption = head.split_last().map_or(String::new(), |(_, caption)| self.text.joined(caption));
        above.path.extend((!caption.is_empty()).then_some(caption));
        let outer = above.path.len();
        for &index in rows {
            let row = self.text.blocks.get(index).map_or_else(Vec::new, |block| cells(&block.text));
            let mut filled = row.iter().filter(|cell| !cell.is_empty());
            if row == list.header {
                self.split.furniture.push(self.text.range(index));
            } else if let (Some(group), None, true) = (filled.next(), filled.next(), row.len() > 1) {
                above.path.truncate(outer);
                self.push_heading(&[index], above.level());
                above.path.push(group.clone());
            } else {
                self.push_row(index, row, list, &above);
            }
        }
    }

    fn push_row(&mut self, index: usize, row: Vec<String>, list: &TaskList, above: &Above) {
        let number =
            list.ordinals.and_then(|column| row.get(column)).filter(|cell| !cell.is_empty()).cloned();
        let value = number
            .as_deref()
            .map(|number| number.trim_end_matches(['.', '、', '．']))
            .and_then(parse_chinese_integer);
        let token = value.map_or_else(
            || format!("row_{}", ids::short_hash(&row.concat())),
            |value| format!("row_{value}"),
        );
        let start = self.split.clauses.len();
        self.emit(&[index], above, None, ClauseKind::Measure, &token);
        let table = vec![list.header.clone(), row];
        for clause in self.split.clauses.iter_mut().skip(start) {
            *clause = ClauseDraft { number: number.clone(), table: table.clone(), ..clause.clone() };
        }
    }
}
