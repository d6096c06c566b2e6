//! Bytes by their hash, in chunks that a document of the cluster can hold.

use std::borrow::Cow;
use std::fs;
use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Request, WRITING, strange};
use super::lease::now;
use super::{Cluster, bulk};
use crate::error::{Error, Kind, Result};
use crate::load;

/// Bytes of a chunk.
const CHUNK: usize = 1 << 20;
/// Chunks that are read at a time.
const AT_A_TIME: usize = 8;
/// Names that are looked up at a time.
const NAMES: usize = 1_000;

/// The name of some bytes: which hash, and its value in hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum BlobName {
    /// What we write.
    Blake3(String),
    /// What we received: sources are known by this hash everywhere.
    Sha256(String),
}

impl BlobName {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self::Blake3(blake3::hash(bytes).to_hex().to_string())
    }

    fn is_of(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Blake3(hash) => blake3::hash(bytes).to_hex().as_str() == hash,
            Self::Sha256(hash) => load::sha256_hex(bytes) == *hash,
        }
    }

    fn chunk(&self, at: usize) -> String {
        format!("{self}-{at}")
    }
}

impl std::fmt::Display for BlobName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Blake3(hash) => write!(f, "b{hash}"),
            Self::Sha256(hash) => write!(f, "s{hash}"),
        }
    }
}

#[derive(Deserialize)]
struct Found {
    docs: Vec<FoundChunk>,
}

#[derive(Deserialize)]
struct FoundChunk {
    #[serde(default)]
    found: bool,
    #[serde(default)]
    error: Option<Value>,
    #[serde(rename = "_source")]
    source: Option<Chunk>,
}

#[derive(Deserialize)]
struct Chunk {
    parts: usize,
    #[serde(default)]
    bytes: String,
}

impl Cluster {
    fn files(&self) -> String {
        self.index("files")
    }

    /// Makes the index of files unless it is there.
    pub(super) fn make_files(&self) -> Result<()> {
        let body = json!({
            "settings": {"index": {
                "number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "-1",
                "unassigned.node_left.delayed_timeout": "0s",
            }},
            "mappings": {"dynamic": "strict", "properties": {
                "blob": {"type": "keyword"},
                "parts": {"type": "integer", "index": false},
                "kept_at": {"type": "long"},
                "bytes": {"type": "binary"},
            }},
        });
        self.make_index(&self.files(), &body)
    }

    /// Of `names` those that are not kept, or not in whole.
    pub(super) fn lacking(&self, names: &[BlobName]) -> Result<Vec<BlobName>> {
        let mut lacking = Vec::new();
        for names in names.chunks(NAMES) {
            // The first chunk is written last: where it is, all are.
            let ids: Vec<String> = names.iter().map(|name| name.chunk(0)).collect();
            let found = self.chunks(&ids, "parts")?;
            let absent = names.iter().zip(found).filter(|(_, chunk)| chunk.is_none());
            lacking.extend(absent.map(|(name, _)| name.clone()));
        }
        Ok(lacking)
    }

    /// Keeps every one of `contents`. The first chunk of each is written when all others are there.
    pub(super) fn keep(&self, contents: &[(BlobName, Content)]) -> Result<()> {
        for is_first in [false, true] {
            let items = contents.iter().flat_map(|(name, content)| match content.read() {
                Ok(bytes) => items(name, &bytes, is_first),
                Err(error) => vec![Err(error)],
            });
            bulk::write(self, &self.files(), items)?;
        }
        Ok(())
    }

