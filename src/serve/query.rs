//! Queries as they stand in addresses: `?q=…&region=…&region=…`, read strictly for the API and
//! written for links.

use percent_encoding::percent_decode;
use serde::de::DeserializeOwned;
use serde::de::value::{Error as ValueError, StrDeserializer};

use crate::error::{Error, Kind, Result};
use crate::search::{CompareRequest, SearchRequest, SimilarRequest, Values};

pub(super) use crate::view::escape;

/// Names and values in order, unescaped.
pub(super) type Pairs = Vec<(String, String)>;

/// The pairs of an address's query; `not_utf8` when one is no text.
pub(super) fn pairs(query: Option<&str>) -> Result<Pairs> {
    let parts = query.unwrap_or_default().split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((unescape(name)?, unescape(value)?))
        })
        .collect()
}

fn unescape(text: &str) -> Result<String> {
    let spaced = text.replace('+', " ");
    let not_utf8 = |_| Error::new(Kind::Invalid, "not_utf8", format!("the query part {text:?} is not UTF-8"));
    percent_decode(spaced.as_bytes()).decode_utf8().map(std::borrow::Cow::into_owned).map_err(not_utf8)
}

/// An address's query of `pairs`, without the question mark.
pub(super) fn to_query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let parts = pairs.into_iter().map(|(name, value)| format!("{name}={}", escape(value)));
    parts.collect::<Vec<_>>().join("&")
}

/// A search as an address asks it; `unknown_parameter` and `invalid_parameter` name the pair at fault.
pub(super) fn search_request(pairs: &Pairs) -> Result<SearchRequest> {
    let mut request = SearchRequest::new("");
    for (name, value) in pairs {
        match name.as_str() {
            "q" => request.query.clone_from(value),
            "mode" => request.mode = word(name, value)?,
            "limit" => request.limit = number(name, value)?,
            "cursor" => request.cursor = Some(value.clone()),
            "group_by" => request.group_by = Some(word(name, value)?),
            "facets" => request.facets.append(&mut words(name, value)?),
            "explain" => request.explain = flag(name, value)?,
            "collapse" => request.collapse = flag(name, value)?,
            "correct" => request.correct = flag(name, value)?,
            "as_of" => request.as_of = Some(value.clone()),
            _ if set_filter(&mut request.filter, name, value)? => {}
            _ => return Err(unknown(name)),
        }
    }
    Ok(request)
}

const FILTERS: [&str; 12] = [
    "region",
    "province",
    "city",
    "year",
    "date_from",
    "date_to",
    "domain",
    "unit",
    "role",
    "kind",
    "status",
    "document",
];

/// Whether a search page reads the parameter `name`.
pub(super) fn is_search_parameter(name: &str) -> bool {
    matches!(name, "q" | "mode" | "limit" | "cursor" | "group_by" | "collapse" | "correct" | "as_of")
        || FILTERS.contains(&name)
}

/// Whether a similarity page reads the parameter `name`.
pub(super) fn is_similar_parameter(name: &str) -> bool {
    let own = ["clause_id", "text", "limit", "exclude_same_document", "per_region", "min_relevance"];
    own.contains(&name) || FILTERS.contains(&name)
}

/// A similarity query as an address asks it.
pub(super) fn similar_request(pairs: &Pairs) -> Result<SimilarRequest> {
    let mut request = SimilarRequest::unstarted();
    for (name, value) in pairs {
        match name.as_str() {
            "clause_id" => request.clause_id = Some(value.clone()),
            "text" => request.text = Some(value.clone()),
            "limit" => request.limit = number(name, value)?,
            "exclude_same_document" => request.exclude_same_document = flag(name, value)?,
            "per_region" => request.per_region = Some(number(name, value)?),
            "min_relevance" => request.min_relevance = Some(number(name, value)?),
            "explain" => request.explain = flag(name, value)?,
            _ if set_filter(&mut request.filter, name, value)? => {}
            _ => return Err(unknown(name)),
        }
    }
    Ok(request)
}

/// The filter that an address states, and nothing else.
pub(super) fn filter(pairs: &Pairs) -> Result<crate::search::Filter> {
    let mut filter = crate::search::Filter::default();
    for (name, value) in pairs {
        if !set_filter(&mut filter, name, value)? {
            return Err(unknown(name));
        }
    }
    Ok(filter)
}

/// A comparison as an address asks it: `q`, `clause_id` or `text` says what of, filters say where.
pub(super) fn compare_request(pairs: &Pairs) -> Result<CompareRequest> {
    let mut request = CompareRequest::empty();
    for (name, value) in pairs {
        match name.as_str() {
            "clause_id" => request.clause_id = Some(value.clone()),
            "text" => request.text = Some(value.clone()),
            "q" => request.query = Some(value.clone()),
            "region" => request.regions.push(value.clone()),
            "candidates" => request.candidates = number(name, value)?,
            _ if set_filter(&mut request.filter, name, value)? => {}
            _ => return Err(unknown(name)),
        }
    }
    Ok(request)
}

