//! In which spans a request is served: one names it in the log, one is part of a trace.

use actix_web::{
    dev::ServiceRequest,
    http::header::{HeaderMap, HeaderName},
};
use hongbao_traces::{Incoming, TRACEPARENT, TRACESTATE};
use tracing::{Span, field::Empty, info_span};

use super::line::Counted;

/// The spans of a request. The logged one is inside the traced one: it is the current one, which a task that is started for the
/// request takes along.
pub(crate) struct Spans {
    pub(crate) logged: Span,
    /// None where traces are off, or the request is a probe.
    pub(crate) traced: Span,
}

impl Spans {
    /// Begins the spans of a request with that name.
    pub(crate) fn of(request: &ServiceRequest, id: &str, counted: &Counted) -> Self {
        let logged = info_span!("request", request.id = %id, trace.id = Empty);
        if matches!(counted, Counted::Probe) {
            return Self { logged, traced: Span::none() };
        }
        let route = request.match_pattern();
        let (method, headers) = (request.method().as_str(), request.headers());
        let traced = hongbao_traces::request(method, route.as_deref(), || incoming(headers));
        if let Some(trace) = hongbao_traces::id(&traced) {
            logged.record("trace.id", trace);
        }
        Self { logged, traced }
    }
}

/// Reads the headers of the W3C. Two parents are none.
fn incoming(headers: &HeaderMap) -> Incoming {
    let all = |name| {
        let values = headers.get_all(HeaderName::from_static(name));
        values.map(|value| value.to_str().unwrap_or_default()).collect::<Vec<_>>()
    };
    let traceparent = match all(TRACEPARENT)[..] {
        [only] => Some(only.to_owned()),
        [] | [_, ..] => None,
    };
    Incoming { traceparent, tracestate: Some(all(TRACESTATE).join(",")) }
}
