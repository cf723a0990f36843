//! How users show themselves.

mod copy;
mod im_account;

use std::{fmt, str::FromStr};

pub use self::{
    copy::{ConfirmProfile, IntroduceProfile, InvalidateProfile, KeepToken},
    im_account::{ImAccount, ImAccountKey, Registration},
};
use crate::{id::UserId, im_cloud::CloudRefusal};

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

impl Profile {
    /// Gives the profile after a change.
    #[must_use]
    pub fn changed_by(&self, change: &ProfileChange) -> Self {
        Self {
            user: self.user,
            name: change.name.as_ref().unwrap_or(&self.name).clone(),
            portrait_uri: change.portrait_uri.as_ref().unwrap_or(&self.portrait_uri).clone(),
        }
    }

    /// Gives what is true, when this is our copy and the IM cloud holds `name` and `portrait_uri`.
    ///
    /// The cloud is right; but as long as it holds what it got of our name, the whole name is ours.
    #[must_use]
    pub fn seen_at_cloud(&self, name: Name, portrait_uri: PortraitUri) -> Self {
        let name = if name.as_str() == self.name.for_cloud() { self.name.clone() } else { name };
        Self { user: self.user, name, portrait_uri }
    }
}

/// What a user wants to change. What is left out stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileChange {
    /// The new name.
    pub name: Option<Name>,
    /// The new portrait.
    pub portrait_uri: Option<PortraitUri>,
}

impl ProfileChange {
    /// Says whether nothing is to be changed.
    pub const fn is_empty(&self) -> bool {
        self.name.is_none() && self.portrait_uri.is_none()
    }
}

/// Why a profile is not changed: the IM cloud failed. Contract: status 3.
///
/// [`CloudRefusal::Unknown`]: the cloud may hold the change. Our copy does not, until the cloud has been asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshRefusal(pub CloudRefusal);

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str, portrait_uri: &str) -> Profile {
        Profile {
            user: "alice".parse().unwrap(),
            name: name.parse().unwrap(),
            portrait_uri: portrait_uri.parse().unwrap(),
        }
    }

    #[test]
    fn what_a_change_leaves_out_stays() {
        let before = profile("Alice", "http://a/1.png");
        let name = ProfileChange { name: "Ali".parse().ok(), portrait_uri: None };
        assert_eq!(before.changed_by(&name), profile("Ali", "http://a/1.png"));
        assert_eq!(before.changed_by(&ProfileChange::default()), before);
        assert!(ProfileChange::default().is_empty() && !name.is_empty());
    }

    #[test]
    fn the_whole_name_is_ours_while_the_cloud_holds_its_beginning() {
        let (long, beginning) = ("😀".repeat(255), "😀".repeat(64));
        let copy = profile(&long, "http://a/1.png");
        let seen = |name: &str| copy.seen_at_cloud(name.parse().unwrap(), "http://a/2.png".parse().unwrap());
        assert_eq!(seen(&beginning), profile(&long, "http://a/2.png"));
        assert_eq!(seen("Ali"), profile("Ali", "http://a/2.png"));
        assert_eq!(seen(""), profile("", "http://a/2.png"));
    }

    #[test]
    fn the_cloud_gets_the_first_64_characters_of_a_name() {
        let name: Name = "福".repeat(255).parse().unwrap();
        assert_eq!(name.for_cloud(), "福".repeat(64));
        assert_eq!("张三".parse::<Name>().unwrap().for_cloud(), "张三");
        assert_eq!("福".repeat(256).parse::<Name>(), Err(ParseProfileError::TooLong));
        assert_eq!("a\0".parse::<PortraitUri>(), Err(ParseProfileError::Nul));
    }
}
