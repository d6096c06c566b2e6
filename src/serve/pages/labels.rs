//! Chinese words for what the API names in English.

use crate::model::{Role, Status};
use crate::search::{FacetField, Mode};

/// What an agency does.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Lead => "牵头",
        Role::Support => "配合",
        Role::Responsible => "责任",
    }
}

/// A document's state that a reader must know of; none for one in force.
pub(super) fn status(status: Status) -> Option<&'static str> {
    (status != Status::Effective).then(|| status.words())
}

/// A mode of search.
pub(super) fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Hybrid => "综合",
        Mode::Keyword => "关键词",
        Mode::Semantic => "语义",
    }
}

/// What a mode is good for.
pub(super) fn mode_note(mode: Mode) -> &'static str {
    match mode {
        Mode::Hybrid => "词语和意思一起看，一般用这个",
        Mode::Keyword => "只找写有这些词语的条款",
        Mode::Semantic => "只看意思相近，不要求字词相同",
    }
}

/// The heading over a facet.
pub(super) fn facet(field: FacetField) -> &'static str {
    match field {
        FacetField::Region => "地区",
        FacetField::Province => "省份",
        FacetField::City => "城市",
        FacetField::Year => "年份",
        FacetField::Domain => "指标领域",
        FacetField::Unit => "单位",
        FacetField::Kind => "类别",
        FacetField::Status => "状态",
        FacetField::Document => "文件",
    }
}

/// The heading over a filter, by its parameter's name.
pub(super) fn filter(name: &str) -> &'static str {
    match name {
        "region" => "地区",
        "province" => "省份",
        "city" => "城市",
        "year" => "年份",
        "domain" => "领域",
        "unit" => "单位",
        "role" => "分工",
        "kind" => "类别",
        "status" => "状态",
        "document" => "文件",
        "date_from" => "不早于",
        "date_to" => "不晚于",
        _ => "条件",
    }
}

/// A filter's value, where the API's word is English.
pub(super) fn value(name: &str, value: &str) -> Option<&'static str> {
    Some(match (name, value) {
        ("kind", "measure") => "举措",
        ("kind", "goal") => "目标",
        ("kind", "safeguard") => "保障措施",
        ("kind", "roster") => "名单",
        ("kind", "table") => "表格",
        ("kind", "article") => "条文",
        ("kind", "notice") => "通知正文",
        ("kind", "other") => "其他",
        ("status", "effective") => "正式",
        ("status", "draft") => "征求意见稿",
        ("status", "trial") => "试行",
        ("status", "repealed") => "已废止",
        ("role", "lead") => "牵头",
        ("role", "support") => "配合",
        ("role", "responsible") => "责任",
        _ => return None,
    })
}

/// Relevance from which on a hit may well answer. The curves of relevance are fitted on judgements that miss much of
/// what answers, so that a clause with every word of the query comes to some .45: the words for it begin lower
/// than the probabilities would say.
pub(super) const POSSIBLE: f32 = 0.05;

/// Relevance, 0 to 1, in words and as a level from 1 to 4; nothing for a hit without rank.
pub(super) fn relevance(relevance: f32) -> (&'static str, u8) {
    match relevance {
        // A list without rank says nothing of relevance.
        none if none <= 0.0 => ("", 0),
        high if high >= 0.4 => ("高度相关", 4),
        good if good >= 0.2 => ("相关", 3),
        some if some >= POSSIBLE => ("可能相关", 2),
        _ => ("略有关联", 1),
    }
}
