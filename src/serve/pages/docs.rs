//! The API's description for people, at `/docs`.

use askama::Template;
use axum::response::Html;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, RefOr};

use super::layout::Layout;
use crate::serve::problem_text::{self, ProblemText};

#[derive(Template)]
#[template(path = "docs.html")]
struct DocsPage {
    layout: Layout,
    operations: Vec<OperationRow>,
    problems: &'static [ProblemText],
}

/// One operation.
struct OperationRow {
    method: &'static str,
    path: String,
    summary: String,
    description: Option<String>,
    parameters: Vec<String>,
    statuses: Vec<String>,
}

/// The page that lists the operations of `description`, rendered once.
pub(in crate::serve) fn docs_page(description: &OpenApi) -> Html<String> {
    let operations = description.paths.paths.iter().flat_map(|(path, item)| {
        let methods =
            [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("DELETE", &item.delete)];
        methods
            .into_iter()
            .filter_map(|(method, operation)| Some(OperationRow::of(method, path, operation.as_ref()?)))
    });
    let mut operations: Vec<OperationRow> = operations.collect();
    operations
        .sort_by_key(|operation| (!operation.path.starts_with("/v1/"), operation.path.matches('/').count()));
    let layout = Layout { section: "docs", ..Layout::new("接口") };
    let page = DocsPage { layout, operations, problems: problem_text::ALL };
    Html(page.render().unwrap_or_default())
}

impl OperationRow {
    fn of(method: &'static str, path: &str, operation: &Operation) -> Self {
        let parameters = operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter.name.clone()),
            RefOr::Ref(_) => None,
        });
        Self {
            method,
            path: path.to_owned(),
            summary: operation.summary.clone().unwrap_or_default(),
            description: operation.description.clone(),
            parameters: parameters.collect(),
            statuses: operation.responses.responses.keys().cloned().collect(),
        }
    }
}
