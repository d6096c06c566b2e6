//! Who asks, and what they may.
//!
//! [`guard`] is the one place where a request becomes a [`Caller`] and where its route's need is held against the
//! caller's scopes. [`key`] and [`keyring`] keep keys, [`session`] keeps people signed in, [`csrf`] tells a form of
//! ours from one of others, [`audit`] writes down who changed what.

mod audit;
mod caller;
mod csrf;
mod guard;
mod key;
mod keyring;
mod secret;
mod session;

pub(super) use caller::{Access, Caller};
pub(super) use csrf::CsrfToken;
pub(super) use guard::admit;
pub(super) use session::{cleared_cookie, session_cookie};

pub use caller::AccessPolicy;
pub use key::{KeyId, KeyRecord, NewKey, Scope, Scopes};
pub use keyring::{KeyFile, Keyring};
