//! Spans to an OpenTelemetry collector, where the environment names one: `OTEL_EXPORTER_OTLP_ENDPOINT` and the
//! other variables of that standard.

use std::sync::OnceLock;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

use crate::error::{Error, Kind, Result};

/// What sends the spans, to be told of the end.
static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// A layer that sends spans, in batches and from a thread of its own; none where no collector is named.
pub(super) fn layer<S>() -> Result<Option<impl Layer<S>>>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
{
    if ENDPOINTS.iter().all(|name| std::env::var_os(name).is_none()) {
        return Ok(None);
    }
    let exporter = SpanExporter::builder().with_http().build().map_err(|error| {
        Error::new(Kind::Invalid, "invalid_config", format!("OTEL_EXPORTER_OTLP_ENDPOINT: {error}"))
    })?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name("tiaokuan").build())
        .build();
    let layer: OpenTelemetryLayer<S, Tracer> =
        tracing_opentelemetry::layer().with_tracer(provider.tracer("tiaokuan"));
    drop(PROVIDER.set(provider));
    // Only spans of ours: the exporter's own client would otherwise be traced too.
    let ours = Targets::new().with_target("tiaokuan", LevelFilter::DEBUG);
    Ok(Some(layer.with_filter(ours)))
}

/// Sends what waits to be sent. Spans leave in batches: without this the last ones would be lost.
pub(super) fn flush() {
    if let Some(Err(error)) = PROVIDER.get().map(SdkTracerProvider::shutdown) {
        tracing::warn!(%error, "the last spans were not sent");
    }
}
