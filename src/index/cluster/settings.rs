//! Where a cluster is, and what it calls our indices.

use ureq::http::Uri;

use crate::error::{Error, Result};

/// Where a cluster is, and what it calls our indices.
#[derive(Clone, PartialEq, Eq)]
pub struct ClusterSettings {
    /// Addresses of its nodes, without a slash at the end.
    pub(super) urls: Vec<String>,
    /// What names of indices begin with.
    pub(super) prefix: String,
    /// User and password.
    pub(super) login: Option<(String, String)>,
}

impl ClusterSettings {
    /// The cluster whose nodes answer at `urls`, in indices whose names begin with `prefix`; `login` is user and
    /// password.
    pub fn new(urls: &[String], prefix: &str, login: Option<(String, String)>) -> Result<Self> {
        let urls: Vec<String> = urls
            .iter()
            .map(|url| url.trim().trim_end_matches('/').to_owned())
            .filter(|url| !url.is_empty())
            .collect();
        let is_address = |url: &String| {
            url.parse::<Uri>()
                .is_ok_and(|uri| uri.host().is_some() && matches!(uri.scheme_str(), Some("http" | "https")))
        };
        if let Some(url) = urls.iter().find(|url| !is_address(url)) {
            let message = format!("opensearch_url: {url:?} is no address such as http://127.0.0.1:9200");
            return Err(Error::invalid("invalid_opensearch_url", "opensearch_url", message));
        }
        if urls.is_empty() {
            let message = "opensearch_url: the backend opensearch needs the addresses of the cluster's nodes";
            return Err(Error::invalid("invalid_opensearch_url", "opensearch_url", message));
        }
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if !prefix.starts_with(|c: char| c.is_ascii_lowercase()) || !prefix.chars().all(is_name) {
            let message = format!(
                "opensearch_index: {prefix:?} cannot begin the name of an index; use lower-case letters, digits, - and _"
            );
            return Err(Error::invalid("invalid_opensearch_index", "opensearch_index", message));
        }
        Ok(Self { urls, prefix: prefix.to_owned(), login })
    }
}

impl std::fmt::Debug for ClusterSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The password stays out of logs.
        f.debug_struct("ClusterSettings")
            .field("urls", &self.urls)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names_are_checked() {
        let read = |url: &str, prefix: &str| ClusterSettings::new(&[url.to_owned()], prefix, None);
        assert_eq!(read("http://a:9200/", "tiaokuan").expect("right").urls, ["http://a:9200"]);
        for (url, prefix) in
            [("a:9200", "t"), ("ftp://a", "t"), ("", "t"), ("http://a", "T"), ("http://a", "")]
        {
            assert!(read(url, prefix).is_err(), "{url} {prefix}");
        }
    }
}
