//! A draft as a form sends it: `multipart/form-data` with the file, the regions and the format.

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};

use crate::error::{Error, Kind, Result};
use crate::export::Format;
use crate::serve::limits::{MAX_DRAINED, MAX_UPLOAD};
use crate::serve::query;

/// Longest value of a field that is no file, in bytes.
const MAX_FIELD: usize = 1_000;
/// Most values.
const MAX_FIELDS: usize = 4_000;
/// Longest name of a file, in characters.
const LONGEST_NAME: usize = 255;

/// What the form says.
#[derive(Debug, Default)]
pub(super) struct Upload {
    /// The file's own name, without folders; empty where none was chosen.
    pub(super) file: String,
    pub(super) bytes: Vec<u8>,
    /// A table in place of the page.
    pub(super) format: Option<Format>,
    /// Codes of the regions that the draft is compared with; none for all.
    pub(super) regions: Vec<String>,
}

/// Reads the form. `file_too_large` beyond the limit of uploads; what is not understood is `bad_request`.
pub(super) async fn read(mut form: Multipart) -> Result<Upload> {
    let mut upload = Upload::default();
    for _ in 0..MAX_FIELDS {
        let Some(field) = form.next_field().await.map_err(|error| broken(&error))? else { break };
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            upload.file = file_name(field.file_name().unwrap_or_default());
            upload.bytes = whole(field, MAX_UPLOAD).await?;
            continue;
        }
        let value = String::from_utf8(whole(field, MAX_FIELD).await?).unwrap_or_default();
        match name.as_str() {
            "format" if !value.is_empty() => upload.format = Some(query::word("format", &value)?),
            "region" if !value.is_empty() => upload.regions.push(value),
            _ => {}
        }
    }
    Ok(upload)
}

/// All of `field`. What is too large is read on within a bound, so that the browser hears why.
async fn whole(mut field: Field<'_>, most: usize) -> Result<Vec<u8>> {
    let mut whole = Vec::new();
    let mut length = 0_usize;
    while let Some(chunk) = field.chunk().await.map_err(|error| broken(&error))? {
        length = length.saturating_add(chunk.len());
        if length <= most {
            whole.extend_from_slice(&chunk);
        }
        if length > most.saturating_add(MAX_DRAINED) {
            break;
        }
    }
    if length > most {
        return Err(Error::new(Kind::TooLarge, "file_too_large", format!("more than {most} bytes")));
    }
    Ok(whole)
}

fn broken(error: &MultipartError) -> Error {
    Error::new(Kind::Invalid, "bad_request", format!("the form was not understood: {error}"))
}

/// Some browsers send the folders too.
fn file_name(name: &str) -> String {
    let own = name.rsplit(['/', '\\']).next().unwrap_or(name);
    own.chars().take(LONGEST_NAME).collect()
}
