//! Sizes as people write them: `64MiB`, `512 KiB`, `1000`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// The units, the largest first. There is no `MB`, which means either of two sizes.
const UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// A number of bytes, at most 1 TiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(u64);

impl Size {
    /// Makes one of so many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// Gives the number of bytes.
    pub fn bytes(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.trim_end_matches(|character: char| !character.is_ascii_digit());
        let unit = text[digits.len()..].trim_start();
        let (_, unit) =
            UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(if unit.is_empty() { "B" } else { unit }))?;
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let bytes = digits.parse::<u64>().ok()?.checked_mul(*unit)?;
        (bytes <= 1 << 40).then_some(Self(bytes))
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| D::Error::custom(format_args!("`{text}` is not a size like 32MiB, 512KiB or 1000B")))
    }
}

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (name, unit) =
            UNITS.iter().find(|(_, unit)| self.0.is_multiple_of(*unit) && self.0 > 0).unwrap_or(&UNITS[3]);
        serializer.collect_str(&format_args!("{}{name}", self.0 / unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_read_in_binary_units_and_written_as_it_is_read() {
        for (text, bytes, written) in [
            ("32MiB", 32 << 20, "32MiB"),
            ("512 kib", 512 << 10, "512KiB"),
            ("1000", 1000, "1000B"),
            ("1GiB", 1 << 30, "1GiB"),
            (" 2048B ", 2048, "2KiB"),
            ("0", 0, "0B"),
        ] {
            let size = Size::parse(text).unwrap();
            assert_eq!(size, Size(bytes), "{text}");
            assert_eq!(serde_json::to_string(&size).unwrap(), format!("\"{written}\""));
        }
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "MiB", "32MB", "32M", "-1", "1.5MiB", "1e3", "99999999999999999999", "1025GiB", "1 2B", "٣B"]
        {
            assert_eq!(Size::parse(text), None, "{text:?}");
        }
    }
}
