//! The documents of the generation to come.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use time::OffsetDateTime;

use super::report::{BuildReport, Failure, Outcome, Progress, Receipt};
use super::{Applied, Change, Input, Received, VERSION, read_document};
use crate::error::{Error, Kind, Result};
use crate::index::{self, CatalogueEntry, DocumentRecord, Generation, Writer};
use crate::load;
use crate::model::DocumentId;

/// Documents read at a time: enough for all cores, few enough to bound memory.
const BATCH: usize = 64;

/// A version of a document.
struct Version {
    entry: CatalogueEntry,
    record: Arc<DocumentRecord>,
    /// Whether a segment of the current generation holds it.
    is_written: bool,
}

/// The documents of the generation to come, in order of ids and versions.
pub(super) struct Build<'a> {
    writer: &'a Writer,
    versions: BTreeMap<(DocumentId, u32), Version>,
    /// Files of this build by the id and the version that they took.
    taken: HashMap<(DocumentId, Option<u32>), String>,
    is_changed: bool,
    outcomes: Vec<Result<Receipt>>,
    pub(super) report: BuildReport,
}

/// What became of reading an input; none where nothing had to be read.
type Read = Option<Result<DocumentRecord>>;

impl<'a> Build<'a> {
    pub(super) fn new(writer: &'a Writer, current: Option<&Arc<Generation>>) -> Self {
        let entries = current.into_iter().flat_map(|current| {
            current.catalogue().iter().filter_map(|entry| Some((entry, current.record(entry)?)))
        });
        let versions = entries.map(|(entry, record)| {
            let version = Version { entry: entry.clone(), record: Arc::clone(record), is_written: true };
            ((entry.id.clone(), entry.version), version)
        });
        Self {
            writer,
            versions: versions.collect(),
            taken: HashMap::new(),
            is_changed: false,
            outcomes: Vec::new(),
            report: BuildReport::default(),
        }
    }

    /// Reads all `changes`, several documents at a time, and takes them over in their order.
    pub(super) fn read(
        &mut self,
        mut changes: impl Iterator<Item = Result<Change>>,
        progress: &dyn Progress,
    ) -> Result<()> {
        progress.stage("read", 0);
        let done = AtomicUsize::new(0);
        loop {
            let batch: Vec<Result<Change>> =
                changes.by_ref().map(|change| self.accept(change)).take(BATCH).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let read: Vec<Result<(Change, Read)>> = batch
                .into_par_iter()
                .map(|change| {
                    let change = change?;
                    let read = self.read_one(&change);
                    progress.at(1 + done.fetch_add(1, Ordering::Relaxed));
                    Ok((change, read))
                })
                .collect();
            for change in read {
                let outcome = match change {
                    Ok((Change::Put(input), read)) => self.take(*input, read),
                    Ok((Change::Remove(id), _)) => self.remove(&id),
                    Err(error) => Err(error),
                };
                self.outcomes.push(outcome);
            }
        }
    }

    /// A change whose document no other change of this build is about.
    fn accept(&mut self, change: Result<Change>) -> Result<Change> {
        let change = change.inspect_err(|error| self.fail(String::new(), error))?;
        let Change::Put(input) = &change else { return Ok(change) };
        let key = (input.id.clone(), input.again.as_ref().map(|again| again.version));
        if let Some(first) = self.taken.get(&key) {
            let reason = format!("{}: has the id {} of {first}; rename one of the two", input.file, input.id);
            let error = Error::new(Kind::Invalid, "duplicate_document_id", reason);
            self.fail(input.file.clone(), &error);
            return Err(error);
        }
        self.taken.insert(key, input.file.clone());
        Ok(change)
    }

    fn read_one(&self, change: &Change) -> Read {
        let Change::Put(input) = change else { return None };
        let is_known = self.newest_of(&input.id).is_some_and(|newest| {
            newest.record.pipeline == VERSION && is_same(newest, input) && input.again.is_none()
        });
        (!is_known).then(|| read_document(input))
    }

    fn newest_of(&self, id: &DocumentId) -> Option<&Version> {
        self.versions.range((id.clone(), 0)..=(id.clone(), u32::MAX)).next_back().map(|(_, version)| version)
    }

