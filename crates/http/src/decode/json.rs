//! Flat JSON objects.

use std::fmt;

use hongbao_api::{Fields, Invalid, Value};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::byte_order_mark::BYTE_ORDER_MARK;

/// The deepest nesting under an unknown name. What is deeper was made to hurt a parser.
const MAX_DEPTH: usize = 64;

/// Reads an object.
///
/// Values are taken as they are written, so that a number keeps its own characters and never becomes a float.
pub(super) fn decode(json: &[u8]) -> Result<Fields, Invalid> {
    let json = str::from_utf8(json).map_err(|_| Invalid::BodyNotUtf8)?;
    let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let fields = deserializer.deserialize_map(Object);
    fields.and_then(|fields| deserializer.end().map(|()| fields)).map_err(|_| cause(json))
}

/// Finds out why something is not read as an object.
fn cause(json: &str) -> Invalid {
    match serde_json::from_str::<&RawValue>(json).map(RawValue::get) {
        Err(_) => Invalid::Json,
        Ok(value) if value.starts_with('{') => Invalid::JsonTooDeep,
        Ok(_) => Invalid::JsonNotObject,
    }
}

struct Object;

impl<'json> Visitor<'json> for Object {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a flat object")
    }

    fn visit_map<A: MapAccess<'json>>(self, mut entries: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some((name, raw)) = entries.next_entry::<&RawValue, &RawValue>()? {
            let value = value(raw.get()).map_err(Error::custom)?;
            // A name with half of a surrogate pair in it is the name of no parameter.
            if let Ok(name) = serde_json::from_str(name.get()) {
                fields.insert(name, value);
            }
        }
        Ok(fields)
    }
}

fn value(raw: &str) -> Result<Value, &'static str> {
    match raw.as_bytes().first() {
        // It is well-formed already: nothing else can be wrong with a string.
        Some(b'"') => Ok(serde_json::from_str(raw).map_or(Value::LoneSurrogate, Value::Text)),
        Some(b'-' | b'0'..=b'9') => Ok(Value::Number(raw.to_owned())),
        Some(b'n') => Ok(Value::Null),
        Some(b'[' | b'{') if depth(raw) > MAX_DEPTH => Err("a value is nested too deeply"),
        _ => Ok(Value::Other),
    }
}

/// Measures how deep well-formed JSON is nested, without recursion.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use hongbao_api::Parameter;

    use super::*;

    fn amount(json: &str) -> Result<Option<String>, Invalid> {
        let fields = decode(json.as_bytes()).unwrap();
        fields.pick(&[Parameter::number("amount")]).map(|picked| picked.get("amount").map(str::to_owned))
    }

    #[test]
    fn a_number_keeps_its_characters() {
        for number in ["0.1", "1e-7", "1E+2", "-0", "88.80", "12345678901234567890.123456789012345678", "1e400"] {
            assert_eq!(amount(&format!(r#"{{"amount": {number} }}"#)).unwrap().as_deref(), Some(number));
        }
        assert_eq!(amount(r#"{"amount": "1.000"}"#).unwrap().as_deref(), Some("1.000"));
    }

    #[test]
    fn null_is_missing_and_the_rest_is_malformed() {
        assert_eq!(amount(r#"{"amount": null}"#), Ok(None));
        for other in ["true", "false", "[1]", r#"{"a": 1}"#, "[]", "{}"] {
            assert_eq!(amount(&format!(r#"{{"amount": {other}}}"#)), Err(Invalid::NotText("amount")), "{other}");
        }
    }

    #[test]
    fn the_same_name_twice_is_ambiguous_however_it_is_written() {
        assert_eq!(amount(r#"{"amount": 1, "amount": 1}"#), Err(Invalid::Ambiguous("amount")));
        assert_eq!(amount(r#"{"amount": null, "\u0061mount": 1}"#), Err(Invalid::Ambiguous("amount")));
    }

    #[test]
    fn what_is_not_json_is_broken() {
        let broken = [
            "",
            " ",
            "{",
            "{}{}",
            "{} x",
            "{'a':1}",
            "{\"a\":1,}",
            "{\"a\":01}",
            "{\"a\":.5}",
            "{\"a\":\"\u{1}\"}",
            "{\"a\":\"\\ud83\"}",
            "{1:2}",
            "{\"a\":NaN}",
            "[",
            "[]]",
            "{}\u{feff}",
            "\u{feff}\u{feff}{}",
        ];
        for json in broken {
            assert_eq!(decode(json.as_bytes()), Err(Invalid::Json), "{json:?}");
        }
    }

    #[test]
    fn what_is_json_but_no_object_is_said_to_be_that() {
        for json in ["[]", "null", "7", "\"a\"", " [ {} ]", "true", "\u{feff}[]"] {
            assert_eq!(decode(json.as_bytes()), Err(Invalid::JsonNotObject), "{json:?}");
        }
    }

    #[test]
    fn another_encoding_than_utf_8_is_said_to_be_that() {
        assert_eq!(decode(b"{\"a\":\"\xff\"}"), Err(Invalid::BodyNotUtf8));
        assert_eq!(decode(b"{\"content\":\"\xc4\xa3\xb0\"}"), Err(Invalid::BodyNotUtf8));
        assert_eq!(decode(b"\xff\xfe{\0}\0"), Err(Invalid::BodyNotUtf8));
    }

    #[test]
    fn a_byte_order_mark_is_skipped() {
        assert_eq!(amount("\u{feff}{\"amount\":1}"), Ok(Some("1".to_owned())));
    }

    #[test]
    fn half_a_surrogate_pair_is_named_where_it_stands() {
        for half in [r"\ud83e", r"恭喜\uD83E", r"\udd17", r"\ud83e\n", r"\ud83e\ud83e", r"\ud83ex"] {
            let json = format!(r#"{{"amount":"{half}"}}"#);
            assert_eq!(amount(&json), Err(Invalid::LoneSurrogate("amount")), "{json}");
        }
        assert_eq!(amount(r#"{"amount":"\ud83e\udde7"}"#), Ok(Some("🧧".to_owned())));
        assert_eq!(amount(r#"{"amount":"1","x":"\ud83e","\ud83e":"x"}"#), Ok(Some("1".to_owned())));
    }

    #[test]
    fn nesting_is_measured_without_falling_for_strings() {
        assert_eq!(depth(r#"{"a":[[]],"b":"[[[[\"[[[["}"#), 3);
        let nested = |depth| format!(r#"{{"x":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert!(decode(nested(64).as_bytes()).is_ok());
        assert_eq!(decode(nested(65).as_bytes()), Err(Invalid::JsonTooDeep));
        assert_eq!(decode(nested(30_000).as_bytes()), Err(Invalid::JsonTooDeep));
        assert_eq!(decode("[".repeat(60_000).as_bytes()), Err(Invalid::Json));
    }
}
