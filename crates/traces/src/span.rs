//! Which spans there are.

use std::borrow::Cow;

use opentelemetry::{
    Context,
    trace::{Status, TraceContextExt},
};
use tracing::{Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::{
    Incoming, TARGET,
    context::{is_inside, is_on},
};

/// What a request was answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The status of HTTP.
    pub http_status: u16,
    /// The contract's number.
    pub status: Option<u16>,
    /// The stable name of the cause.
    pub code: Option<Cow<'static, str>>,
    /// Whether the server failed.
    pub is_failure: bool,
}

/// Begins the span of a request, as a child of the caller's. `route` is the pattern of its path, never the path itself.
pub fn request(method: &str, route: Option<&str>, incoming: impl FnOnce() -> Incoming) -> Span {
    if !is_on() {
        return Span::none();
    }
    let method = known(method);
    let name = route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}"));
    let span = info_span!(
        target: TARGET, "traced_request",
        otel.name = name, otel.kind = "server",
        http.request.method = method, http.route = route,
    );
    let parent =
        incoming().parent().map_or_else(Context::new, |parent| Context::new().with_remote_span_context(parent));
    drop(span.set_parent(parent));
    span
}

/// A method of HTTP, or the word that is used for what is none.
fn known(method: &str) -> &str {
    if matches!(method, "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS" | "PATCH" | "TRACE" | "CONNECT") {
        method
    } else {
        "_OTHER"
    }
}

/// Notes how a request was answered.
pub fn answered(span: &Span, answer: Answer) {
    if span.is_disabled() {
        return;
    }
    let Answer { http_status, status, code, is_failure } = answer;
    span.set_attribute("http.response.status_code", i64::from(http_status));
    if let Some(status) = status {
        span.set_attribute("hongbao.status", i64::from(status));
    }
    if is_failure {
        failed(span, code.clone().unwrap_or("failed".into()));
    }
    if let Some(code) = code {
        span.set_attribute("hongbao.code", code);
    }
}

/// Notes what another service answered to a call: the status of HTTP, and its own code where it has one.
pub fn replied(span: &Span, http_status: u16, code: Option<i64>) {
    if span.is_disabled() {
        return;
    }
    span.set_attribute("http.response.status_code", i64::from(http_status));
    if let Some(code) = code {
        span.set_attribute("im_cloud.code", code);
    }
}

/// Notes that what a span is for has failed, by a word of the program.
pub fn failed(span: &Span, why: impl Into<Cow<'static, str>>) {
    if !span.is_disabled() {
        let why = why.into();
        span.set_attribute("error.type", why.clone());
        span.set_status(Status::error(why));
    }
}

/// Begins a step of what is being done; none where that belongs to no trace.
pub fn step(name: &'static str, of: &'static str) -> Span {
    if !is_inside() {
        return Span::none();
    }
    info_span!(target: TARGET, "step", otel.name = name, hongbao.of = of)
}

/// Begins a part of a step, from anywhere; none where that belongs to no trace.
pub fn within(step: &Span, name: &'static str) -> Span {
    if step.is_disabled() {
        return Span::none();
    }
    info_span!(target: TARGET, parent: step, "part", otel.name = name)
}

/// Begins a call to another service, in whatever is being done, or as a trace of its own. `path` is one of the program's.
pub fn call(name: &'static str, path: Option<&'static str>) -> Span {
    if !is_on() {
        return Span::none();
    }
    info_span!(
        target: TARGET, "call",
        otel.name = name, otel.kind = "client",
        http.request.method = "POST", url.path = path,
    )
}

/// Begins what is done for a delivery in the background: a trace of its own, for what caused it is over.
pub fn delivery(event: &'static str, target: &'static str) -> Span {
    if !is_on() {
        return Span::none();
    }
    info_span!(target: TARGET, parent: None, "delivery", otel.kind = "producer", hongbao.event = event, hongbao.target = target)
}
