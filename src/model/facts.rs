use serde::{Deserialize, Serialize};

/// What extraction reads in one clause.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Facts {
    /// Indicator domain (指标领域), by its usual name.
    pub domain: Option<String>,
    /// Agencies with their role, in the order of the text.
    pub units: Vec<Agency>,
    /// Deadlines, one entry a mention, in the order of the text.
    pub deadlines: Vec<Deadline>,
    /// Numeric promises, one entry a mention, in the order of the text.
    pub targets: Vec<Target>,
    /// Other documents that the clause names: 《…》 titles and document numbers, as written.
    pub references: Vec<String>,
    /// People and telephone numbers: personal data.
    pub contacts: Vec<Contact>,
}

/// An agency (单位) and what the clause asks of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Agency {
    /// Name as written, hard wraps joined.
    #[schema(example = "区市监局")]
    pub name: String,
    /// Name by the alias table, so that 区市监局 and 区市场监督管理局 are one.
    #[schema(example = "区市场监督管理局")]
    pub canonical: String,
    /// What it does here.
    pub role: Role,
}

/// What an agency does in a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 牵头
    Lead,
    /// 配合, or 责任 beside a lead
    Support,
    /// 责任单位 without a lead, 负责
    Responsible,
}

/// A deadline (时限) as written and as a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Deadline {
    /// As written.
    #[schema(example = "2022年12月底前")]
    pub raw: String,
    /// Last day of the period, ISO 8601; null for what recurs, is relative, open (持续推进) or impossible.
    #[schema(example = "2022-12-31")]
    pub date: Option<String>,
}

/// A number that the clause promises (目标值).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Target {
    /// As written.
    #[schema(example = "压缩至5个工作日以内")]
    pub raw: String,
    /// What is counted, such as 办理时限; empty when the text does not say.
    pub quantity: String,
    /// How the promise compares with the number.
    pub comparator: Comparator,
    /// The number as written; of a range the lower end.
    pub value: f64,
    /// The upper end of a range.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value_max: Option<f64>,
    /// Unit as written (个, 份, 工作日, %, 万元).
    pub unit: String,
}

impl Target {
    /// As written; with the unit where a table leaves it to the head of its column.
    pub fn with_unit(&self) -> String {
        let unit = if self.raw.ends_with(char::is_numeric) { self.unit.as_str() } else { "" };
        format!("{}{unit}", self.raw)
    }
}

/// How a promise compares with its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Comparator {
    /// exactly, or unsaid
    #[serde(rename = "=")]
    Equal,
    /// fewer than
    #[serde(rename = "<")]
    Less,
    /// 以内, 以下, 不超过
    #[serde(rename = "<=")]
    LessOrEqual,
    /// 超过, 突破
    #[serde(rename = ">")]
    Greater,
    /// 以上, 不低于, 不少于
    #[serde(rename = ">=")]
    GreaterOrEqual,
    /// 压减, 下降 by so much
    #[serde(rename = "reduce")]
    Reduce,
    /// 提升, 增长 by so much
    #[serde(rename = "increase")]
    Increase,
}

/// A person or a telephone number: personal data, shown only to keys with that scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Contact {
    /// Name, when the text gives one.
    pub name: Option<String>,
    /// Telephone number, when the text gives one.
    pub phone: Option<String>,
}
