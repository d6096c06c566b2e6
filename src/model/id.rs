use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Longest accepted document id, in bytes.
const MAX_DOCUMENT_ID: usize = 200;

/// Names a document: letters of any script, digits, `-`, `_` and `.`; usually the file's stem.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "000_9799d7ab888630ad")]
pub struct DocumentId(String);

impl DocumentId {
    /// The id that a file's stem stands for: every character an id cannot hold becomes `-`.
    pub fn from_stem(stem: &str) -> Self {
        let mut id = String::new();
        for character in stem.chars() {
            let character = if is_id_character(character) { character } else { '-' };
            if id.len() + character.len_utf8() > MAX_DOCUMENT_ID {
                break;
            }
            id.push(character);
        }
        let id = id.trim_matches(['.', '-']).to_owned();
        Self(if id.is_empty() { "document".to_owned() } else { id })
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_id_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '_' | '.')
}

impl FromStr for DocumentId {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self, Error> {
        let bad =
            |why: &str| Error::invalid("invalid_document_id", "id", format!("document id {id:?}: {why}"));
        if id.is_empty() || id.len() > MAX_DOCUMENT_ID {
            return Err(bad("must have 1 to 200 bytes"));
        }
        if !id.chars().all(is_id_character) {
            return Err(bad("may hold letters, digits, '-', '_' and '.' only"));
        }
        if id.starts_with(['.', '-']) || id.ends_with(['.', '-']) {
            return Err(bad("must not begin or end with '.' or '-'"));
        }
        Ok(Self(id.to_owned()))
    }
}

/// Names a clause: `DOCUMENT:PATH`, where the path follows the outline in the manner of Akoma Ntoso
/// eIds (`att_1__sec_3__item_5`). It depends on the document alone, never on its neighbours.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "000_9799d7ab888630ad:att_1__plan_13__sec_2__item_1")]
pub struct ClauseId(String);

impl ClauseId {
    /// The id of the clause at `path` in `document`.
    pub fn new(document: &DocumentId, path: &str) -> Self {
        Self(format!("{}:{path}", document.0))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The document's part, before the colon.
    pub fn document(&self) -> &str {
        self.0.split_once(':').map_or(self.0.as_str(), |(document, _)| document)
    }
}

impl FromStr for ClauseId {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self, Error> {
        let bad = || {
            Error::invalid(
                "invalid_clause_id",
                "clause_id",
                format!("clause id {id:?} is not of the form DOCUMENT:PATH"),
            )
        };
        let (document, path) = id.split_once(':').ok_or_else(bad)?;
        DocumentId::from_str(document).map_err(|_| bad())?;
        let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if path.is_empty() || path.len() > 200 || !path.chars().all(is_path) {
            return Err(bad());
        }
        Ok(Self(id.to_owned()))
    }
}

macro_rules! text_newtype {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;

            fn try_from(id: String) -> Result<Self, Error> {
                id.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

text_newtype!(DocumentId);
text_newtype!(ClauseId);