    fn take(&mut self, input: Input, read: Read) -> Result<Receipt> {
        let Some(read) = read else {
            self.report.unchanged += 1;
            self.report.named.push(input.id.clone());
            return self
                .newest_of(&input.id)
                .map(|newest| receipt(newest, Outcome::Unchanged))
                .ok_or_else(gone);
        };
        let record = read.inspect_err(|error| self.fail(input.file.clone(), error))?;
        // Without its source on disk a document is not durable: that is no failure of one document alone.
        self.writer.keep_source(&record.document.sha256, &input.bytes)?;
        self.report.read += 1;
        self.report.named.push(input.id.clone());
        self.is_changed = true;
        let newest = self.newest_of(&input.id);
        let (outcome, Received { version, received }) = match (newest, &input.again) {
            (_, Some(again)) => (Outcome::Created, again.clone()),
            (Some(newest), None) if is_same(newest, &input) => {
                let CatalogueEntry { version, received, .. } = newest.entry.clone();
                (Outcome::Unchanged, Received { version, received })
            }
            (Some(newest), None) => {
                (Outcome::Replaced, Received { version: newest.entry.version + 1, received: now() })
            }
            (None, None) => (Outcome::Created, Received { version: 1, received: now() }),
        };
        let entry = CatalogueEntry {
            id: input.id.clone(),
            version,
            file: input.file,
            sha256: record.document.sha256.clone(),
            received,
            stated: input.entry,
            segment: 0,
            position: 0,
        };
        let version = Version { entry, record: Arc::new(record), is_written: false };
        let receipt = receipt(&version, outcome);
        self.versions.insert((input.id, version.entry.version), version);
        Ok(receipt)
    }

    fn remove(&mut self, id: &DocumentId) -> Result<Receipt> {
        let Some(newest) = self.newest_of(id) else {
            return Err(Error::new(
                Kind::NotFound,
                "unknown_document",
                format!("there is no document {:?}", id.as_str()),
            ));
        };
        let receipt = receipt(newest, Outcome::Removed);
        self.versions.retain(|(known, _), _| known != id);
        self.is_changed = true;
        Ok(receipt)
    }

    fn fail(&mut self, file: String, error: &Error) {
        self.report.failures.push(Failure { file, code: error.code(), reason: error.to_string() });
    }

    /// Whether the generation to come has no document.
    pub(super) fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// Whether any change changed anything.
    pub(super) fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// Every document in its newest version, in order of ids.
    pub(super) fn newest(&self) -> Vec<Arc<DocumentRecord>> {
        let mut newest: Vec<&Version> = Vec::new();
        for version in self.versions.values() {
            match newest.last_mut() {
                Some(before) if before.entry.id == version.entry.id => *before = version,
                _ => newest.push(version),
            }
        }
        newest.into_iter().map(|version| Arc::clone(&version.record)).collect()
    }

    /// Counts documents, clauses and warnings.
    pub(super) fn summarise(&mut self) {
        let newest = self.newest();
        self.report.documents = newest.len();
        self.report.clauses = newest.iter().map(|record| record.clauses.len()).sum();
        for warning in newest.iter().flat_map(|record| &record.warnings) {
            *self.report.warnings.entry(warning.code.clone()).or_insert(0) += 1;
        }
    }

    /// What no segment holds yet, or everything, in order of ids and versions.
    pub(super) fn records_to_write(&mut self, everything: bool) -> Vec<Arc<DocumentRecord>> {
        for version in self.versions.values_mut().filter(|_| everything) {
            version.is_written = false;
        }
        let new = self.versions.values().filter(|version| !version.is_written);
        new.map(|version| Arc::clone(&version.record)).collect()
    }

    /// The catalogue once what no segment held stands in the one at `written`.
    pub(super) fn catalogue(&self, written: Option<usize>) -> Vec<CatalogueEntry> {
        let mut positions = 0..;
        let entry = |version: &Version| {
            let entry = version.entry.clone();
            if version.is_written {
                return entry;
            }
            let position = positions.next().unwrap_or_default();
            CatalogueEntry { segment: written.unwrap_or_default(), position, ..entry }
        };
        self.versions.values().map(entry).collect()
    }

    /// What the build came to.
    pub(super) fn finish(mut self, generation: Option<Arc<Generation>>) -> Applied {
        self.report.generation = generation.as_ref().map(|generation| generation.id());
        Applied { generation, outcomes: self.outcomes, report: self.report }
    }
}

fn is_same(version: &Version, input: &Input) -> bool {
    version.record.document.file == input.file
        && version.record.document.sha256 == load::sha256_hex(&input.bytes)
        && version.entry.stated == input.entry
}

fn receipt(version: &Version, outcome: Outcome) -> Receipt {
    Receipt {
        document: version.entry.id.clone(),
        outcome,
        version: version.entry.version,
        clauses: version.record.clauses.len(),
        warnings: version.record.warnings.len(),
    }
}

fn gone() -> Error {
    Error::internal("a document that was unchanged is gone")
}

/// Now, as the catalogue writes it. A clock beyond what it can write counts as long ago.
fn now() -> String {
    index::received_at(OffsetDateTime::now_utc()).unwrap_or_else(|| index::LONG_AGO.to_owned())
}
