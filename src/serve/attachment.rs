//! Answers that a browser keeps as a file.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::view::escape;

/// Longest name of a file, in characters, without its suffix.
const LONGEST: usize = 60;
/// What some system does not allow in a file's name.
const NOT_IN_NAME: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// `bytes` of `media_type` as a file called `title` with `suffix`. The name stands in `filename*` (RFC 6266
/// with RFC 8187); `fallback`, in ASCII, for what does not read that.
pub(super) fn attachment(
    bytes: Vec<u8>,
    media_type: &'static str,
    title: &str,
    fallback: &str,
    suffix: &str,
) -> Response {
    let name = escape(&format!("{}.{suffix}", file_name(title)));
    let disposition = format!("attachment; filename=\"{fallback}.{suffix}\"; filename*=UTF-8''{name}");
    let disposition =
        HeaderValue::from_str(&disposition).unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, bytes).into_response()
}

/// `title` as a file's name on any system.
fn file_name(title: &str) -> String {
    let allowed = |c: char| if c.is_control() || NOT_IN_NAME.contains(&c) { ' ' } else { c };
    let spaced: String = title.chars().map(allowed).collect();
    let name = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = name.chars().take(LONGEST).collect();
    let name = name.trim_matches([' ', '.']);
    if name.is_empty() { "导出".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_for_any_system() {
        let rows = [
            ("条款检索 用水/用气", "条款检索 用水 用气"),
            ("  ..\\../a\r\nb:c ", "a b c"),
            ("...", "导出"),
            ("", "导出"),
        ];
        for (title, name) in rows {
            assert_eq!(file_name(title).trim_start_matches(['.', ' ']), name, "{title:?}");
        }
        assert_eq!(file_name(&"长".repeat(99)).chars().count(), LONGEST);
    }

    proptest! {
        #[test]
        fn any_title_makes_a_header(title in any::<String>()) {
            let response = attachment(Vec::new(), "text/csv", &title, "tiaokuan", "csv");
            let disposition = response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned();
            prop_assert!(disposition.starts_with("attachment; filename=\"tiaokuan.csv\"; filename*=UTF-8''"));
            prop_assert!(!disposition.contains(['\r', '\n']) && disposition.matches('"').count() == 2);
        }
    }
}
