//! A clock that stands still until it is told to move.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use hongbao_domain::time::Timestamp;
use hongbao_ports::Clock;

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Makes a clock that shows `now`.
    pub const fn new(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.to_micros()))
    }

    /// Shows `now` from here on; it may be earlier.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.to_micros(), Ordering::SeqCst);
    }

    /// Moves the clock on.
    pub fn advance(&self, span: Duration) {
        self.set(self.now().after(span));
    }
}

/// Noon of a day in 2026, with microseconds, so that a store which drops them is caught.
impl Default for ManualClock {
    fn default() -> Self {
        Self::new(Timestamp::from_micros(1_789_560_000_123_457))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
