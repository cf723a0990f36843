//! What a group is called, and what its creator says about it.

use std::{fmt, str::FromStr};

/// Says why a text cannot be the name of a group, or the memo of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParseGroupTextError {
    /// A name must not be empty.
    Empty,
    /// It is longer than 255 characters.
    TooLong,
    /// It has a NUL character.
    Nul,
}

impl fmt::Display for ParseGroupTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the text is empty",
            Self::TooLong => "the text is longer than 255 characters",
            Self::Nul => "the text has a NUL character",
        })
    }
}

impl std::error::Error for ParseGroupTextError {}

const MAX_CHARS: usize = 255;

fn check(text: &str) -> Result<String, ParseGroupTextError> {
    if text.chars().count() > MAX_CHARS {
        return Err(ParseGroupTextError::TooLong);
    }
    if text.contains('\0') {
        return Err(ParseGroupTextError::Nul);
    }
    Ok(text.to_owned())
}

/// The name of a group: 1 to 255 Unicode characters, without NUL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupName(String);

impl GroupName {
    /// The longest name, in Unicode characters.
    pub const MAX_CHARS: usize = MAX_CHARS;
    /// The longest name that the IM cloud takes, in characters.
    pub const CLOUD_CHARS: usize = 64;

    /// Gives the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives what the IM cloud gets of the name: its first 64 characters.
    ///
    /// Source: <https://docs.rongcloud.cn/platform-chat-api/group/create-group>.
    pub fn for_cloud(&self) -> &str {
        let end = self.0.char_indices().nth(Self::CLOUD_CHARS).map_or(self.0.len(), |(end, _)| end);
        &self.0[..end]
    }
}

impl FromStr for GroupName {
    type Err = ParseGroupTextError;

    fn from_str(text: &str) -> Result<Self, ParseGroupTextError> {
        if text.is_empty() {
            return Err(ParseGroupTextError::Empty);
        }
        check(text).map(Self)
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What the creator says about the group: 0 to 255 Unicode characters, without NUL.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Memo(String);

impl Memo {
    /// The longest memo, in Unicode characters.
    pub const MAX_CHARS: usize = MAX_CHARS;

    /// Gives the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Memo {
    type Err = ParseGroupTextError;

    fn from_str(text: &str) -> Result<Self, ParseGroupTextError> {
        check(text).map(Self)
    }
}

impl fmt::Display for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_to_255_characters_and_a_memo_may_be_empty() {
        assert!("群".repeat(255).parse::<GroupName>().is_ok());
        assert_eq!("群".repeat(256).parse::<GroupName>(), Err(ParseGroupTextError::TooLong));
        assert_eq!("".parse::<GroupName>(), Err(ParseGroupTextError::Empty));
        assert_eq!("a\0".parse::<GroupName>(), Err(ParseGroupTextError::Nul));
        assert_eq!("".parse::<Memo>(), Ok(Memo::default()));
        assert!("群".repeat(255).parse::<Memo>().is_ok());
        assert_eq!("群".repeat(256).parse::<Memo>(), Err(ParseGroupTextError::TooLong));
        assert_eq!("a\0".parse::<Memo>(), Err(ParseGroupTextError::Nul));
    }

    #[test]
    fn the_cloud_gets_the_first_64_characters_of_a_name() {
        let name: GroupName = "群".repeat(255).parse().unwrap();
        assert_eq!(name.for_cloud(), "群".repeat(64));
        assert_eq!("好友".parse::<GroupName>().unwrap().for_cloud(), "好友");
    }
}
