use serde::{Deserialize, Serialize};

use super::{DocumentId, Region};

/// A policy document as indexed: its identity and front matter, without its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Document {
    /// Stable id.
    pub id: DocumentId,
    /// Title as written, hard wraps joined.
    pub title: String,
    /// Name of the file as received, without folders.
    pub file: String,
    /// Region in force.
    pub region: Option<Region>,
    /// Issuing agency.
    pub issuer: Option<String>,
    /// Document number (发文字号) as written, such as 相政办〔2022〕6号.
    pub number: Option<String>,
    /// Date of issue, ISO 8601 (`2022-03-25`).
    pub date: Option<String>,
    /// Year of issue, or the year that the title or the deadlines name.
    pub year: Option<i32>,
    /// In force, a draft, on trial, repealed.
    pub status: Status,
    /// SHA-256 of the file's bytes, lower-case hex.
    pub sha256: String,
}

/// Where a document stands in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 正式: issued and not known to be repealed.
    #[default]
    Effective,
    /// 征求意见稿, 草案, 送审稿.
    Draft,
    /// 试行, 暂行.
    Trial,
    /// 废止, 失效.
    Repealed,
}

impl Status {
    /// What people read for it, in Chinese.
    pub fn words(self) -> &'static str {
        match self {
            Self::Effective => "正式",
            Self::Draft => "征求意见稿",
            Self::Trial => "试行",
            Self::Repealed => "已废止",
        }
    }
}
