//! Front matter as understood, each field with the place that told it.

use serde::Serialize;

use crate::model::{Document, Region, Status};
use crate::normalise::front_matter::{FrontMatter, Origin};

/// A field of the front matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Which one.
    pub name: FieldName,
    /// Its value as people read it; none where nothing is known.
    pub value: Option<String>,
    /// Where it was read, when known.
    pub source: Option<Source>,
}

/// Which field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    /// 标题
    Title,
    /// 发文字号
    Number,
    /// 发文机关
    Issuer,
    /// 成文日期
    Date,
    /// 年份
    Year,
    /// 效力状态
    Status,
    /// 地区
    Region,
    /// 主送机关
    Addressees,
    /// 发布日期
    Published,
}

/// Where a field was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The manifest beside the file.
    Manifest,
    /// The file's name.
    FileName,
    /// Nothing said otherwise: a document is in force.
    Assumed,
    /// The document itself.
    #[serde(untagged)]
    Text(Origin),
}

/// All fields of `document`; `front` is what its text says.
pub(super) fn fields(document: &Document, front: &FrontMatter) -> Vec<Field> {
    let origins = front.origins;
    let year = |year: Option<i32>| year.map(|year| year.to_string());
    let (document_year, front_year) = (year(document.year), year(front.year));
    let (document_region, front_region) =
        (document.region.as_ref().map(region), front.region.as_ref().map(region));
    let only_in_text = |name, value: &Option<String>| Field { name, value: value.clone(), source: None };
    vec![
        title(document, front),
        field(FieldName::Number, document.number.as_ref(), front.number.as_ref(), origins.number),
        field(FieldName::Issuer, document.issuer.as_ref(), front.issuer.as_ref(), origins.issuer),
        field(FieldName::Date, document.date.as_ref(), front.date.as_ref(), origins.date),
        field(FieldName::Year, document_year.as_ref(), front_year.as_ref(), origins.year),
        status(document.status, front),
        field(FieldName::Region, document_region.as_ref(), front_region.as_ref(), origins.region),
        only_in_text(FieldName::Addressees, &front.addressees),
        only_in_text(FieldName::Published, &front.published),
    ]
}

/// What the text does not say came from the manifest.
fn field(name: FieldName, value: Option<&String>, told: Option<&String>, origin: Option<Origin>) -> Field {
    let source = match (value, told) {
        (Some(value), Some(told)) if value == told => origin.map(Source::Text),
        (Some(_), _) => Some(Source::Manifest),
        (None, _) => None,
    };
    Field { name, value: value.cloned(), source }
}

fn title(document: &Document, front: &FrontMatter) -> Field {
    let told = field(FieldName::Title, Some(&document.title), front.title.as_ref(), front.origins.title);
    let stem = document.file.rsplit_once('.').map_or(document.file.as_str(), |(stem, _)| stem);
    let is_name = told.source == Some(Source::Manifest) && document.title == stem;
    Field { source: if is_name { Some(Source::FileName) } else { told.source }, ..told }
}

fn status(status: Status, front: &FrontMatter) -> Field {
    let source = front.origins.status.map_or(Source::Assumed, Source::Text);
    Field { name: FieldName::Status, value: Some(status.words().to_owned()), source: Some(source) }
}

/// 安徽省 淮北市 相山区 340603
fn region(region: &Region) -> String {
    let above = [region.province.as_deref(), region.city.as_deref()].into_iter().flatten();
    let names: Vec<&str> = above.filter(|name| *name != region.name).chain([region.name.as_str()]).collect();
    format!("{}（{}）", names.join(" "), region.code)
}
