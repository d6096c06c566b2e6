//! Files of the index, mapped into memory: read where they lie, by as many processes as there are, without a copy.

use std::path::Path;

use tantivy::directory::{Directory, MmapDirectory, OwnedBytes};

use crate::error::{Error, Result};

/// The bytes of the file at `path`, which must not change while they are in use: files of the index never do.
pub(super) fn map(path: &Path) -> Result<OwnedBytes> {
    let failed =
        |error: &dyn std::fmt::Display| Error::io(path.display(), std::io::Error::other(error.to_string()));
    let (folder, name) = path.parent().zip(path.file_name()).ok_or_else(|| failed(&"no name of a file"))?;
    let directory = MmapDirectory::open(folder).map_err(|error| failed(&error))?;
    let file = directory.open_read(Path::new(name)).map_err(|error| failed(&error))?;
    file.read_bytes().map_err(|error| Error::io(path.display(), error))
}
