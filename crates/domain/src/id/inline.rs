//! ASCII text of bounded length that lives in place.

use super::parse_error::ParseIdError;

/// At most `N` ASCII characters. Unused bytes are zero, so equality and order are those of the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct InlineAscii<const N: usize> {
    bytes: [u8; N],
    length: u8,
}

impl<const N: usize> InlineAscii<N> {
    /// Takes `text` if it is not empty, fits, and has only bytes that are `allowed` (ASCII, never zero).
    pub(super) fn parse(text: &str, allowed: fn(u8) -> bool) -> Result<Self, ParseIdError> {
        if text.is_empty() {
            return Err(ParseIdError::Empty);
        }
        if !text.bytes().all(|byte| byte.is_ascii() && allowed(byte)) {
            return Err(ParseIdError::IllegalCharacter);
        }
        let mut bytes = [0; N];
        bytes.get_mut(..text.len()).ok_or(ParseIdError::WrongLength)?.copy_from_slice(text.as_bytes());
        let length = u8::try_from(text.len()).map_err(|_| ParseIdError::WrongLength)?;
        Ok(Self { bytes, length })
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).expect("only ASCII is stored")
    }
}
