//! Who looks at a page with forms that write.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;

use crate::serve::access::{Caller, CsrfToken, Scope};
use crate::serve::error::Failure;
use crate::serve::state::AppState;

/// What such a page needs to know of its reader.
#[derive(Debug)]
pub(super) struct Visitor {
    /// Whether documents can be taken in and out here, by this reader.
    pub(super) may_write: bool,
    token: CsrfToken,
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let Ok(caller) = Caller::from_request_parts(parts, state).await;
        let may_write = state.takes_documents() && caller.scopes.allow(Scope::Write);
        Ok(Self { may_write, token: CsrfToken::from_request_parts(parts, state).await? })
    }
}

impl Visitor {
    /// What the page's forms send back, for a page of who may send one.
    pub(super) fn token(&self) -> Option<String> {
        self.may_write.then(|| self.token.token.clone())
    }

    /// `response` with the cookie that the token goes with.
    pub(super) fn answer(self, mut response: Response) -> Response {
        if let Some(cookie) = self.token.cookie.filter(|_| self.may_write) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}
