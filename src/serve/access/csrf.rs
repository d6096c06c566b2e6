//! Tokens in forms: a page of another site can make a browser send a form here, cookies and all, but cannot know
//! the token that stands in ours.
//!
//! A token is the keyed hash of what the browser holds in a cookie that no script and no other site reads: the
//! session's token, or, before sign-in, a random one. So nothing is stored for it, and it lasts as long as that
//! cookie.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};

use super::caller::Access;
use super::secret;
use super::session::{cookie_name, cookie_of, set};
use crate::error::Result;
use crate::serve::error::Failure;
use crate::serve::state::AppState;

/// The form's field.
pub(super) const FIELD: &str = "_csrf";
/// The header that scripts send it in.
pub(super) const HEADER: &str = "x-csrf-token";
/// The cookie of a browser that is not signed in.
const COOKIE: &str = "tiaokuan_form";
/// How long a form may lie open before it is sent.
const LIFETIME: Duration = Duration::from_hours(12);

/// What tokens are made with; another after each start.
#[derive(Debug)]
pub(super) struct CsrfKey(Option<[u8; 32]>);

impl CsrfKey {
    /// A random key. A system without random bytes has no tokens, so that no form is taken.
    pub(super) fn random() -> Self {
        Self(secret::random().ok())
    }

    /// The token for a browser that holds `binding`.
    fn token(&self, binding: &str) -> Option<String> {
        Some(blake3::keyed_hash(self.0.as_ref()?, binding.as_bytes()).to_hex().to_string())
    }
}

impl Access {
    /// Ends the session of the browser that sent `headers`, if it has one.
    pub(in crate::serve) fn end_session(&self, headers: &HeaderMap) {
        if let Some(token) = cookie_of(headers, cookie_name(self.is_https())) {
            self.sessions.end(&token);
        }
    }

    /// What a browser holds that another site cannot read.
    fn binding(&self, headers: &HeaderMap) -> Option<String> {
        let session = cookie_of(headers, cookie_name(self.is_https()));
        session.filter(|token| self.sessions.key_of(token).is_some()).or_else(|| cookie_of(headers, COOKIE))
    }

    /// Whether `token` is the one that a form for this browser holds.
    pub(super) fn is_token(&self, headers: &HeaderMap, token: &str) -> bool {
        let own = self.binding(headers).and_then(|binding| self.csrf.token(&binding));
        own.is_some_and(|own| secret::is_same(&own, token))
    }
}

/// The token for forms of the page that is being made: a page with a form that writes takes it as an argument,
/// puts `token` into a hidden field `_csrf`, and sends `cookie` along where there is one.
#[derive(Debug)]
pub(in crate::serve) struct CsrfToken {
    /// For the hidden field.
    pub(in crate::serve) token: String,
    /// To be sent as `Set-Cookie`; none where the browser holds all it needs.
    pub(in crate::serve) cookie: Option<HeaderValue>,
}

impl FromRequestParts<AppState> for CsrfToken {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let access: &Arc<Access> = state.access();
        if let Some(binding) = access.binding(&parts.headers) {
            return Ok(Self { token: access.csrf.token(&binding).unwrap_or_default(), cookie: None });
        }
        let fresh = secret::hex(&secret::random()?);
        let cookie = set(COOKIE, &fresh, access.is_https(), LIFETIME)?;
        Ok(Self { token: access.csrf.token(&fresh).unwrap_or_default(), cookie: Some(cookie) })
    }
}