/// Adds one filter value; false when `name` is no filter.
fn set_filter(filter: &mut crate::search::Filter, name: &str, value: &str) -> Result<bool> {
    let text = || value.to_owned();
    match name {
        "region" => add(&mut filter.region, text()),
        "province" => add(&mut filter.province, text()),
        "city" => add(&mut filter.city, text()),
        "year" => add(&mut filter.year, number(name, value)?),
        "date_from" => filter.date_from = Some(text()),
        "date_to" => filter.date_to = Some(text()),
        "domain" => add(&mut filter.domain, text()),
        "unit" => add(&mut filter.unit, text()),
        "role" => add(&mut filter.role, word(name, value)?),
        "kind" => add(&mut filter.kind, word(name, value)?),
        "status" => add(&mut filter.status, word(name, value)?),
        "document" => add(&mut filter.document, text()),
        _ => return Ok(false),
    }
    Ok(true)
}

fn add<T: Clone>(values: &mut Values<T>, value: T) {
    let mut all = values.as_slice().to_vec();
    all.push(value);
    *values = Values::Many(all);
}

/// The error for a parameter that does not exist.
pub(super) fn unknown(name: &str) -> Error {
    Error::invalid("unknown_parameter", name, format!("there is no parameter {name:?}"))
}

/// `value` as a number; `invalid_parameter` names the parameter.
pub(super) fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T> {
    let bad = |_: T::Err| {
        Error::invalid("invalid_parameter", name, format!("{name}: {value:?} is not a number that fits"))
    };
    value.parse().map_err(bad)
}

fn flag(name: &str, value: &str) -> Result<bool> {
    match value {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Error::invalid(
            "invalid_parameter",
            name,
            format!("{name}: {value:?} is neither true nor false"),
        )),
    }
}

/// One of an enum's words; the error lists them.
pub(super) fn word<T: DeserializeOwned>(name: &str, value: &str) -> Result<T> {
    let bad = |error: ValueError| Error::invalid("invalid_parameter", name, format!("{name}: {error}"));
    T::deserialize(StrDeserializer::<ValueError>::new(value)).map_err(bad)
}

/// Words separated by commas.
fn words<T: DeserializeOwned>(name: &str, value: &str) -> Result<Vec<T>> {
    value.split(',').filter(|part| !part.is_empty()).map(|part| word(name, part)).collect()
}

/// An enum's value as the API writes it, such as `lead`.
pub(super) fn name_of(value: impl serde::Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Role;
    use crate::search::{FacetField, Mode};

    #[test]
    fn reads_every_part() {
        let query = "q=%E7%94%A8%E6%B0%B4+%E7%94%A8%E6%B0%94&mode=keyword&region=340603&region=x&role=lead&facets=region,year&limit=5";
        let request = search_request(&pairs(Some(query)).unwrap()).unwrap();
        assert_eq!(request.query, "用水 用气");
        assert_eq!(request.mode, Mode::Keyword);
        assert_eq!(request.filter.region.as_slice(), ["340603", "x"]);
        assert_eq!(request.filter.role.as_slice(), [Role::Lead]);
        assert_eq!(request.facets, [FacetField::Region, FacetField::Year]);
        assert_eq!(request.limit, 5);
    }

    #[test]
    fn names_the_pair_at_fault() {
        let rows = [
            ("colour=red", "unknown_parameter", Some("colour")),
            ("limit=ten", "invalid_parameter", Some("limit")),
            ("limit=-1", "invalid_parameter", Some("limit")),
            ("year=2022x", "invalid_parameter", Some("year")),
            ("role=boss", "invalid_parameter", Some("role")),
            ("explain=maybe", "invalid_parameter", Some("explain")),
            ("q=%ff", "not_utf8", None),
        ];
        for (query, code, field) in rows {
            let error = pairs(Some(query)).and_then(|pairs| search_request(&pairs)).unwrap_err();
            assert_eq!((error.code(), error.field()), (code, field), "{query}");
        }
    }

    #[test]
    fn every_filter_is_a_parameter() {
        let query = FILTERS.map(|name| match name {
            "year" => "year=2022".to_owned(),
            "role" => "role=lead".to_owned(),
            "kind" => "kind=measure".to_owned(),
            "status" => "status=draft".to_owned(),
            _ => format!("{name}=x"),
        });
        let request = search_request(&pairs(Some(&query.join("&"))).unwrap()).unwrap();
        // A filter that is not set is not written, so every one must have been set.
        let written = serde_json::to_value(&request.filter).unwrap();
        assert_eq!(written.as_object().unwrap().len(), FILTERS.len());
    }

    proptest! {
        #[test]
        fn links_lead_back(name in "[a-z_]{1,8}", value in any::<String>()) {
            let query = to_query([(name.as_str(), value.as_str())]);
            prop_assert_eq!(pairs(Some(&query)).unwrap(), vec![(name, value)]);
        }

        #[test]
        fn no_query_panics(query in any::<String>()) {
            let _ = pairs(Some(&query)).and_then(|pairs| search_request(&pairs));
        }
    }
}
