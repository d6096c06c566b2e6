//! Signing in with a key, and out again.

use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::html;
use super::layout::Layout;
use crate::serve::access::{Caller, CsrfToken, cleared_cookie, session_cookie};
use crate::serve::body::read_whole;
use crate::serve::error::{Failure, Rendered};
use crate::serve::query::{self, Pairs};
use crate::serve::state::AppState;

/// Largest form, in bytes: a key, a token and an address.
const MAX_FORM: usize = 64 << 10;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    layout: Layout,
    csrf: String,
    next: String,
    /// Who is signed in.
    name: Option<String>,
    is_refused: bool,
}

/// `GET /sign-in`.
pub(super) async fn get(
    caller: Caller,
    csrf: CsrfToken,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let next = next_of(&query::pairs(raw.as_deref())?);
    if caller.by_cookie && next != "/" {
        // Somebody signed in who came here by a link from elsewhere.
        return Ok(Redirect::to(&next).into_response());
    }
    page(caller.by_cookie.then_some(caller.name), csrf, next, false)
}

/// `POST /sign-in`.
pub(super) async fn post(
    State(state): State<AppState>,
    csrf: CsrfToken,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let bytes = read_whole(body, MAX_FORM).await?;
    let fields = query::pairs(Some(&String::from_utf8_lossy(&bytes)))?;
    let next = next_of(&fields);
    let key = fields.iter().find(|(name, _)| name == "key").map(|(_, value)| value.trim());
    let access = state.access();
    let Some(record) = key.and_then(|key| access.find(key)) else {
        let mut response = page(None, csrf, next, true)?;
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        response.extensions_mut().insert(Rendered);
        return Ok(response);
    };
    access.end_session(&headers);
    let cookie = session_cookie(&access.sessions.begin(record.id)?, access.is_https())?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
}

/// `POST /sign-out`.
pub(super) async fn out(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Failure> {
    let access = state.access();
    access.end_session(&headers);
    let cookie = cleared_cookie(access.is_https())?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/sign-in")).into_response())
}

fn page(name: Option<String>, csrf: CsrfToken, next: String, is_refused: bool) -> Result<Response, Failure> {
    let page = SignInPage { layout: Layout::new("登录"), csrf: csrf.token, next, name, is_refused };
    let mut response = html(&page)?;
    response.headers_mut().extend(csrf.cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}

/// The page wanted before signing in: a path of this site and nothing else, so that a link to the sign-in page
/// cannot lead on to another site.
fn next_of(pairs: &Pairs) -> String {
    let wanted = pairs.iter().find(|(name, _)| name == "next").map_or("/", |(_, value)| value.as_str());
    let is_path = wanted.starts_with('/') && !wanted.starts_with("//");
    // Browsers read a backslash as a slash and drop line ends.
    let is_plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_page = !wanted.starts_with("/sign-");
    if is_path && is_plain && is_page { wanted.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::next_of;

    #[test]
    fn only_pages_of_this_site_follow() {
        let next = |wanted: &str| next_of(&vec![("next".to_owned(), wanted.to_owned())]);
        for wanted in ["/", "/search?q=%E6%B0%B4&mode=keyword", "/clauses/a:b"] {
            assert_eq!(next(wanted), wanted);
        }
        for wanted in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "",
            "\\\\evil",
            "/\t/evil.example",
            "/\n/evil.example",
            "evil.example",
            "/sign-out",
            "/sign-in?next=/",
            " /x",
        ] {
            assert_eq!(next(wanted), "/", "{wanted}");
        }
    }
}
