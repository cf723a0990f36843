//! Messages from one user to another.

use std::{fmt, str::FromStr};

use crate::{id::UserId, im_cloud::CloudRefusal};

/// Says why a text is not the name of a kind of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParseObjectNameError {
    /// It is empty.
    Empty,
    /// It is longer than 32 characters.
    TooLong,
    /// It has a character that is not visible ASCII.
    IllegalCharacter,
}

impl fmt::Display for ParseObjectNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the object name is empty",
            Self::TooLong => "the object name is longer than 32 characters",
            Self::IllegalCharacter => "the object name has a character that is not visible ASCII",
        })
    }
}

impl std::error::Error for ParseObjectNameError {}

/// Which kind of message it is, for the apps that read it: 1 to 32 visible ASCII characters, such as `RC:TxtMsg`.
///
/// Source: <https://docs.rongcloud.cn/platform-chat-api/message-about/objectname>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectName(String);

impl ObjectName {
    /// The longest name, in characters (all of them ASCII).
    pub const MAX_LENGTH: usize = 32;

    /// Gives the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ObjectName {
    type Err = ParseObjectNameError;

    fn from_str(text: &str) -> Result<Self, ParseObjectNameError> {
        if text.is_empty() {
            return Err(ParseObjectNameError::Empty);
        }
        if text.chars().count() > Self::MAX_LENGTH {
            return Err(ParseObjectNameError::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ParseObjectNameError::IllegalCharacter);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Says that a content is longer than 131,072 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentTooLong;

impl fmt::Display for ContentTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the content is longer than 131072 bytes")
    }
}

impl std::error::Error for ContentTooLong {}

/// What a message says: at most 128 KiB of text, passed on byte for byte. `Debug` tells only its size.
#[derive(Clone, PartialEq, Eq)]
pub struct Content(String);

impl Content {
    /// The longest content, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 128 * 1024;

    /// Gives the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Content {
    type Err = ContentTooLong;

    fn from_str(text: &str) -> Result<Self, ContentTooLong> {
        if text.len() > Self::MAX_BYTES { Err(ContentTooLong) } else { Ok(Self(text.to_owned())) }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} bytes)", self.0.len())
    }
}

/// Says why a text cannot be what a phone shows about a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParsePushContentError {
    /// It is empty.
    Empty,
    /// It is longer than 255 characters.
    TooLong,
    /// It has a control character.
    IllegalCharacter,
}

impl fmt::Display for ParsePushContentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the push content is empty",
            Self::TooLong => "the push content is longer than 255 characters",
            Self::IllegalCharacter => "the push content has a control character",
        })
    }
}

impl std::error::Error for ParsePushContentError {}

/// What a phone whose app does not run shows about a message: 1 to 255 characters, none of them a control character.
/// `Debug` tells only its size.
///
/// The cloud documents no limit; the makers of phones cut or refuse what is longer than they show.
#[derive(Clone, PartialEq, Eq)]
pub struct PushContent(String);

impl PushContent {
    /// The longest text, in Unicode characters.
    pub const MAX_CHARS: usize = 255;

    /// Gives the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PushContent {
    type Err = ParsePushContentError;

    fn from_str(text: &str) -> Result<Self, ParsePushContentError> {
        if text.is_empty() {
            return Err(ParsePushContentError::Empty);
        }
        if text.chars().count() > Self::MAX_CHARS {
            return Err(ParsePushContentError::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(ParsePushContentError::IllegalCharacter);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for PushContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PushContent({} bytes)", self.0.len())
    }
}

/// What one user says to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// In whose name it is sent.
    pub from: UserId,
    /// Who gets it. One may write to oneself: that is how a user's devices talk to each other.
    pub to: UserId,
    /// Which kind of message it is.
    pub object_name: ObjectName,
    /// What it says.
    pub content: Content,
    /// What a phone of the receiver shows while the app does not run there. `None`: what the cloud has for this kind by
    /// itself, and that is nothing for a kind of the app's own.
    pub push_content: Option<PushContent>,
    /// Whether the sender's own clients get a copy. `None`: as it is set for all messages.
    pub include_sender: Option<bool>,
}

/// Kinds of messages that no user may send: our own notices, and what the IM cloud's clients obey.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReservedNames {
    /// What the names of our own notices begin with. Empty: there are none.
    pub prefix: String,
    /// Names that are reserved as they are.
    pub names: Vec<String>,
}

