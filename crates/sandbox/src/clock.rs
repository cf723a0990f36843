//! The only place that asks what time it is.

use std::time::SystemTime;

use time::OffsetDateTime;

/// Reads the machine's clock, in UTC.
#[expect(clippy::disallowed_methods, reason = "the sandbox plays an outside system, which has a clock of its own")]
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::from(SystemTime::now())
}
