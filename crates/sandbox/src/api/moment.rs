//! What an endpoint knows besides its parameters and the cloud's memory.

use time::{OffsetDateTime, UtcOffset};

use crate::Unverified;

/// The time, and the behaviour that a test has chosen.
pub(crate) struct Moment<'a> {
    pub(crate) now: OffsetDateTime,
    pub(crate) unverified: &'a Unverified,
}

impl Moment<'_> {
    /// Writes a time in the zone of the data centre.
    pub(super) fn wall_clock(&self, at: OffsetDateTime) -> String {
        wall_clock(at, self.unverified.create_time_offset)
    }
}

/// Writes a time as `YYYY-MM-DD HH:MM:SS`, without its zone.
fn wall_clock(at: OffsetDateTime, offset: UtcOffset) -> String {
    let at = at.to_offset(offset);
    let ((year, month, day), (hour, minute, second)) = (at.date().to_calendar_date(), at.time().as_hms());
    format!("{year:04}-{:02}-{day:02} {hour:02}:{minute:02}:{second:02}", u8::from(month))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_the_given_zone_with_leading_zeros() {
        let at = OffsetDateTime::from_unix_timestamp(1_464_057_499).unwrap();

        assert_eq!(wall_clock(at, UtcOffset::UTC), "2016-05-24 02:38:19");
        assert_eq!(wall_clock(at, UtcOffset::from_hms(8, 0, 0).unwrap()), "2016-05-24 10:38:19");
    }
}
