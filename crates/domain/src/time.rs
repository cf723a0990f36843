//! Moments. The domain is told the time and never asks for it.

use std::time::Duration;

/// A moment in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Wraps microseconds since 1970.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Gives the microseconds since 1970.
    pub const fn to_micros(self) -> i64 {
        self.0
    }

    /// Gives the moment `span` later; it stays at the end of time rather than wrap.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_too_long_ends_at_the_end_of_time() {
        let end = Timestamp::from_micros(1).after(Duration::MAX);
        assert_eq!(end, Timestamp::from_micros(i64::MAX));
    }
}
