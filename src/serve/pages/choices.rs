//! The ways on from a search: other modes, other views, and what to do where it cannot be answered.

use super::{facets, labels};
use crate::error::Error;
use crate::search::{Filter, GroupBy, Mode, SearchRequest};

/// One of the states to choose from.
pub(super) struct Choice {
    /// What a person reads.
    pub(super) label: &'static str,
    /// What it is good for.
    pub(super) note: &'static str,
    /// Address of the search in that state.
    pub(super) href: String,
    /// Whether this is the state now.
    pub(super) is_chosen: bool,
}

/// A link out of a search that cannot be answered.
pub(super) struct Way {
    /// What a person reads.
    pub(super) label: &'static str,
    /// Its address.
    pub(super) href: String,
}

/// What to do about `error` with one click.
pub(super) fn ways(request: &SearchRequest, error: &Error) -> Vec<Way> {
    let href = |request: &SearchRequest| facets::search_href(&facets::state(request));
    let mut ways = Vec::new();
    match error.code() {
        "invalid_cursor" => ways.push(Way { label: "回到第一页", href: href(request) }),
        "model_absent" | "model_mismatch" => {
            let words = SearchRequest { mode: Mode::Keyword, ..request.clone() };
            ways.push(Way { label: "改用关键词方式", href: href(&words) });
        }
        "unknown_document" | "unknown_region" => {
            ways.push(Way { label: "看看收录了哪些文件", href: "/documents".to_owned() });
        }
        _ => {}
    }
    if request.filter != Filter::default() && !request.query.trim().is_empty() {
        ways.push(Way { label: "清除全部筛选条件", href: href(&unfiltered(request)) });
    }
    ways
}

/// The same search without any condition.
pub(super) fn unfiltered(request: &SearchRequest) -> SearchRequest {
    SearchRequest { filter: Filter::default(), ..request.clone() }
}

/// The modes of `request`, each with the address of the same search in it.
pub(super) fn modes(request: &SearchRequest) -> Vec<Choice> {
    let choice = |mode: Mode| Choice {
        label: labels::mode(mode),
        note: labels::mode_note(mode),
        href: facets::search_href(&facets::state(&SearchRequest { mode, ..request.clone() })),
        is_chosen: mode == request.mode,
    };
    [Mode::Hybrid, Mode::Keyword, Mode::Semantic].map(choice).into()
}

/// The hits one after the other, or put together by region.
pub(super) fn views(request: &SearchRequest) -> Vec<Choice> {
    let choice = |(label, group_by): (&'static str, Option<GroupBy>)| Choice {
        label,
        note: "",
        href: facets::search_href(&facets::state(&SearchRequest { group_by, ..request.clone() })),
        is_chosen: group_by == request.group_by,
    };
    [("逐条", None), ("按地区", Some(GroupBy::Region))].map(choice).into()
}