    /// The bytes called `name`; their hash is checked.
    pub(super) fn fetch(&self, name: &BlobName) -> Result<Vec<u8>> {
        let chunk = |ids: &[String]| {
            let found = self.chunks(ids, "*")?;
            found.into_iter().collect::<Option<Vec<Chunk>>>().ok_or_else(|| gone(name))
        };
        let first = chunk(&[name.chunk(0)])?.pop().ok_or_else(|| gone(name))?;
        let mut bytes = decoded(&first.bytes)?;
        let rest: Vec<String> = (1..first.parts).map(|at| name.chunk(at)).collect();
        for ids in rest.chunks(AT_A_TIME) {
            for chunk in chunk(ids)? {
                bytes.extend(decoded(&chunk.bytes)?);
            }
        }
        if name.is_of(&bytes) {
            return Ok(bytes);
        }
        let message =
            format!("the cluster's file {name} does not have the hash that it is kept by; index again");
        Err(Error::new(Kind::Corrupt, "index_corrupt", message))
    }

    /// The chunks named `ids`, each with these fields; none where there is no such chunk.
    fn chunks(&self, ids: &[String], fields: &str) -> Result<Vec<Option<Chunk>>> {
        let path = format!("/{}/_mget?_source_includes={fields}", self.files());
        let body = json!({"ids": ids}).to_string();
        let reply = self.client().send_until(Request::post(&path, body.as_bytes()), |reply| {
            // A copy that is just gone answers for its chunks only.
            !reply.mentions("\"error\"")
                || reply
                    .read::<Found>("_mget")
                    .map_or(true, |found| found.docs.iter().all(|chunk| chunk.error.is_none()))
        })?;
        if reply.status == 404 {
            return Ok(ids.iter().map(|_| None).collect());
        }
        let found: Found = reply.read("_mget")?;
        Ok(found.docs.into_iter().map(|chunk| chunk.source.filter(|_| chunk.found)).collect())
    }

    /// Removes all files but `kept` that were last written before `time`, in milliseconds since 1970. A node may do
    /// this long after it was asked: what a later generation needs has by then been written anew.
    pub(super) fn drop_files(&self, kept: &[BlobName], time: u64) -> Result<()> {
        self.refresh(&self.files())?;
        let path = format!("/{}/_delete_by_query?conflicts=proceed", self.files());
        let kept: Vec<String> = kept.iter().map(ToString::to_string).collect();
        let query = json!({"bool": {
            "must_not": [{"terms": {"blob": kept}}],
            "filter": [{"range": {"kept_at": {"lt": time}}}],
        }});
        let body = json!({"query": query}).to_string();
        let request = Request { patience: WRITING, ..Request::post(&path, body.as_bytes()) };
        self.client().send(request)?.read::<Value>(&path).map(drop)
    }
}

/// Bytes to be kept, or the file that has them.
pub(super) enum Content {
    Bytes(Vec<u8>),
    File(PathBuf),
}

impl Content {
    fn read(&self) -> Result<Cow<'_, [u8]>> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.into()),
            Self::File(path) => {
                fs::read(path).map(Cow::Owned).map_err(|error| Error::io(path.display(), error))
            }
        }
    }
}

/// The first chunk of `bytes`, or all others.
fn items(name: &BlobName, bytes: &[u8], is_first: bool) -> Vec<Result<bulk::Item>> {
    let chunks: Vec<&[u8]> = if bytes.is_empty() { vec![bytes] } else { bytes.chunks(CHUNK).collect() };
    let parts = chunks.len();
    let wanted = chunks.into_iter().enumerate().filter(|(at, _)| (*at == 0) == is_first);
    let item = |(at, chunk): (usize, &[u8])| bulk::Item {
        id: name.chunk(at),
        document: json!({
            "blob": name.to_string(), "parts": parts, "kept_at": now(), "bytes": BASE64_STANDARD.encode(chunk),
        }),
    };
    wanted.map(|chunk| Ok(item(chunk))).collect()
}

fn decoded(text: &str) -> Result<Vec<u8>> {
    BASE64_STANDARD.decode(text).map_err(|error| strange("_mget", &error))
}

fn gone(name: &BlobName) -> Error {
    let message = format!("the cluster has no file {name} any more; try again in a moment");
    Error::new(Kind::Unavailable, "backend_unavailable", message)
}
