//! The section `metrics`.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::HumanDuration;

/// What is read of the store for those who watch the server.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// How often it is counted what has begun and not ended.
    pub interval: HumanDuration,
    /// How often the money is audited, or `off`.
    pub audit_interval: DurationOrOff,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            interval: HumanDuration(Duration::from_secs(15)),
            audit_interval: DurationOrOff(Some(HumanDuration(Duration::from_hours(1)))),
        }
    }
}

/// A span of time, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationOrOff(pub Option<HumanDuration>);

impl<'de> Deserialize<'de> for DurationOrOff {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "off" {
            return Ok(Self(None));
        }
        text.parse().map(|span| Self(Some(span))).map_err(D::Error::custom)
    }
}

impl Serialize for DurationOrOff {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(span) => span.serialize(serializer),
            None => serializer.serialize_str("off"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_or_off_is_written_as_it_is_read() {
        for text in ["\"1h\"", "\"90ms\"", "\"off\""] {
            let read: DurationOrOff = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
        assert!(serde_json::from_str::<DurationOrOff>("\"never\"").is_err());
    }
}
