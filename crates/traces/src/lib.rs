//! Traces: where a request spends its time, across services.
//!
//! Each span here is of the target [`TARGET`], so that a subscriber takes all of them or none. Where none takes them, a span
//! costs the look at one cached word, no header is read, and none goes out.
//!
//! What belongs here: which spans there are, and the W3C headers by which traces go from service to service
//! (<https://www.w3.org/TR/trace-context/>). What must not: where they are sent, which is the server's.
//!
//! No function takes a name, a key or an amount of a caller: what is in a span are words of the program, and numbers. Only the
//! caller's `tracestate` is handed on as it is.

mod context;
mod parent;
mod span;

pub use context::{carried, id, outgoing};
pub use parent::{Incoming, TRACEPARENT, TRACESTATE};
pub use span::{Answer, answered, call, delivery, failed, replied, request, step, within};

/// The target of all spans of traces, and of nothing else.
pub const TARGET: &str = "hongbao::trace";
