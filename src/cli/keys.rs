//! `tiaokuan keys`: make, list and revoke keys.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use time::{Duration, OffsetDateTime};

use super::runtime::Runtime;
use super::{json, line};
use crate::error::{Error, Result};
use crate::serve::{KeyFile, KeyRecord, NewKey, Scope};

/// The `keys` command.
#[derive(Args, Debug)]
pub(super) struct KeysCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key and print it: the only time that it is shown
    Create {
        /// Who holds it
        #[arg(long)]
        name: String,
        /// What it allows: read, `personal_data`, write, admin
        #[arg(long = "scope", value_delimiter = ',', default_value = "read")]
        scopes: Vec<Scope>,
        /// How long it is valid, such as 90d, 12w, 8h [default: for ever]
        #[arg(long, value_name = "TIME", value_parser = lifetime)]
        expires: Option<Duration>,
    },
    /// List all keys, revoked ones too
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key; a running service refuses it from the next request on
    Revoke {
        /// Its id, as `keys list` shows it
        id: String,
    },
}

impl KeysCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        let file = KeyFile::of(runtime.data_dir());
        match &self.action {
            Action::Create { name, scopes, expires } => {
                let ends = expires.map(|lifetime| OffsetDateTime::now_utc() + lifetime);
                let new = NewKey::make(name, scopes.iter().copied().collect(), ends)?;
                let is_first = !file.exists();
                file.add(&new)?;
                line(out, &new.key)?;
                anstream::eprintln!("id {}: keep the key now, it is not shown again", new.record.id);
                if is_first {
                    anstream::eprintln!("from now on every request needs a key, on loopback too");
                }
            }
            Action::List { json: true } => json(out, &file.read()?.iter().map(shown).collect::<Vec<_>>())?,
            Action::List { json: false } => {
                for key in file.read()? {
                    line(out, described(&key))?;
                }
            }
            Action::Revoke { id } => {
                let key = file.revoke(id)?;
                line(out, format_args!("revoked {} ({})", key.id, key.name))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A key without its hash.
fn shown(key: &KeyRecord) -> serde_json::Value {
    serde_json::json!({
        "id": key.id, "name": key.name, "scopes": key.scopes, "created": key.created, "expires": key.expires,
        "revoked": key.revoked, "usable": key.is_usable(OffsetDateTime::now_utc()),
    })
}

fn described(key: &KeyRecord) -> String {
    let state = match (&key.revoked, &key.expires) {
        (Some(revoked), _) => format!("revoked {revoked}"),
        (None, Some(_)) if !key.is_usable(OffsetDateTime::now_utc()) => "expired".to_owned(),
        (None, Some(expires)) => format!("valid until {expires}"),
        (None, None) => "valid".to_owned(),
    };
    format!("{}  {}  {}  {state}", key.id, key.scopes, key.name)
}

/// `90d` as a time; at least an hour, at most ten years.
fn lifetime(text: &str) -> Result<Duration> {
    let wrong = || {
        let message = format!("{text:?} is not a time such as 90d, 12w or 8h, up to ten years");
        Error::invalid("invalid_expires", "expires", message)
    };
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let count: u32 = digits.parse().map_err(|_| wrong())?;
    let hours = match text.get(digits.len()..) {
        Some("h") => 1,
        Some("d") => 24,
        Some("w") => 7 * 24,
        Some("y") => 365 * 24,
        _ => return Err(wrong()),
    };
    let hours = i64::from(count) * hours;
    if (1..=10 * 366 * 24).contains(&hours) { Ok(Duration::hours(hours)) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes() {
        assert_eq!(lifetime("90d").expect("read"), Duration::days(90));
        assert_eq!(lifetime("2w").expect("read"), Duration::days(14));
        for text in ["", "d", "0d", "90", "-1d", "90 days", "20y", "99999999999d", "九十天"] {
            assert!(lifetime(text).is_err(), "{text}");
        }
    }
}
