//! Flat JSON objects.

use std::fmt;

use hongbao_api::{Fields, Value};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The deepest nesting under a name that nobody knows. What is deeper was made to hurt a parser.
const MAX_DEPTH: usize = 64;

/// Reads an object; `None` if it is broken or something else.
///
/// Values are taken as they are written, so that a number keeps its own characters and never becomes a float.
pub(super) fn decode(json: &[u8]) -> Option<Fields> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let fields = deserializer.deserialize_map(Object).ok()?;
    deserializer.end().ok()?;
    Some(fields)
}

struct Object;

impl<'json> Visitor<'json> for Object {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a flat object")
    }

    fn visit_map<A: MapAccess<'json>>(self, mut entries: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some((name, raw)) = entries.next_entry::<String, &RawValue>()? {
            fields.insert(name, value(raw.get()).map_err(Error::custom)?);
        }
        Ok(fields)
    }
}

fn value(raw: &str) -> Result<Value, &'static str> {
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw).map(Value::Text).map_err(|_| "a string is broken"),
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
    use hongbao_api::{Invalid, Parameter};

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
    fn what_is_not_one_object_is_broken() {
        let broken = [
            "",
            " ",
            "{",
            "[]",
            "null",
            "7",
            "\"a\"",
            "{}{}",
            "{} x",
            "{'a':1}",
            "{\"a\":1,}",
            "{\"a\":01}",
            "{\"a\":.5}",
            "{\"a\":\"\u{1}\"}",
            "{\"a\":\"\\ud800\"}",
            "{1:2}",
            "{\"a\":NaN}",
            "\u{feff}{}",
        ];
        for json in broken {
            assert_eq!(decode(json.as_bytes()), None, "{json:?}");
        }
        assert_eq!(decode(b"{\"a\":\"\xff\"}"), None);
    }

    #[test]
    fn nesting_is_measured_without_falling_for_strings() {
        assert_eq!(depth(r#"{"a":[[]],"b":"[[[[\"[[[["}"#), 3);
        let nested = |depth| format!(r#"{{"x":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert!(decode(nested(64).as_bytes()).is_some());
        assert_eq!(decode(nested(65).as_bytes()), None);
        assert_eq!(decode(nested(30_000).as_bytes()), None);
        assert_eq!(decode("[".repeat(60_000).as_bytes()), None);
    }
}
