//! Keys and what they allow.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::secret;
use crate::error::{Error, Result};

/// What a key allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Search and read.
    Read,
    /// See contacts: names and telephone numbers.
    PersonalData,
    /// Put and delete documents.
    Write,
    /// Metrics, snapshots.
    Admin,
}

impl Scope {
    /// Its name in requests, files and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::PersonalData => "personal_data",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Scope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let all = [Self::Read, Self::PersonalData, Self::Write, Self::Admin];
        all.into_iter().find(|scope| scope.name() == text.trim()).ok_or_else(|| {
            let message = format!("{text:?} is no scope; there are read, personal_data, write and admin");
            Error::invalid("invalid_scope", "scope", message)
        })
    }
}

/// Scopes of one key. None of them includes another: a key that may write and not read is for a feeder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Whether `scope` is among them.
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|scope| scope.name()).collect();
        f.write_str(&names.join(","))
    }
}

/// The public part of a key: 12 hexadecimal digits, which name it in lists and logs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl KeyId {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Digits of an id and of a secret.
const ID_DIGITS: usize = 12;
const SECRET_DIGITS: usize = 64;

/// The id and the secret of a key as its holder writes it, `tk_ID_SECRET`; none where it has another shape.
pub(super) fn parts(key: &str) -> Option<(&str, &str)> {
    let (id, secret) = key.strip_prefix("tk_")?.split_once('_')?;
    let is_hex =
        |text: &str, digits| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hex(id, ID_DIGITS) && is_hex(secret, SECRET_DIGITS)).then_some((id, secret))
}

/// A key as it is kept: everything but the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRecord {
    /// Names it.
    pub id: KeyId,
    /// Who holds it, in the words of who made it.
    pub name: String,
    /// What it allows.
    pub scopes: Scopes,
    /// BLAKE3 of the whole key, in hexadecimal.
    pub hash: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// When it ends, RFC 3339; none for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// When it was revoked, RFC 3339. A revoked key stays in the list, so that the audit log can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<String>,
}

impl KeyRecord {
    /// Whether it opens anything at `now`: neither revoked nor past its end. An end that cannot be read has passed.
    pub fn is_usable(&self, now: OffsetDateTime) -> bool {
        let has_ended =
            |expires: &String| OffsetDateTime::parse(expires, &Rfc3339).is_ok_and(|end| end > now);
        self.revoked.is_none() && self.expires.as_ref().is_none_or(has_ended)
    }

    /// Whether `key` is this key, in constant time.
    pub(super) fn is(&self, key: &str) -> bool {
        secret::is_same(&secret::hash(key), &self.hash)
    }
}

/// A key that was just made.
#[derive(Debug)]
pub struct NewKey {
    /// What its holder writes; shown once and kept nowhere.
    pub key: String,
    /// What is kept.
    pub record: KeyRecord,
}

impl NewKey {
    /// A random key for `name`, with `scopes`, that ends at `expires`.
    pub fn make(name: &str, scopes: Scopes, expires: Option<OffsetDateTime>) -> Result<Self> {
        if scopes.is_empty() {
            return Err(Error::invalid("invalid_scope", "scope", "a key needs at least one scope"));
        }
        if name.trim().is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            let message = "name: say who holds the key, in at most 100 characters";
            return Err(Error::invalid("invalid_name", "name", message));
        }
        let id: String = secret::hex(&secret::random()?).chars().take(ID_DIGITS).collect();
        let key = format!("tk_{id}_{}", secret::hex(&secret::random()?));
        let record = KeyRecord {
            id: KeyId(id),
            name: name.trim().to_owned(),
            scopes,
            hash: secret::hash(&key),
            created: written(OffsetDateTime::now_utc())?,
            expires: expires.map(written).transpose()?,
            revoked: None,
        };
        Ok(Self { key, record })
    }
}

/// `at` to the second, RFC 3339.
pub(super) fn written(at: OffsetDateTime) -> Result<String> {
    let to_second = at.replace_nanosecond(0).unwrap_or(at);
    to_second
        .format(&Rfc3339)
        .map_err(|error| Error::internal("a time that cannot be written").with_source(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(expires: Option<OffsetDateTime>) -> NewKey {
        NewKey::make("测试", [Scope::Read].into_iter().collect(), expires).expect("made")
    }

    #[test]
    fn a_key_is_itself_and_no_other() {
        let (one, other) = (made(None), made(None));
        assert!(one.record.is(&one.key) && !one.record.is(&other.key));
        assert!(!one.record.hash.contains(&one.key[16..]));
        assert_eq!(parts(&one.key).map(|(id, _)| id), Some(one.record.id.as_str()));
    }

    #[test]
    fn other_shapes_are_no_keys() {
        let key = made(None).key;
        for text in ["", "tk_", "tk_1_2", &key[1..], &key[..79], &format!("{key}0"), &key.replace('_', "-")] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn an_end_ends_it() {
        let now = OffsetDateTime::now_utc();
        let day = time::Duration::days(1);
        assert!(made(Some(now + day)).record.is_usable(now));
        assert!(!made(Some(now - day)).record.is_usable(now));
        let unreadable = KeyRecord { expires: Some("soon".into()), ..made(None).record };
        assert!(!unreadable.is_usable(now));
    }
}
