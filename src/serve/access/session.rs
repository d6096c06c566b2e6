//! People signed in by a page. The cookie holds a random token that is worth nothing after a restart or a few
//! hours; the key itself never goes back to the browser.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};
use parking_lot::Mutex;

use super::key::KeyId;
use super::secret;
use crate::error::{Error, Result};

/// How long a sign-in lasts: a working day.
const LIFETIME: Duration = Duration::from_hours(12);
/// Sessions at once; the oldest end first.
const MOST: usize = 10_000;

/// The sessions there are, by the hash of their token: memory read by others opens none.
#[derive(Debug, Default)]
pub(in crate::serve) struct Sessions(Mutex<HashMap<String, Session>>);

#[derive(Debug)]
struct Session {
    key: KeyId,
    ends: Instant,
}

impl Sessions {
    /// Begins a session of `key`; its token.
    pub(in crate::serve) fn begin(&self, key: KeyId) -> Result<String> {
        let token = secret::hex(&secret::random()?);
        let now = Instant::now();
        let mut sessions = self.0.lock();
        sessions.retain(|_, session| session.ends > now);
        if sessions.len() >= MOST {
            let oldest = sessions.iter().min_by_key(|(_, session)| session.ends);
            if let Some(oldest) = oldest.map(|(token, _)| token.clone()) {
                sessions.remove(&oldest);
            }
        }
        sessions.insert(secret::hash(&token), Session { key, ends: now + LIFETIME });
        Ok(token)
    }

    /// The key of the session with `token`, while it lasts.
    pub(super) fn key_of(&self, token: &str) -> Option<KeyId> {
        let sessions = self.0.lock();
        let session = sessions.get(&secret::hash(token))?;
        (session.ends > Instant::now()).then(|| session.key.clone())
    }

    /// Ends the session with `token`.
    pub(in crate::serve) fn end(&self, token: &str) {
        self.0.lock().remove(&secret::hash(token));
    }
}

/// The cookie's name. The prefix makes browsers hold it to https, this host and the whole path.
pub(super) fn cookie_name(is_https: bool) -> &'static str {
    if is_https { "__Host-tiaokuan" } else { "tiaokuan" }
}

/// The value of the cookie `name` of a request.
pub(super) fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut cookies = lines.flat_map(Cookie::split_parse).filter_map(std::result::Result::ok);
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// Sets the session's cookie to `token`.
pub(in crate::serve) fn session_cookie(token: &str, is_https: bool) -> Result<HeaderValue> {
    set(cookie_name(is_https), token, is_https, LIFETIME)
}

/// Takes the session's cookie away.
pub(in crate::serve) fn cleared_cookie(is_https: bool) -> Result<HeaderValue> {
    set(cookie_name(is_https), "", is_https, Duration::ZERO)
}

/// A cookie that no script reads and no other site sends.
pub(super) fn set(name: &str, value: &str, is_https: bool, lifetime: Duration) -> Result<HeaderValue> {
    let lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
    let cookie = Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(is_https)
        .max_age(cookie::time::Duration::seconds(lifetime))
        .build();
    HeaderValue::try_from(cookie.to_string())
        .map_err(|error| Error::internal("a cookie that cannot be sent").with_source(error))
}
