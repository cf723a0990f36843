//! How users show themselves.

use std::{fmt, str::FromStr};

use crate::id::UserId;

/// Says why a text cannot be a name or the address of a portrait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParseProfileError {
    /// It is longer than 255 characters.
    TooLong,
    /// It has a NUL character.
    Nul,
}

impl fmt::Display for ParseProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the text is longer than 255 characters",
            Self::Nul => "the text has a NUL character",
        })
    }
}

impl std::error::Error for ParseProfileError {}

macro_rules! profile_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct $name(String);

        impl $name {
            /// The longest text, in Unicode characters.
            pub const MAX_CHARS: usize = 255;

            /// Gives the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ParseProfileError;

            fn from_str(text: &str) -> Result<Self, ParseProfileError> {
                if text.chars().count() > Self::MAX_CHARS {
                    return Err(ParseProfileError::TooLong);
                }
                if text.contains('\0') {
                    return Err(ParseProfileError::Nul);
                }
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

profile_text!(
    /// A user's name: 0 to 255 Unicode characters, without NUL. Empty: none is known.
    Name
);
profile_text!(
    /// Where a user's portrait is: 0 to 255 Unicode characters, without NUL. Empty: none is known.
    PortraitUri
);

impl Name {
    /// The longest name that the IM cloud takes, in characters.
    pub const CLOUD_CHARS: usize = 64;

    /// Gives what the IM cloud gets of the name: its first 64 characters.
    ///
    /// Source: <https://docs.rongcloud.cn/platform-chat-api/user/register>.
    pub fn for_cloud(&self) -> &str {
        let end = self.0.char_indices().nth(Self::CLOUD_CHARS).map_or(self.0.len(), |(end, _)| end);
        &self.0[..end]
    }
}

/// How one user shows to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Whose.
    pub user: UserId,
    /// The whole name, as we keep it.
    pub name: Name,
    /// The portrait.
    pub portrait_uri: PortraitUri,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cloud_gets_the_first_64_characters_of_a_name() {
        let name: Name = "福".repeat(255).parse().unwrap();
        assert_eq!(name.for_cloud(), "福".repeat(64));
        assert_eq!("张三".parse::<Name>().unwrap().for_cloud(), "张三");
        assert_eq!("福".repeat(256).parse::<Name>(), Err(ParseProfileError::TooLong));
        assert_eq!("a\0".parse::<PortraitUri>(), Err(ParseProfileError::Nul));
    }
}
