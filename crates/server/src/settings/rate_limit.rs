//! The section `rate_limit`.

use std::num::NonZeroU32;

use hongbao_http::{Rate, Rates};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// How often callers may ask.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimit {
    /// What a session may ask.
    pub session: RateOrOff,
    /// What an address may ask without a good session.
    pub address: RateOrOff,
}

impl RateLimit {
    /// Gives the rates themselves.
    pub const fn rates(&self) -> Rates {
        Rates { session: self.session.0, address: self.address.0 }
    }
}

impl Default for RateLimit {
    fn default() -> Self {
        const fn per_second(count: u32, burst: u32) -> RateOrOff {
            let (count, burst) = (NonZeroU32::new(count), NonZeroU32::new(burst));
            RateOrOff(Some(Rate::per_second(count.expect("it is not 0"), burst.expect("it is not 0"))))
        }
        const SESSION: RateOrOff = per_second(50, 200);
        const ADDRESS: RateOrOff = per_second(20, 100);
        Self { session: SESSION, address: ADDRESS }
    }
}

/// A rate as `50/s burst 200`, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateOrOff(pub Option<Rate>);

impl<'de> Deserialize<'de> for RateOrOff {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "off" {
            return Ok(Self(None));
        }
        let rate = text.parse().map(|rate| Self(Some(rate)));
        rate.map_err(|error| D::Error::custom(format_args!("`{text}` is neither `off` nor a rate: {error}")))
    }
}

impl Serialize for RateOrOff {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(rate) => serializer.collect_str(&rate),
            None => serializer.serialize_str("off"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_or_off_is_written_as_it_is_read() {
        for text in ["\"50/s burst 200\"", "\"30/min burst 5\"", "\"off\""] {
            let read: RateOrOff = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
        for text in ["\"\"", "\"0\"", "\"OFF\"", "\"50\"", "50"] {
            assert!(serde_json::from_str::<RateOrOff>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn both_limits_are_on_by_default() {
        let printed = serde_json::to_string(&RateLimit::default()).unwrap();
        assert_eq!(printed, r#"{"session":"50/s burst 200","address":"20/s burst 100"}"#);
    }
}
