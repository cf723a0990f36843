//! Moments as people and programs read them.

use std::time::{Duration, UNIX_EPOCH};

use hongbao_domain::time::Timestamp;

/// The last moment that RFC 3339 can write: 9999-12-31T23:59:59.999Z, in milliseconds since 1970.
const LAST: u64 = 253_402_300_799_999;

/// Writes a moment as RFC 3339 in UTC with milliseconds, as the wire has it: `2026-01-31T09:30:00.000Z`.
pub(super) fn rfc3339(moment: Timestamp) -> String {
    let millis = u64::try_from(moment.to_micros() / 1_000).unwrap_or(0).min(LAST);
    humantime::format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(millis)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_can_be_written() {
        let written = |micros| rfc3339(Timestamp::from_micros(micros));
        assert_eq!(written(1_999_999), "1970-01-01T00:00:01.999Z");
        assert_eq!(written(-1), "1970-01-01T00:00:00.000Z");
        assert_eq!(written(i64::MAX), "9999-12-31T23:59:59.999Z");
    }
}
