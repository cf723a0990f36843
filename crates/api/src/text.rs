//! How values of the domain are written: ids and amounts as strings, moments by RFC 3339.

use std::fmt::Display;

use hongbao_domain::time::Timestamp;
use serde::Serializer;
use time::OffsetDateTime;

/// Writes a value as the string that it displays.
pub(crate) fn display<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Writes a moment as [`rfc3339`] does.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
pub(crate) fn moment<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rfc3339(*moment))
}

/// Writes a moment as [`moment`] does, and null where there is none.
#[expect(clippy::ref_option, reason = "serde passes fields by reference")]
pub(crate) fn moment_or_null<S: Serializer>(value: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => moment(value, serializer),
        None => serializer.serialize_none(),
    }
}

/// Writes a moment as RFC 3339 in UTC with milliseconds: `2026-11-23T02:20:28.123Z`. Years before 0 and after 9999 stay at the
/// first and the last moment that it can write.
#[expect(clippy::missing_panics_doc, reason = "what is clamped is in range")]
pub fn rfc3339(moment: Timestamp) -> String {
    let micros = moment.to_micros().clamp(FIRST_MICROS, LAST_MICROS);
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000)
        .expect("a year of four digits is in range");
    let (date, (hour, minute, second, milli)) = (moment.date(), moment.time().as_hms_milli());
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// 0000-01-01T00:00:00Z.
const FIRST_MICROS: i64 = -62_167_219_200_000_000;
/// 9999-12-31T23:59:59.999999Z.
const LAST_MICROS: i64 = 253_402_300_799_999_999;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_milliseconds_and_a_z() {
        let written = |micros| rfc3339(Timestamp::from_micros(micros));
        assert_eq!(written(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(written(1_795_400_428_123_999), "2026-11-23T02:20:28.123Z");
        assert_eq!(written(-1), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn the_ends_of_time_can_be_written() {
        let written = |micros| rfc3339(Timestamp::from_micros(micros));
        assert_eq!(written(i64::MAX), "9999-12-31T23:59:59.999Z");
        assert_eq!(written(i64::MIN), "0000-01-01T00:00:00.000Z");
    }
}