impl ReservedNames {
    /// Says whether no user may send this kind.
    pub fn contains(&self, name: &ObjectName) -> bool {
        let name = name.as_str();
        let is_ours = !self.prefix.is_empty() && name.starts_with(&self.prefix);
        is_ours || self.names.iter().any(|reserved| reserved == name)
    }
}

/// The numbers that `im/msg_private_publish` answers for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum SendStatus {
    /// The IM cloud failed.
    ImCloud = 3,
    /// No user may send this kind.
    ObjectNameReserved = 100,
    /// There is no such receiver.
    ReceiverNotFound = 110,
}

/// Why a message is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendRefusal {
    /// No user may send this kind.
    ObjectNameReserved,
    /// There is no such receiver, or a disabled one.
    ReceiverNotFound,
    /// The IM cloud failed. [`CloudRefusal::Unknown`]: the message may have been delivered.
    ImCloud(CloudRefusal),
}

impl SendRefusal {
    /// Gives the contract's number.
    pub const fn status(&self) -> SendStatus {
        match self {
            Self::ObjectNameReserved => SendStatus::ObjectNameReserved,
            Self::ReceiverNotFound => SendStatus::ReceiverNotFound,
            Self::ImCloud(_) => SendStatus::ImCloud,
        }
    }

    /// Gives the stable name of the cause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ObjectNameReserved => "invalid_request",
            Self::ReceiverNotFound => "receiver_not_found",
            Self::ImCloud(refusal) => refusal.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ObjectName {
        text.parse().unwrap()
    }

    #[test]
    fn an_object_name_is_1_to_32_visible_characters() {
        assert_eq!(name("RC:TxtMsg").as_str(), "RC:TxtMsg");
        assert!("x".repeat(32).parse::<ObjectName>().is_ok());
        assert_eq!("".parse::<ObjectName>(), Err(ParseObjectNameError::Empty));
        assert_eq!("x".repeat(33).parse::<ObjectName>(), Err(ParseObjectNameError::TooLong));
        for wrong in ["RC: TxtMsg", "福", "a\0", "a\n"] {
            assert_eq!(wrong.parse::<ObjectName>(), Err(ParseObjectNameError::IllegalCharacter), "{wrong:?}");
        }
    }

    #[test]
    fn a_content_counts_bytes() {
        assert!("福".repeat(Content::MAX_BYTES / 3).parse::<Content>().is_ok());
        assert!("x".repeat(Content::MAX_BYTES).parse::<Content>().is_ok());
        assert_eq!("x".repeat(Content::MAX_BYTES + 1).parse::<Content>(), Err(ContentTooLong));
    }

    #[test]
    fn a_push_content_counts_characters_and_has_no_control_character() {
        assert_eq!("福 a".parse::<PushContent>().unwrap().as_str(), "福 a");
        assert_eq!("".parse::<PushContent>(), Err(ParsePushContentError::Empty));
        assert!("福".repeat(255).parse::<PushContent>().is_ok());
        assert_eq!("福".repeat(256).parse::<PushContent>(), Err(ParsePushContentError::TooLong));
        for wrong in ["a\0", "a\nb", "\u{7f}", "\u{85}"] {
            assert_eq!(wrong.parse::<PushContent>(), Err(ParsePushContentError::IllegalCharacter), "{wrong:?}");
        }
    }

    #[test]
    fn debug_never_shows_what_a_message_says() {
        let (content, push): (Content, PushContent) = ("secret".parse().unwrap(), "secret".parse().unwrap());
        assert_eq!(format!("{content:?} {push:?}"), "Content(6 bytes) PushContent(6 bytes)");
    }

    #[test]
    fn our_own_prefix_and_the_named_kinds_are_reserved() {
        let reserved = ReservedNames { prefix: "HB:".to_owned(), names: vec!["RC:RcCmd".to_owned()] };
        for forged in ["HB:RedPacket", "HB:", "HB:Anything", "RC:RcCmd"] {
            assert!(reserved.contains(&name(forged)), "{forged}");
        }
        for free in ["RC:TxtMsg", "RC:RcCmdX", "My:HB:", "hb:RedPacket"] {
            assert!(!reserved.contains(&name(free)), "{free}");
        }
        assert!(!ReservedNames::default().contains(&name("HB:RedPacket")));
    }
}
