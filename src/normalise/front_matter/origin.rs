use serde::{Deserialize, Serialize};

/// The place of a document that told a field of its front matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// 标题: the title itself.
    Title,
    /// 版头: a line above the body.
    Head,
    /// 网页要素表: 索引号, 发文字号, 成文日期 beside the document on its page.
    Metadata,
    /// 落款: who signed, and when.
    Signature,
    /// 题注: by whom and when a law was passed.
    Passage,
    /// 版记: who had it printed, and when.
    Imprint,
    /// 文号: the year in the document's own number.
    Number,
    /// 成文日期: the year of the document's date.
    Date,
    /// 正文: what the body says most of the time.
    Body,
}

/// Where each field of the front matter was read; none where the text is silent, and for a status that is
/// only assumed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origins {
    /// Of the title.
    pub title: Option<Origin>,
    /// Of the document's number.
    pub number: Option<Origin>,
    /// Of the issuer.
    pub issuer: Option<Origin>,
    /// Of the date.
    pub date: Option<Origin>,
    /// Of the year.
    pub year: Option<Origin>,
    /// Of the status.
    pub status: Option<Origin>,
    /// Of the region.
    pub region: Option<Origin>,
}

/// A value with the place that told it.
pub(super) type Told<T> = (T, Origin);

/// The two halves of what may have been told.
pub(super) fn apart<T>(told: Option<Told<T>>) -> (Option<T>, Option<Origin>) {
    told.map_or((None, None), |(value, origin)| (Some(value), Some(origin)))
}
