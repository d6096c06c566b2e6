//! One opaque error for the whole crate; its [`Kind`] says what a caller can do about it.

use std::fmt;

/// A `Result` whose error is this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn std::error::Error + Send + Sync + 'static>;

/// What a caller can do about an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The request or the flag is wrong: correct it and try again.
    Invalid,
    /// The named thing does not exist.
    NotFound,
    /// The input is larger than a limit: send less.
    TooLarge,
    /// The document's format cannot be read: convert it.
    Unsupported,
    /// The document is damaged or is not what it claims to be.
    Malformed,
    /// Another process holds the index: end it or use another data directory.
    Locked,
    /// The index on disk is damaged: rebuild it.
    Corrupt,
    /// A part that was asked for is not there now (no model, no generation).
    Unavailable,
    /// The operating system refused: the message says what.
    Io,
    /// A defect of ours.
    Internal,
}

/// Why something failed: a [`Kind`], a stable `code`, one English sentence that names the file or
/// field and what to do, and the cause beneath it.
pub struct Error {
    kind: Kind,
    code: &'static str,
    context: String,
    field: Option<String>,
    source: Option<Source>,
}

impl Error {
    /// An error of `kind` with a stable machine-readable `code` in snake case and a sentence for people.
    pub fn new(kind: Kind, code: &'static str, context: impl Into<String>) -> Self {
        Self { kind, code, context: context.into(), field: None, source: None }
    }

    /// A defect of ours: an invariant that should have held did not.
    pub fn internal(context: impl Into<String>) -> Self {
        Self::new(Kind::Internal, "internal", context)
    }

    /// Bad input in `field`: `context` says what is allowed there.
    pub fn invalid(code: &'static str, field: impl Into<String>, context: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(Kind::Invalid, code, context) }
    }

    /// An operating-system error about `what` (usually a path).
    pub fn io(what: impl fmt::Display, source: std::io::Error) -> Self {
        Self::new(Kind::Io, "io", format!("{what}: {source}")).with_source(source)
    }

    /// Whether it came of a disk without room.
    pub fn is_disk_full(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = cause {
            let is_full = |error: &std::io::Error| {
                matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
            };
            // Some libraries pass the operating system's error on as text only.
            if error.downcast_ref().is_some_and(is_full) || error.to_string().contains("(os error 28)") {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The stable code, such as `unknown_clause`; clients may match on it.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The field of the request at fault, when there is one.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.context)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind)
            .field("code", &self.code)
            .field("context", &self.context)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// A remark about a document that was understood only in part: counted in the build report, listed
/// by `index --report`, never a failure.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Warning {
    /// Stable code, such as `impossible_date`.
    pub code: String,
    /// One sentence that quotes the text at fault.
    pub message: String,
    /// 1-based line of the file as received, when known.
    pub line: Option<u32>,
}

impl Warning {
    /// A warning without a line.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), line: None }
    }

    /// The same warning at a 1-based line of the file.
    #[must_use]
    pub fn at_line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }
}
