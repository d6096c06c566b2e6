//! Parameters that several addresses take, for their descriptions; [`crate::serve::query`] reads them.

use crate::model::{ClauseKind, Role, Status};
use crate::search::{GroupBy, Mode, describe};

/// What answers must satisfy.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
#[expect(dead_code, reason = "describes the parameters; never built")]
pub(super) struct FilterParameters {
    /// Regions by name or GB/T 2260 code.
    #[param(schema_with = describe::name_list, required = false)]
    region: Option<Vec<String>>,
    /// Provinces by name or code.
    #[param(schema_with = describe::name_list, required = false)]
    province: Option<Vec<String>>,
    /// Cities by name or code.
    #[param(schema_with = describe::name_list, required = false)]
    city: Option<Vec<String>>,
    /// Years of issue.
    #[param(schema_with = describe::year_list, required = false)]
    year: Option<Vec<i32>>,
    /// Indicator domains by name or alias.
    #[param(schema_with = describe::name_list, required = false)]
    domain: Option<Vec<String>>,
    /// Agencies by name or alias.
    #[param(nullable = false)]
    unit: Option<Vec<String>>,
    /// What the agency must do.
    #[param(nullable = false)]
    role: Option<Vec<Role>>,
    /// Kinds of clause.
    #[param(nullable = false)]
    kind: Option<Vec<ClauseKind>>,
    /// States of the document.
    #[param(nullable = false)]
    status: Option<Vec<Status>>,
    /// Documents by id.
    #[param(schema_with = describe::name_list, required = false)]
    document: Option<Vec<String>>,
    /// Issued on this day or later.
    #[param(nullable = false, format = Date)]
    date_from: Option<String>,
    /// Issued on this day or earlier.
    #[param(nullable = false, format = Date)]
    date_to: Option<String>,
}

/// How a search is answered.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
#[expect(dead_code, reason = "describes the parameters; never built")]
pub(super) struct AnswerParameters {
    /// Which legs answer; `hybrid` without it.
    #[param(nullable = false)]
    mode: Option<Mode>,
    /// Puts the hits of one region or document together.
    #[param(nullable = false)]
    group_by: Option<GroupBy>,
    /// Puts near-identical clauses of one document into the best of them.
    #[param(nullable = false)]
    collapse: Option<bool>,
    /// Whether a word that occurs nowhere may be read as one that sounds or looks like it; true without it.
    #[param(nullable = false)]
    correct: Option<bool>,
    /// Asks the index as it was at the end of this day in China, or at this time (RFC 3339).
    #[param(schema_with = describe::day_or_time, required = false)]
    as_of: Option<String>,
}
