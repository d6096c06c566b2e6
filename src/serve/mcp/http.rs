//! The tools over HTTP: `/mcp`, streamable HTTP without sessions, so that nothing is kept between requests and a
//! restart loses nobody.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, any};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tower::ServiceExt as _;

use super::McpServer;
use crate::serve::error::Rendered;
use crate::serve::limits::MAX_JSON;
use crate::serve::state::AppState;

/// What answers at `/mcp`.
pub(in crate::serve) fn route(state: AppState) -> MethodRouter<AppState> {
    // Host and Origin are checked for all routes, by rules that the operator configures.
    let config = StreamableHttpServerConfig::default()
        .disable_allowed_hosts()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(MAX_JSON);
    let server = McpServer::new(state);
    let sessions = Arc::new(NeverSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(server.clone()), sessions, config);
    any(move |request: Request| {
        let service = service.clone();
        async move {
            let Ok(response) = service.oneshot(request).await;
            complete(response.into_response())
        }
    })
}

/// Its errors are of its own protocol: no problem details take their place.
fn complete(mut response: Response) -> Response {
    response.extensions_mut().insert(Rendered);
    response
}
