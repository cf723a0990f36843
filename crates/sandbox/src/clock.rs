//! The only place that asks what time it is.

use std::time::SystemTime;

use time::OffsetDateTime;

/// The cloud's clock: that of the machine, until it is set.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    set_to: Option<OffsetDateTime>,
}

impl Clock {
    /// Reads the clock, in UTC.
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.set_to.unwrap_or_else(machine_time)
    }

    /// Stops the clock at `at`.
    pub(crate) fn set(&mut self, at: OffsetDateTime) {
        self.set_to = Some(at);
    }
}

/// Reads the machine's clock, in UTC.
#[expect(clippy::disallowed_methods, reason = "the sandbox plays an outside system, which has a clock of its own")]
pub(crate) fn machine_time() -> OffsetDateTime {
    OffsetDateTime::from(SystemTime::now())
}
