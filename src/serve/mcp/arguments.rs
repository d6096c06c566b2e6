//! What several tools are asked.

use rmcp::schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::model::{ClauseKind, Role, Status};
use crate::search::{Filter, Values};

/// Most clauses or regions of one answer.
pub(super) const MAX_LIMIT: usize = 20;

/// What answers must satisfy: every field that is given must match, any of its values will do.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(crate = "rmcp::schemars", inline)]
pub(super) struct FilterArguments {
    /// Regions by name (相山区, 安徽省) or six-digit GB/T 2260 code; a province or city takes in its districts.
    region: Vec<String>,
    /// Years of issue.
    year: Vec<i32>,
    /// Issued on this day or later, YYYY-MM-DD.
    date_from: Option<String>,
    /// Issued on this day or earlier, YYYY-MM-DD.
    date_to: Option<String>,
    /// Indicator domains by name, such as 开办企业 or 获得电力.
    domain: Vec<String>,
    /// Agencies by name, such as 市场监管局.
    unit: Vec<String>,
    /// What one of the agencies must do.
    #[schemars(schema_with = "roles")]
    role: Vec<Role>,
    /// Kinds of clause; measure (举措) is what an agency will do.
    #[schemars(schema_with = "kinds")]
    kind: Vec<ClauseKind>,
    /// States of the document.
    #[schemars(schema_with = "states")]
    status: Vec<Status>,
    /// Documents by id.
    document: Vec<String>,
}

impl From<FilterArguments> for Filter {
    fn from(arguments: FilterArguments) -> Self {
        Self {
            region: Values::Many(arguments.region),
            year: Values::Many(arguments.year),
            date_from: arguments.date_from,
            date_to: arguments.date_to,
            domain: Values::Many(arguments.domain),
            unit: Values::Many(arguments.unit),
            role: Values::Many(arguments.role),
            kind: Values::Many(arguments.kind),
            status: Values::Many(arguments.status),
            document: Values::Many(arguments.document),
            ..Self::default()
        }
    }
}

fn roles(_: &mut SchemaGenerator) -> Schema {
    one_of(&["lead", "support", "responsible"])
}

fn kinds(_: &mut SchemaGenerator) -> Schema {
    one_of(&["measure", "goal", "safeguard", "roster", "table", "article", "notice", "other"])
}

fn states(_: &mut SchemaGenerator) -> Schema {
    one_of(&["effective", "draft", "trial", "repealed"])
}

fn one_of(words: &[&str]) -> Schema {
    json_schema!({ "type": "array", "items": { "type": "string", "enum": words }, "default": [] })
}

/// `limit` within the bound of a tool's answer.
pub(super) fn checked(limit: usize) -> Result<usize> {
    if (1..=MAX_LIMIT).contains(&limit) {
        return Ok(limit);
    }
    let message = format!("limit: {limit} is out of range; give 1 to {MAX_LIMIT}");
    Err(Error::invalid("invalid_limit", "limit", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_schemas_is_read() {
        let filter = serde_json::json!({
            "role": ["lead", "support", "responsible"],
            "kind": ["measure", "goal", "safeguard", "roster", "table", "article", "notice", "other"],
            "status": ["effective", "draft", "trial", "repealed"],
        });
        let read: FilterArguments = serde_json::from_value(filter.clone()).unwrap();
        assert_eq!(serde_json::to_value(Filter::from(read)).unwrap(), filter);
    }

    #[test]
    fn a_limit_has_bounds() {
        assert!(checked(1).is_ok() && checked(MAX_LIMIT).is_ok());
        for limit in [0, MAX_LIMIT + 1] {
            assert_eq!(checked(limit).unwrap_err().code(), "invalid_limit");
        }
    }
}
