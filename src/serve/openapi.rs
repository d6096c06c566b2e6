//! The description of the API, at `/openapi.json`.

use utoipa::OpenApi;

/// Title, licence and tags; the routes bring the rest.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tiaokuan 条款",
        description = "Full-text and semantic search over the clauses of Chinese policy documents. Errors are problem details (RFC 9457) with a stable `code`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "search", description = "Search and similarity"),
        (name = "atlas", description = "Measures found across documents"),
        (name = "export", description = "Answers as tables"),
        (name = "documents", description = "Documents and their clauses"),
        (name = "lists", description = "What can be filtered by"),
        (name = "operation", description = "Health"),
    )
)]
struct Description;

/// The description without routes.
pub(super) fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
