//! Queries and forms: `a=1&b=%E7%A6%8F`.
//!
//! The usual decoders are lenient: they keep a broken `%zz` and replace what is not UTF-8. Nothing about money should
//! be guessed, so here both are malformed.

use hongbao_api::{Fields, Value};

use super::{
    byte_order_mark::BYTE_ORDER_MARK,
    description::{CHARSET_FIELD, check_charset},
};

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A percent sign without two hexadecimal digits after it.
    Escape,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// It says that it is in another charset than UTF-8.
    Charset,
}

/// Reads the pairs. A byte-order mark at the beginning, plain or escaped, is no part of the first name.
pub(super) fn decode(encoded: &[u8]) -> Result<Fields, Flaw> {
    let mut fields = Fields::default();
    for (index, encoded) in encoded.split(|byte| *byte == b'&').enumerate() {
        let (mut name, value) = pair(encoded)?;
        if index == 0 && name.starts_with(BYTE_ORDER_MARK) {
            name.drain(..BYTE_ORDER_MARK.len_utf8());
        }
        if name == CHARSET_FIELD && !value.is_empty() {
            check_charset(&value).map_err(|_| Flaw::Charset)?;
        }
        if !(name.is_empty() && value.is_empty()) {
            fields.insert(name, Value::Text(value));
        }
    }
    Ok(fields)
}

fn pair(pair: &[u8]) -> Result<(String, String), Flaw> {
    let mut halves = pair.splitn(2, |byte| *byte == b'=');
    let mut half = || text(halves.next().unwrap_or_default());
    Ok((half()?, half()?))
}

fn text(encoded: &[u8]) -> Result<String, Flaw> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut bytes = encoded.iter();
    let digit = |digit: Option<&u8>| digit.and_then(|digit| hex(*digit)).ok_or(Flaw::Escape);
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => digit(bytes.next())? * 16 + digit(bytes.next())?,
            b'+' => b' ',
            plain => *plain,
        });
    }
    String::from_utf8(decoded).map_err(|_| Flaw::NotUtf8)
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use hongbao_api::Parameter;

    use super::*;

    fn value(encoded: &str, name: &'static str) -> Option<String> {
        let fields = decode(encoded.as_bytes()).unwrap();
        fields.pick(&[Parameter::text(name)]).unwrap().get(name).map(str::to_owned)
    }

    #[test]
    fn escapes_pluses_and_plain_utf_8_are_read() {
        assert_eq!(value("content=%E7%A6%8f+a%2Bb%3D", "content").as_deref(), Some("福 a+b="));
        assert_eq!(value("content=福", "content").as_deref(), Some("福"));
        assert_eq!(value("to%55serId=bob", "toUserId").as_deref(), Some("bob"));
    }

    #[test]
    fn only_the_first_equals_sign_divides() {
        assert_eq!(value("a=b=c", "a").as_deref(), Some("b=c"));
        assert_eq!(value("a&&b=&=c", "a"), None);
    }

    #[test]
    fn broken_escapes_and_broken_utf_8_are_malformed() {
        for broken in ["a=%zz", "a=%", "a=%4", "a=%4g", "%=a", "a=%+1", "unknown=%zz"] {
            assert_eq!(decode(broken.as_bytes()), Err(Flaw::Escape), "{broken}");
        }
        for broken in ["a=%ff", "a=%e7%a6", "a=%C4%A3%B0", "a=%ED%A0%BE"] {
            assert_eq!(decode(broken.as_bytes()), Err(Flaw::NotUtf8), "{broken}");
        }
        assert_eq!(decode(b"a=\xff"), Err(Flaw::NotUtf8));
        assert_eq!(decode(b"\xff\xfea\0=\x001\0"), Err(Flaw::NotUtf8), "UTF-16");
    }

    #[test]
    fn a_byte_order_mark_is_skipped_at_the_beginning_and_kept_anywhere_else() {
        for encoded in ["\u{feff}amount=1&a=2", "%EF%BB%BFamount=1&a=2", "\u{feff}&amount=1"] {
            assert_eq!(value(encoded, "amount").as_deref(), Some("1"), "{encoded:?}");
        }
        assert_eq!(value("a=1&\u{feff}amount=1", "amount"), None);
        assert_eq!(value("\u{feff}\u{feff}amount=1", "amount"), None, "only one is a mark");
        assert_eq!(value("amount=\u{feff}1", "amount").as_deref(), Some("\u{feff}1"));
    }

    #[test]
    fn a_form_that_names_another_charset_is_refused() {
        assert_eq!(decode(b"_charset_=gbk&content=%C4%A3"), Err(Flaw::Charset));
        assert_eq!(value("_charset_=UTF-8&a=%C4%A3", "a").as_deref(), Some("\u{123}"));
        assert_eq!(value("_charset_=&a=1", "a").as_deref(), Some("1"));
    }
}
