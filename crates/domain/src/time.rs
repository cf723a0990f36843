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

    /// Gives how long ago an earlier moment was; nothing, if it is not earlier.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or_default())
    }

    /// Gives the moment `span` earlier; it stays at the beginning of time rather than wrap.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros))
    }
}

/// How far a clock may fall back without anything being wrong with what it said before: it was set right by a little,
/// or the database failed over to a host whose clock is a little behind.
pub const CLOCK_SLACK: Duration = Duration::from_secs(1);

/// The end of a lease, or the time of an appointment, as a row carries it.
///
/// It was set by the clock of that moment, and that clock may have been ahead. A lease of 15 s that a clock gave while it
/// was a year ahead would last a year; so what was set in a future that has not come counts as over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// When it ends by the clock that set it.
    pub ends_at: Timestamp,
    /// When the row last changed. It was then that the term was set, or the row is dated ahead and the term is not.
    pub changed_at: Timestamp,
}

impl Term {
    /// Says whether the term is over at `now`, the clock as it is.
    pub fn is_over(self, now: Timestamp) -> bool {
        now >= self.ends_at || (self.changed_at > now.after(CLOCK_SLACK) && self.ends_at >= self.changed_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(15);
    const NOON: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    /// A lease that was given at `given_at` to a row whose last change is dated `changed_at`.
    fn lease(given_at: Timestamp, changed_at: Timestamp) -> Term {
        Term { ends_at: given_at.after(LEASE), changed_at }
    }

    #[test]
    fn a_term_lasts_until_its_end() {
        let term = lease(NOON, NOON);
        assert!(!term.is_over(NOON) && !term.is_over(Timestamp::from_micros(term.ends_at.to_micros() - 1)));
        assert!(term.is_over(term.ends_at));
    }

    #[test]
    fn what_was_set_by_a_clock_that_was_ahead_is_over_as_soon_as_that_clock_is_set_right() {
        let ahead = NOON.after(Duration::from_hours(1));
        assert!(lease(ahead, ahead).is_over(NOON));
        assert!(Term { ends_at: ahead, changed_at: ahead }.is_over(NOON), "an appointment that was due at once");
        assert!(!lease(ahead, ahead).is_over(ahead), "while the clock is ahead, it is the clock");
    }

    #[test]
    fn a_row_that_is_dated_ahead_can_be_given_a_term_again() {
        let ahead = NOON.after(Duration::from_hours(1));
        let term = lease(NOON, ahead);
        assert!(!term.is_over(NOON));
        assert!(term.is_over(NOON.after(LEASE)));
    }

    #[test]
    fn a_clock_that_falls_back_a_little_ends_no_term() {
        let term = lease(NOON.after(CLOCK_SLACK), NOON.after(CLOCK_SLACK));
        assert!(!term.is_over(NOON));
        assert!(term.is_over(NOON.after(CLOCK_SLACK).after(LEASE)));
    }

    #[test]
    fn a_span_too_long_ends_at_the_end_of_time() {
        let end = Timestamp::from_micros(1).after(Duration::MAX);
        assert_eq!(end, Timestamp::from_micros(i64::MAX));
        assert_eq!(Timestamp::from_micros(-2).before(Duration::MAX), Timestamp::from_micros(i64::MIN));
        assert_eq!(NOON.after(LEASE).before(LEASE), NOON);
        assert_eq!((NOON.after(LEASE).since(NOON), NOON.since(NOON.after(LEASE))), (LEASE, Duration::ZERO));
    }
}
