//! The span in which something is done.

use futures_util::future::Either;
use opentelemetry::{
    Context,
    trace::{FutureExt, TraceContextExt},
};
use tracing::{Level, Span, span_enabled};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::{TARGET, TRACEPARENT, TRACESTATE};

/// Says whether spans are taken at all. It is decided once, and costs the look at one word.
pub(crate) fn is_on() -> bool {
    span_enabled!(target: TARGET, Level::INFO)
}

/// Says whether something is done for a span of a trace.
pub(crate) fn is_inside() -> bool {
    is_on() && Context::current().has_active_span()
}

/// Has a future that is given to another task go on in the trace of this one. A span of the log goes with it by itself.
pub fn carried<F: Future>(future: F) -> impl Future<Output = F::Output> {
    if is_inside() { Either::Left(future.with_current_context()) } else { Either::Right(future) }
}

/// Gives the name of the trace that a span belongs to: 32 hexadecimal digits.
pub fn id(span: &Span) -> Option<String> {
    if span.is_disabled() {
        return None;
    }
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| context.trace_id().to_string())
}

/// Gives the headers that a call made in `span` carries: none where traces are off.
pub fn outgoing(span: &Span) -> Vec<(&'static str, String)> {
    if span.is_disabled() {
        return Vec::new();
    }
    let context = span.context();
    let context = context.span().span_context().clone();
    if !context.is_valid() {
        return Vec::new();
    }
    let flags = u8::from(context.is_sampled());
    let parent = format!("00-{}-{}-{flags:02x}", context.trace_id(), context.span_id());
    let state = context.trace_state().header();
    let state = (!state.is_empty()).then_some((TRACESTATE, state));
    [(TRACEPARENT, parent)].into_iter().chain(state).collect()
}
