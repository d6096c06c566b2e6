use serde::{Deserialize, Serialize};

/// A half-open range of Unicode code points (not bytes, not UTF-16 units): `start` included, `end`
/// not. In Python `text[start:end]`, in JavaScript `Array.from(text).slice(start, end)`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
pub struct Span {
    /// First code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
}
