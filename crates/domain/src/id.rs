//! Identifiers. Each can only be made by parsing, so holding one means that its form is right.
//!
//! They are small `Copy` values without an allocation: a batch of commands copies them freely.

mod alphabet;
mod base62;
mod inline;
mod parse_error;

use std::{fmt, str::FromStr};

pub use alphabet::Alphabet;
use inline::InlineAscii;
pub use parse_error::ParseIdError;

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn is_visible(byte: u8) -> bool {
    byte.is_ascii_graphic()
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $max:literal, $allowed:path) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(InlineAscii<$max>);

        impl $name {
            /// The longest text, in characters (all of them ASCII).
            pub const MAX_LENGTH: usize = $max;

            /// Gives the identifier as text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                InlineAscii::parse(text, $allowed).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

macro_rules! open_debug {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    )*};
}

text_id!(
    /// A user of the app: 1 to 25 ASCII letters, digits, `-` and `_`; case matters.
    UserId, 25, is_word
);
text_id!(
    /// A coin: 1 to 25 ASCII letters, digits, `-` and `_`; case matters.
    CoinId, 25, is_word
);
text_id!(
    /// The permanent, unique name of a deposit or withdrawal: 1 to 64 visible ASCII characters.
    Reference, 64, is_visible
);
text_id!(
    /// The key under which a caller may repeat a request: 1 to 64 visible ASCII characters.
    RequestKey, 64, is_visible
);
text_id!(
    /// A method of the API, as in its path: 1 to 40 visible ASCII characters.
    MethodName, 40, is_visible
);
text_id!(
    /// What a logged-in user shows: 1 to 55 visible ASCII characters. A secret: `Debug` hides it.
    SessionKey, 55, is_visible
);

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(***)")
    }
}

macro_rules! binary_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// Wraps the 128 bits of a UUID (version 7, so that ids sort by their time).
            pub const fn from_u128(bits: u128) -> Self {
                Self(bits)
            }

            /// Gives the bits back.
            pub const fn to_u128(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(base62::encode(self.0).as_str())
            }
        }
    };
}

binary_id!(
    /// A red packet. Written as 22 characters of base62 that sort like the bits; 16 bytes in a database.
    TransferId
);
binary_id!(
    /// A group. Written as 22 characters of base62 that sort like the bits; 16 bytes in a database.
    GroupId
);
binary_id!(
    /// One attempt at one command. Fresh each time; it groups the postings of the command.
    CommandId
);
binary_id!(
    /// One attempt at one batch. It tells afterwards whether the batch was committed.
    AttemptId
);
binary_id!(
    /// Something that the outside is told. The same at every repeat, so that a receiver can know one.
    EventId
);
binary_id!(
    /// An endpoint of the app's backend that is told what happens. Written as 22 characters of base62.
    EndpointId
);
binary_id!(
    /// A token of an administrator, as the log names it. Written as 22 characters of base62.
    AdminTokenId
);
binary_id!(
    /// One thing that an administrator asked for over HTTP. Written as 22 characters of base62.
    OperationId
);

open_debug!(
    UserId CoinId Reference RequestKey MethodName TransferId GroupId CommandId AttemptId EventId EndpointId AdminTokenId
    OperationId
);

macro_rules! read_base62 {
    ($($name:ident)*) => {$(
        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                base62::decode(text).map(Self)
            }
        }
    )*};
}

read_base62!(TransferId GroupId EventId EndpointId AdminTokenId OperationId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_is_one_to_25_word_characters() {
        assert!("a-Z_09".parse::<UserId>().is_ok());
        assert!("a".repeat(25).parse::<UserId>().is_ok());
        assert_eq!("".parse::<UserId>(), Err(ParseIdError::Empty));
        assert_eq!("a".repeat(26).parse::<UserId>(), Err(ParseIdError::WrongLength));
        for wrong in [" bob", "bob ", "b.b", "鲍勃", "b\0b"] {
            assert_eq!(wrong.parse::<UserId>(), Err(ParseIdError::IllegalCharacter), "{wrong:?}");
        }
    }

    #[test]
    fn a_session_key_is_never_shown_by_debug() {
        let key: SessionKey = "demo-alice".parse().unwrap();
        assert_eq!(format!("{key:?}"), "SessionKey(***)");
    }
}
