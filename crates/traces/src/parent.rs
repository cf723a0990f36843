//! Which span of the caller's a request belongs to, by the headers that the W3C gives for it.

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

/// The header that names the span.
pub const TRACEPARENT: &str = "traceparent";

/// The header with what tracing systems add to it.
pub const TRACESTATE: &str = "tracestate";

/// How long a traceparent of version 00 is, in bytes.
const LENGTH: usize = 55;

/// The longest tracestate that is handed on, in bytes: what the specification asks for at least.
const MAX_STATE_LENGTH: usize = 512;

/// The headers of a request, as they came.
#[derive(Debug, Clone, Default)]
pub struct Incoming {
    /// `traceparent`, if it came exactly once.
    pub traceparent: Option<String>,
    /// `tracestate`, all of them joined by commas.
    pub tracestate: Option<String>,
}

impl Incoming {
    /// Gives the caller's span. What is malformed is passed over, as the specification wants it.
    pub(crate) fn parent(&self) -> Option<SpanContext> {
        let (trace, span, flags) = parse(self.traceparent.as_deref()?)?;
        let state = self.tracestate.as_deref().filter(|state| state.len() <= MAX_STATE_LENGTH);
        let state: TraceState = state.and_then(|state| state.parse().ok()).unwrap_or_default();
        let parent = SpanContext::new(trace, span, flags & TraceFlags::SAMPLED, true, state);
        parent.is_valid().then_some(parent)
    }
}

/// Reads `version-trace-span-flags`. A later version is read as this one, and what it adds is left alone.
fn parse(text: &str) -> Option<(TraceId, SpanId, TraceFlags)> {
    let (known, rest) = text.split_at_checked(LENGTH)?;
    let mut parts = known.split('-');
    let mut part = |length: usize| parts.next().filter(|part| part.len() == length && is_hex(part));
    let (version, trace, span, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
    let is_whole = match version {
        "ff" => false,
        "00" => rest.is_empty(),
        _later => rest.is_empty() || rest.starts_with('-'),
    };
    let flags = u8::from_str_radix(flags, 16).ok().filter(|_| is_whole)?;
    Some((TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?, TraceFlags::new(flags)))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn parent(traceparent: &str) -> Option<SpanContext> {
        Incoming { traceparent: Some(traceparent.to_owned()), tracestate: None }.parent()
    }

    #[test]
    fn a_parent_is_read_with_its_flag() {
        let read = parent(GOOD).unwrap();
        assert_eq!(read.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(read.span_id().to_string(), "b7ad6b7169203331");
        assert!(read.is_sampled() && read.is_remote());
        assert!(!parent(&GOOD.replace("-01", "-00")).unwrap().is_sampled());
        assert!(parent(&GOOD.replace("-01", "-ff")).unwrap().is_sampled(), "flags that are not known are passed over");
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        assert!(parent(&GOOD.replacen("00", "cc", 1)).is_some());
        assert!(parent(&format!("{}-what-comes", GOOD.replacen("00", "cc", 1))).is_some());
        assert!(parent(&format!("{}.what-comes", GOOD.replacen("00", "cc", 1))).is_none());
    }

    #[test]
    fn what_is_malformed_is_no_parent() {
        for text in [
            "",
            "00",
            &GOOD[..54],
            &format!("{GOOD}-"),
            &format!("{GOOD}-01"),
            &format!("{GOOD} "),
            &GOOD.to_uppercase(),
            &GOOD.replacen("00", "ff", 1),
            &GOOD.replacen("00", "0g", 1),
            &GOOD.replacen("00", "+0", 1),
            &GOOD.replace('-', "_"),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "0-0af7651916cd43dd8448eb211c80319c0-b7ad6b7169203331-01",
        ] {
            assert!(parent(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_state_that_cannot_be_handed_on_is_left_out_and_the_parent_stays() {
        let with = |tracestate: &str| {
            let incoming = Incoming { traceparent: Some(GOOD.to_owned()), tracestate: Some(tracestate.to_owned()) };
            incoming.parent().unwrap()
        };
        assert_eq!(with("a=1,b=2").trace_state().header(), "a=1,b=2");
        assert_eq!(with("no pairs").trace_state().header(), "");
        assert_eq!(with(&format!("a={}", "1".repeat(511))).trace_state().header(), "");
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,80}") {
            drop(parent(&text));
        }
    }
}
