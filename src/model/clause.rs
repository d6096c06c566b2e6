use serde::{Deserialize, Serialize};

use super::{ClauseId, Facts, Span};

/// A clause (条款): the unit that is indexed, cited and returned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    /// Stable id from the document and the outline path.
    pub id: ClauseId,
    /// Headings above it, outermost first.
    pub path: Vec<String>,
    /// Its number as written (`3.`, `（二）`, `第六条`); none where it has none.
    pub number: Option<String>,
    /// What kind of text it is.
    pub kind: ClauseKind,
    /// Text exactly as written: number, title, body, responsibility and deadline lines.
    pub text: String,
    /// Where `text` stands in the normalised source.
    pub span: Span,
    /// 1-based line of the file as received where it begins.
    pub line: u32,
    /// Rows of a table, first the header; empty for other kinds.
    pub table: Vec<Vec<String>>,
    /// Facts that the clause carries itself.
    pub facts: Facts,
    /// Facts that a line elsewhere gives it (a section's lead agency, a shared deadline).
    pub inherited: Facts,
}

/// What kind of text a clause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClauseKind {
    /// 举措: what will be done.
    Measure,
    /// 目标, 总体要求: what is aimed at.
    Goal,
    /// 保障措施, 组织实施: how it is assured.
    Safeguard,
    /// 名单: people and posts.
    Roster,
    /// A table.
    Table,
    /// 第…条 of a law or of rules.
    Article,
    /// The body of a notice (通知) that carries a plan, and lead paragraphs.
    Notice,
    /// Anything else.
    Other,
}

impl ClauseKind {
    /// What people read for it, in Chinese.
    pub fn words(self) -> &'static str {
        match self {
            Self::Measure => "举措",
            Self::Goal => "目标",
            Self::Safeguard => "保障措施",
            Self::Roster => "名单",
            Self::Table => "表格",
            Self::Article => "条文",
            Self::Notice => "通知正文",
            Self::Other => "其他",
        }
    }
}
