//! Times the stages of a build by the spans that the write path opens.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Name of the spans that are timed.
const SPAN: &str = "build";

/// Sums up how long each stage took, over all threads: stages that run on several cores at once count each
/// core's time.
#[derive(Clone, Debug, Default)]
pub struct StageClock {
    spent: Arc<Mutex<BTreeMap<String, Duration>>>,
}

/// One span under way.
struct Running {
    stage: String,
    entered: Option<Instant>,
}

impl StageClock {
    /// Whether spans of this kind are timed.
    pub fn times(metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.name() == SPAN
    }

    /// Seconds by stage so far.
    pub fn seconds(&self) -> BTreeMap<String, f64> {
        self.spent.lock().iter().map(|(stage, spent)| (stage.clone(), spent.as_secs_f64())).collect()
    }
}

/// Reads the field `stage`.
struct StageName(Option<String>);

impl Visit for StageName {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "stage" {
            self.0 = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for StageClock {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut name = StageName(None);
        attributes.record(&mut name);
        if let (Some(stage), Some(span)) = (name.0, context.span(id)) {
            span.extensions_mut().insert(Running { stage, entered: None });
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(running) = span.extensions_mut().get_mut::<Running>() {
            running.entered = Some(Instant::now());
        }
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(running) = span.extensions_mut().get_mut::<Running>()
            && let Some(entered) = running.entered.take()
        {
            *self.spent.lock().entry(running.stage.clone()).or_default() += entered.elapsed();
        }
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[test]
    fn stages_are_summed_by_name() {
        let clock = StageClock::default();
        let subscriber = tracing_subscriber::registry().with(clock.clone());
        tracing::subscriber::with_default(subscriber, || {
            for _ in 0..2 {
                tracing::debug_span!("build", stage = "split").in_scope(|| ());
            }
            tracing::debug_span!("build", stage = "load").in_scope(|| ());
        });
        assert_eq!(clock.seconds().into_keys().collect::<Vec<_>>(), ["load", "split"]);
    }
}
