//! Documents that come and go, and segments that are merged.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::histograms;
use crate::ingestion::Event;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ChangeLabels {
    change: &'static str,
}

/// Counters of the ingestion.
#[derive(Debug)]
pub(super) struct IngestionMetrics {
    changes: Family<OutcomeLabels, Counter>,
    seconds: Family<ChangeLabels, Histogram>,
    merges: Family<OutcomeLabels, Counter>,
}

impl IngestionMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let changes = Family::<OutcomeLabels, Counter>::default();
        registry.register("documents_ingested", "Changes of documents, by outcome", changes.clone());
        let seconds = histograms::<ChangeLabels>();
        let said = "Time from a document's coming to its being durable and searchable";
        registry.register_with_unit("ingestion", said, Unit::Seconds, seconds.clone());
        let merges = Family::<OutcomeLabels, Counter>::default();
        registry.register("merges", "Merges of segments, by outcome", merges.clone());
        Self { changes, seconds, merges }
    }

    /// Counts `event`.
    pub(super) fn count(&self, event: Event) {
        match event {
            Event::Changed { is_put, outcome, took } => {
                self.changes.get_or_create(&OutcomeLabels { outcome }).inc();
                if outcome != "refused" {
                    let change = if is_put { "put" } else { "delete" };
                    self.seconds.get_or_create(&ChangeLabels { change }).observe(took.as_secs_f64());
                }
            }
            Event::Merged(is_done) => {
                let outcome = if is_done { "done" } else { "failed" };
                self.merges.get_or_create(&OutcomeLabels { outcome }).inc();
            }
        }
    }
}
