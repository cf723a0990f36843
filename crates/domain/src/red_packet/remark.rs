//! What the sender writes on the packet.

use std::{fmt, str::FromStr};

/// The sender's words: 0 to 225 Unicode characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remark(String);

/// Says that a remark is longer than 225 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseRemarkError;

impl fmt::Display for ParseRemarkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the remark is longer than 225 characters")
    }
}

impl std::error::Error for ParseRemarkError {}

impl Remark {
    /// The longest remark, in Unicode characters.
    pub const MAX_CHARS: usize = 225;

    /// Gives the words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Remark {
    type Err = ParseRemarkError;

    fn from_str(text: &str) -> Result<Self, ParseRemarkError> {
        if text.chars().count() > Self::MAX_CHARS {
            return Err(ParseRemarkError);
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_counts_characters_not_bytes() {
        assert!("福".repeat(225).parse::<Remark>().is_ok());
        assert_eq!("福".repeat(226).parse::<Remark>(), Err(ParseRemarkError));
    }
}
