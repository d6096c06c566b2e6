//! The description of the API, at `/openapi.json`.

mod choices;

use utoipa::OpenApi as _;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, PathItem, Ref, RefOr, ResponseBuilder};

/// Title, licence and tags; the routes bring the rest.
#[derive(utoipa::OpenApi)]
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

/// The bytes of a file as they are.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes bodies; never built")]
pub(super) struct File(Vec<u8>);

/// The description without routes.
pub(super) fn description() -> OpenApi {
    Description::openapi()
}

/// Adds to `description` what holds for every route of the API: a key by the `Authorization` header, and the
/// answers that the way in gives before any handler.
pub(super) fn add_access(description: &mut OpenApi) {
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("tk_ID_SECRET");
    let key = key.description(Some(
        "A key made by `tiaokuan keys create`. Needed unless the service listens on loopback and no key was made.",
    ));
    let components = description.components.get_or_insert_default();
    components.add_security_scheme("key", SecurityScheme::Http(key.build()));
    choices::add(components);
    for (name, said) in SHARED {
        let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new().description(said).content("application/problem+json", body);
        components.responses.insert(name.to_owned(), response.build().into());
    }
    for (name, said) in WITHOUT_BODY {
        components.responses.insert(name.to_owned(), ResponseBuilder::new().description(said).build().into());
    }
    let is_open = |path: &str| matches!(path, "/healthz" | "/readyz");
    let paths = description.paths.paths.iter_mut().filter(|(path, _)| !is_open(path));
    for operation in paths.flat_map(|(_, item)| operations(item)) {
        operation.security =
            Some(vec![SecurityRequirement::default(), SecurityRequirement::new("key", NONE)]);
        for (status, name) in [
            ("401", "KeyRequired"),
            ("403", "ScopeMissing"),
            ("414", "AddressTooLong"),
            ("429", "TooManyRequests"),
            ("431", "HeadTooLarge"),
            ("503", "Unavailable"),
        ] {
            let response = RefOr::Ref(Ref::from_response_name(name));
            operation.responses.responses.entry(status.to_owned()).or_insert(response);
        }
    }
}

/// Adds the answer to `If-None-Match` to the `GET` of each of `routes`.
pub(super) fn add_not_modified(description: &mut OpenApi, routes: &[&str]) {
    let known = |path: &str| routes.contains(&path);
    for (_, item) in description.paths.paths.iter_mut().filter(|(path, _)| known(path)) {
        if let Some(operation) = &mut item.get {
            let said = "`If-None-Match` names the `ETag` of this answer, which is still the same";
            let response = ResponseBuilder::new().description(said).build();
            operation.responses.responses.insert("304".to_owned(), response.into());
        }
    }
}

/// No scope in the sense of OAuth.
const NONE: [&str; 0] = [];

/// Answers of the way in.
const SHARED: [(&str, &str); 4] = [
    ("KeyRequired", "No key, or one that is unknown, revoked or past its end"),
    ("ScopeMissing", "The key lacks the scope for this, or the request comes from a page of another site"),
    ("TooManyRequests", "The key asked too often: `Retry-After` says when to ask again"),
    (
        "Unavailable",
        "Too many searches at once, or the time for one is over: `Retry-After` says when to ask again",
    ),
];

/// Answers that may come before a request is read far enough to be understood: without a body, and the connection
/// is closed.
const WITHOUT_BODY: [(&str, &str); 2] = [
    ("AddressTooLong", "The address is longer than 64 KiB: send the request as a body"),
    ("HeadTooLarge", "The head of the request is larger than 96 KiB, or has more than 100 headers"),
];

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete].into_iter().flatten()
}
