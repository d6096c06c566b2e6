//! Addresses under which clauses and documents are found for good.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, Result};

/// What may stand unescaped in a path segment or a query value.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// In a path segment of a permalink a colon may stand too: it makes a clause's id readable.
const SEGMENT: &AsciiSet = &ESCAPED.remove(b':');

/// `text` escaped for a path segment or a query value.
pub(crate) fn escape(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).collect()
}

/// Makes permalinks: below the address that the configuration calls `public_url`, or else as paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permalinks {
    public_url: Option<Arc<str>>,
    origin: Option<Arc<str>>,
}

impl Permalinks {
    /// Permalinks below `public_url`, such as `https://policy.example.cn/tiaokuan`; `invalid_public_url` where
    /// it is no address of the web.
    pub fn below(public_url: &str) -> Result<Self> {
        let url = public_url.trim().trim_end_matches('/');
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let is_address = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', ':']));
        if !is_address || url.contains(['?', '#', '"', '<', '>']) || url.contains(char::is_whitespace) {
            let message = format!(
                "public_url: {public_url:?} is not an address such as https://policy.example.cn/tiaokuan"
            );
            return Err(Error::invalid("invalid_public_url", "public_url", message));
        }
        Ok(Self { public_url: Some(url.into()), origin: None })
    }

    /// The same, with the address by which the service was reached (`http://127.0.0.1:7878`): where no public
    /// address is configured, what leaves the service in a table or a citation leads back by that.
    #[must_use]
    pub fn reached_at(mut self, origin: &str) -> Self {
        self.origin = Some(origin.trim_end_matches('/').into());
        self
    }

    /// The permalink of the clause named `id`; a path where no address is known.
    pub fn clause(&self, id: &str) -> String {
        below(self.reachable(), "clauses", id)
    }

    /// The permalink of the document named `id`; a path where no address is known.
    pub fn document(&self, id: &str) -> String {
        below(self.reachable(), "documents", id)
    }

    /// An address at which `path` of the service can be opened; `path` itself where none is known.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.reachable().unwrap_or_default())
    }

    fn reachable(&self) -> Option<&str> {
        self.public_url.as_deref().or(self.origin.as_deref())
    }
}

fn below(base: Option<&str>, kind: &str, id: &str) -> String {
    let pieces = [base.unwrap_or_default(), "/", kind, "/"];
    pieces.into_iter().chain(utf8_percent_encode(id, SEGMENT)).collect()
}

#[cfg(test)]
mod tests {
    use super::Permalinks;

    #[test]
    fn below_the_public_address_or_a_path() {
        let public = Permalinks::below("https://policy.example.cn/t/").expect("an address");
        assert_eq!(public.clause("a:item_1"), "https://policy.example.cn/t/clauses/a:item_1");
        assert_eq!(public.document("方案"), "https://policy.example.cn/t/documents/%E6%96%B9%E6%A1%88");
        let local = Permalinks::default().reached_at("http://127.0.0.1:7878");
        assert_eq!(local.clause("a:item_1"), "http://127.0.0.1:7878/clauses/a:item_1");
        assert_eq!(Permalinks::default().clause("a:item_1"), "/clauses/a:item_1");
        assert_eq!(local.address("/search?q=x"), "http://127.0.0.1:7878/search?q=x");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in ["", "policy.example.cn", "ftp://a", "https://", "http:///a", "https://a?b", "https://a b"]
        {
            let error = Permalinks::below(bad).expect_err(bad);
            assert_eq!(error.code(), "invalid_public_url");
        }
    }
}
