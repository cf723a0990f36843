//! Traces on their way to a collector.

use std::time::Duration;

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use tokio::{task::spawn_blocking, time::timeout};
use tracing::{Level, Subscriber, warn};
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};
use uuid::Uuid;

use super::collector::Collector;
use crate::{error::CliError, settings::Otlp};

/// The way of traces to their collector; none where they are off.
pub(crate) struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Prepares to send traces, without asking the collector. Call it on the runtime over which they are sent.
    pub(super) fn start(otlp: &Otlp) -> Result<Self, CliError> {
        let Some(url) = otlp.collector()? else { return Ok(Self(None)) };
        let collector = Collector::try_new(&url, otlp.timeout.0)
            .map_err(|error| CliError::because("no client for otlp.endpoint can be made", &error))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(collector)
            .with_endpoint(url.as_str())
            .with_timeout(otlp.timeout.0)
            .build()
            .map_err(|error| CliError::because("otlp.endpoint cannot be used", &error))?;
        // A caller that has decided whether its trace is kept is followed.
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(otlp.sample_ratio)));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler)
            .with_resource(resource())
            .build();
        Ok(Self(Some(provider)))
    }

    /// Gives what takes the spans of traces, and nothing else: no line of the log gets into a trace.
    pub(super) fn layer<S>(&self) -> Option<impl Layer<S> + use<S>>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let tracer = self.0.as_ref()?.tracer("hongbao");
        let layer = tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false);
        Some(layer.with_filter(Targets::new().with_target(hongbao_traces::TARGET, Level::INFO)))
    }

    /// Sends what is not sent yet, for at most `within`.
    pub(crate) async fn flush(self, within: Duration) {
        let Some(provider) = self.0 else { return };
        let sent = spawn_blocking(move || provider.shutdown_with_timeout(within));
        if !matches!(timeout(within, sent).await, Ok(Ok(Ok(())))) {
            warn!("the last traces could not be sent in time");
        }
    }
}

/// Says who sends them.
#[expect(clippy::disallowed_methods, reason = "it names this process at the collector, and nothing of ours")]
fn resource() -> Resource {
    let of_this = [
        KeyValue::new("service.name", "hongbao"),
        KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("service.instance.id", Uuid::new_v4().to_string()),
    ];
    Resource::builder_empty().with_attributes(of_this).build()
}
