//! Who asks.

use std::sync::Arc;

use axum::http::request::Parts;

use super::audit::AuditLog;
use super::csrf::CsrfKey;
use super::key::{KeyId, KeyRecord, Scope, Scopes};
use super::keyring::Keyring;
use super::session::Sessions;

/// Who asks, and what they may: an extension of every request.
#[derive(Clone, Debug)]
pub(in crate::serve) struct Caller {
    /// The key; none for this machine's own user on loopback, and for who needs none.
    pub(in crate::serve) key: Option<KeyId>,
    /// What people call the key.
    pub(in crate::serve) name: String,
    /// What it allows.
    pub(in crate::serve) scopes: Scopes,
    /// Whether a cookie said so: then a browser may have been made to ask by another site.
    pub(in crate::serve) by_cookie: bool,
}

impl Caller {
    /// The user of this machine, on loopback without keys: reads and writes, but sees no personal data, which
    /// takes a decision that somebody makes and writes down by making a key.
    pub(super) fn local() -> Self {
        let scopes = [Scope::Read, Scope::Write].into_iter().collect();
        Self { key: None, name: "local".to_owned(), scopes, by_cookie: false }
    }

    /// Who said nothing of themselves.
    pub(super) fn nobody() -> Self {
        Self { key: None, name: "nobody".to_owned(), scopes: Scopes::default(), by_cookie: false }
    }

    /// The holder of the key `record`.
    pub(super) fn of_key(record: KeyRecord, by_cookie: bool) -> Self {
        Self { key: Some(record.id), name: record.name, scopes: record.scopes, by_cookie }
    }

    /// Whether this is the user of this machine, without a key.
    pub(in crate::serve) fn is_local(&self) -> bool {
        self.key.is_none() && !self.scopes.is_empty()
    }

    /// Whether contacts are shown.
    pub(in crate::serve) fn sees_personal_data(&self) -> bool {
        self.scopes.allow(Scope::PersonalData)
    }
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(Self::nobody))
    }
}

/// What the configuration says of access.
#[derive(Debug, Default)]
pub struct AccessPolicy {
    /// The keys there are; none for a service that knows no keys (tests).
    pub keys: Option<Keyring>,
    /// Whether a key is needed even where none was made yet.
    pub require_keys: bool,
    /// Whether browsers reach the service by https: cookies are then sent by no other way.
    pub is_https: bool,
    /// Origins of other sites whose pages may ask, such as `https://portal.example.cn`.
    pub cors_origins: Vec<String>,
    /// The origin under which others reach the service, when configured.
    pub public_origin: Option<String>,
    /// Where writes are written down; none for nowhere.
    pub audit_log: Option<std::path::PathBuf>,
}

/// Everything that decides who may what.
#[derive(Debug)]
pub(in crate::serve) struct Access {
    pub(super) policy: AccessPolicy,
    pub(super) csrf: CsrfKey,
    pub(super) audit: Option<AuditLog>,
    pub(in crate::serve) sessions: Sessions,
}

impl Access {
    /// Access by `policy`.
    pub(in crate::serve) fn new(mut policy: AccessPolicy) -> Arc<Self> {
        let audit = policy.audit_log.take().map(AuditLog::at);
        Arc::new(Self { policy, csrf: CsrfKey::random(), audit, sessions: Sessions::default() })
    }

    /// Whether a request without a key is refused.
    pub(in crate::serve) fn requires_keys(&self) -> bool {
        self.policy.require_keys || self.policy.keys.as_ref().is_some_and(Keyring::is_in_use)
    }

    /// Whether cookies are for https only.
    pub(in crate::serve) fn is_https(&self) -> bool {
        self.policy.is_https
    }

    /// Origins of other sites whose pages may ask.
    pub(in crate::serve) fn cors_origins(&self) -> &[String] {
        &self.policy.cors_origins
    }

    /// The holder of `key`.
    pub(in crate::serve) fn find(&self, key: &str) -> Option<KeyRecord> {
        self.policy.keys.as_ref()?.find(key)
    }

    /// The caller whose browser sends the session token `token`.
    pub(super) fn of_session(&self, token: &str) -> Option<Caller> {
        let id = self.sessions.key_of(token)?;
        // Asked anew every time: a revoked key ends its sessions.
        let record = self.policy.keys.as_ref()?.usable(id.as_str())?;
        Some(Caller::of_key(record, true))
    }
}
