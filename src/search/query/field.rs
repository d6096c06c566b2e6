//! Fields in the search box: 地区:安徽省, 年份:2022, unit:区税务局.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::model::ClauseKind;
use crate::search::facet::kind_label;
use crate::search::request::{Filter, Values};
use crate::text::fold::fold_text;
use crate::text::tokenizer::canonical;

/// A field that can be named in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    /// 地区
    Region,
    /// 单位
    Unit,
    /// 年份
    Year,
    /// 领域
    Domain,
    /// 类型
    Kind,
    /// 文件
    Document,
}

/// A field with one of its values, as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = QueryField)]
pub struct FieldValue {
    /// Which field.
    pub name: FieldName,
    /// What it must be.
    #[schema(example = "安徽省")]
    pub value: String,
}

const NAMES: [(&str, FieldName); 14] = [
    ("地区", FieldName::Region),
    ("单位", FieldName::Unit),
    ("年份", FieldName::Year),
    ("领域", FieldName::Domain),
    ("指标领域", FieldName::Domain),
    ("类型", FieldName::Kind),
    ("类别", FieldName::Kind),
    ("文件", FieldName::Document),
    ("region", FieldName::Region),
    ("unit", FieldName::Unit),
    ("year", FieldName::Year),
    ("domain", FieldName::Domain),
    ("kind", FieldName::Kind),
    ("document", FieldName::Document),
];

impl FieldName {
    /// Characters of the longest name.
    pub(super) const LONGEST: usize = 8;

    /// The field called `name`, in any script, width and case.
    pub(super) fn read(name: &str) -> Option<Self> {
        let name = fold_text(name);
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
    }
}

impl FieldValue {
    /// The values that one part gives: several may be separated by commas unless quoted.
    pub(super) fn read(name: FieldName, text: &str, quoted: bool) -> Vec<Self> {
        let value = |value: &str| Self { name, value: value.trim().to_owned() };
        if quoted {
            return vec![value(text)];
        }
        let values = text.split([',', '，', '、']).map(value);
        values.filter(|field| !field.value.is_empty()).collect()
    }
}

/// The filter that `fields` ask for; an error names the value that is none.
pub(super) fn filter(fields: &[FieldValue]) -> Result<Filter> {
    let mut filter = Filter::default();
    for FieldValue { name, value } in fields {
        match name {
            FieldName::Region => push(&mut filter.region, value.clone()),
            FieldName::Unit => push(&mut filter.unit, value.clone()),
            FieldName::Domain => push(&mut filter.domain, value.clone()),
            FieldName::Document => push(&mut filter.document, value.clone()),
            FieldName::Year => push(&mut filter.year, year(value)?),
            FieldName::Kind => push(&mut filter.kind, kind(value)?),
        }
    }
    Ok(filter)
}

fn push<T: Clone>(values: &mut Values<T>, value: T) {
    let mut all = values.as_slice().to_vec();
    all.push(value);
    *values = Values::Many(all);
}

fn year(value: &str) -> Result<i32> {
    let folded = canonical(value);
    let digits = folded.strip_suffix('年').unwrap_or(&folded);
    digits.parse().map_err(|_| {
        Error::invalid("invalid_year", "query", format!("query: the year {value:?} is none; write 年份:2022"))
    })
}

const KINDS: [ClauseKind; 8] = [
    ClauseKind::Measure,
    ClauseKind::Goal,
    ClauseKind::Safeguard,
    ClauseKind::Roster,
    ClauseKind::Table,
    ClauseKind::Article,
    ClauseKind::Notice,
    ClauseKind::Other,
];

/// A kind by its Chinese label (保障 for 保障措施 as well) or by the name that the API uses.
fn kind(value: &str) -> Result<ClauseKind> {
    let folded = fold_text(value);
    let by_label = KINDS.into_iter().find(|kind| {
        let label = kind_label(*kind);
        label == folded || label.strip_suffix("措施") == Some(folded.as_str())
    });
    let by_name = || serde_json::from_value(folded.as_str().into()).ok();
    by_label.or_else(by_name).ok_or_else(|| {
        let known = KINDS.map(kind_label).join(" ");
        Error::invalid(
            "unknown_kind",
            "query",
            format!("query: there is no kind {value:?}; known are {known}"),
        )
    })
}
