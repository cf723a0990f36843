//! 128 bits as 22 characters of base62, in ASCII order: texts sort like the numbers.

use super::{inline::InlineAscii, parse_error::ParseIdError};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LENGTH: usize = 22;

pub(super) fn encode(mut bits: u128) -> InlineAscii<LENGTH> {
    let mut bytes = [0; LENGTH];
    for byte in bytes.iter_mut().rev() {
        let digit = usize::try_from(bits % 62).expect("a digit is less than 62");
        *byte = ALPHABET[digit];
        bits /= 62;
    }
    let text = std::str::from_utf8(&bytes).expect("the alphabet is ASCII");
    InlineAscii::parse(text, |_| true).expect("22 characters fit")
}

pub(super) fn decode(text: &str) -> Result<u128, ParseIdError> {
    match text.len() {
        0 => return Err(ParseIdError::Empty),
        LENGTH => {}
        _ => return Err(ParseIdError::WrongLength),
    }
    text.bytes()
        .try_fold(0_u128, |bits, byte| bits.checked_mul(62)?.checked_add(digit(byte)?))
        .ok_or(ParseIdError::IllegalCharacter)
}

fn digit(byte: u8) -> Option<u128> {
    let value = match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'Z' => byte - b'A' + 10,
        b'a'..=b'z' => byte - b'a' + 36,
        _ => return None,
    };
    Some(u128::from(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bits_survive_the_round_trip(bits: u128) {
            prop_assert_eq!(decode(encode(bits).as_str()), Ok(bits));
        }

        #[test]
        fn texts_sort_like_the_bits(a: u128, b: u128) {
            prop_assert_eq!(encode(a).as_str().cmp(encode(b).as_str()), a.cmp(&b));
        }
    }

    #[test]
    fn only_22_characters_that_fit_128_bits_are_read() {
        assert_eq!(decode(""), Err(ParseIdError::Empty));
        assert_eq!(decode("abc"), Err(ParseIdError::WrongLength));
        assert_eq!(decode(&"z".repeat(22)), Err(ParseIdError::IllegalCharacter));
        assert_eq!(decode("-000000000000000000000"), Err(ParseIdError::IllegalCharacter));
    }
}
