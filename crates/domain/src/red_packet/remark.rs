//! What the sender writes on the packet.

use std::{fmt, str::FromStr};

/// The sender's words: 0 to 225 Unicode characters, none of them NUL, which PostgreSQL cannot store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remark(String);

/// Says why a text cannot be a remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParseRemarkError {
    /// It is longer than 225 characters.
    TooLong,
    /// It has a NUL character.
    Nul,
}

impl fmt::Display for ParseRemarkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the remark is longer than 225 characters",
            Self::Nul => "the remark has a NUL character",
        })
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
            return Err(ParseRemarkError::TooLong);
        }
        if text.contains('\0') {
            return Err(ParseRemarkError::Nul);
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_counts_characters_not_bytes_and_has_no_nul() {
        let longest = "福".repeat(225);
        assert_eq!(longest.parse::<Remark>().as_ref().map(Remark::as_str), Ok(longest.as_str()));
        assert_eq!("福".repeat(226).parse::<Remark>(), Err(ParseRemarkError::TooLong));
        assert_eq!("a\0".parse::<Remark>(), Err(ParseRemarkError::Nul));
    }
}
