//! Queries and forms: `a=1&b=%E7%A6%8F`.
//!
//! The usual decoders are lenient: they keep a broken `%zz` and replace what is not UTF-8. Nothing about money should
//! be guessed, so here both are malformed.

use hongbao_api::{Fields, Value};

/// Reads the pairs; `None` if an escape or the UTF-8 is broken.
pub(super) fn decode(encoded: &[u8]) -> Option<Fields> {
    encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(pair).collect()
}

fn pair(pair: &[u8]) -> Option<(String, Value)> {
    let mut halves = pair.splitn(2, |byte| *byte == b'=');
    let mut half = || text(halves.next().unwrap_or_default());
    Some((half()?, Value::Text(half()?)))
}

fn text(encoded: &[u8]) -> Option<String> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut bytes = encoded.iter();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hex(*bytes.next()?)? * 16 + hex(*bytes.next()?)?,
            b'+' => b' ',
            plain => *plain,
        });
    }
    String::from_utf8(decoded).ok()
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
        for broken in ["a=%zz", "a=%", "a=%4", "a=%4g", "%=a", "a=%ff", "a=%e7%a6", "a=%+1", "unknown=%zz"] {
            assert_eq!(decode(broken.as_bytes()), None, "{broken}");
        }
        assert_eq!(decode(b"a=\xff"), None);
    }
}
