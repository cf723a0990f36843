//! How often something may be asked for.

use std::{fmt, num::NonZeroU32, str::FromStr};

/// The most requests in a unit of time, and the largest burst.
const MAX: u32 = 1_000_000;

/// A rate as `50/s burst 200` or `30/min burst 10`: after a pause 200 requests are served at once, then 50 in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    count: NonZeroU32,
    unit: Unit,
    burst: NonZeroU32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
}

impl Unit {
    const fn name(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Minute => "min",
        }
    }

    const fn nanoseconds(self) -> u64 {
        match self {
            Self::Second => 1_000_000_000,
            Self::Minute => 60_000_000_000,
        }
    }
}

impl Rate {
    /// Makes a rate of so many requests in a second.
    pub const fn per_second(count: NonZeroU32, burst: NonZeroU32) -> Self {
        Self { count, unit: Unit::Second, burst }
    }

    /// Gives how long one request takes to be made up for, in nanoseconds.
    pub(super) fn interval_ns(self) -> u64 {
        self.unit.nanoseconds() / u64::from(self.count.get())
    }

    /// Gives how long an empty bucket takes to be full, in nanoseconds.
    pub(super) fn refill_ns(self) -> u64 {
        self.interval_ns() * u64::from(self.burst.get())
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} burst {}", self.count, self.unit.name(), self.burst)
    }
}

/// What was written is no rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseRateError;

impl fmt::Display for ParseRateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a rate like `50/s burst 200` or `30/min burst 10`, with numbers from 1 to {MAX}")
    }
}

impl std::error::Error for ParseRateError {}

impl FromStr for Rate {
    type Err = ParseRateError;

    fn from_str(text: &str) -> Result<Self, ParseRateError> {
        let mut words = text.split_ascii_whitespace();
        let (Some(rate), Some("burst"), Some(burst), None) = (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(ParseRateError);
        };
        let (count, unit) = rate.split_once('/').ok_or(ParseRateError)?;
        let unit = [Unit::Second, Unit::Minute].into_iter().find(|known| known.name() == unit).ok_or(ParseRateError)?;
        Ok(Self { count: number(count)?, unit, burst: number(burst)? })
    }
}

/// Reads digits, without a sign.
fn number(text: &str) -> Result<NonZeroU32, ParseRateError> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number: &NonZeroU32| is_digits && number.get() <= MAX).ok_or(ParseRateError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_printed_as_it_is_read() {
        for text in ["50/s burst 200", "30/min burst 1", "1000000/s burst 1000000"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_rate_says_how_long_a_request_takes_to_be_made_up_for() {
        let interval = |text: &str| text.parse::<Rate>().unwrap().interval_ns();
        assert_eq!((interval("50/s burst 200"), interval("30/min burst 1")), (20_000_000, 2_000_000_000));
        assert_eq!("50/s burst 200".parse::<Rate>().unwrap().refill_ns(), 4_000_000_000);
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for text in [
            "",
            "off",
            "50",
            "50/s",
            "50/s burst",
            "50/s burst 0",
            "0/s burst 1",
            "50/h burst 1",
            "-1/s burst 1",
            "+1/s burst 1",
            "1.5/s burst 1",
            "50/s burst 200 x",
            "50 /s burst 200",
            "1000001/s burst 1",
        ] {
            assert_eq!(text.parse::<Rate>(), Err(ParseRateError), "{text:?}");
        }
    }
}
