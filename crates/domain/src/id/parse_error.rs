//! Why a text is not an identifier.

use std::fmt;

/// Says why a text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParseIdError {
    /// The text is empty.
    Empty,
    /// The text is longer than this kind of identifier may be, or not of its fixed length.
    WrongLength,
    /// A character is not allowed in this kind of identifier.
    IllegalCharacter,
}

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the identifier is empty",
            Self::WrongLength => "the identifier has the wrong length",
            Self::IllegalCharacter => "the identifier has an illegal character",
        })
    }
}

impl std::error::Error for ParseIdError {}
