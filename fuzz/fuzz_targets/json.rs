//! JSON bodies: the same object as another reader finds, and a number in its own characters.
#![no_main]

use std::collections::BTreeMap;

use hongbao_api::{Fields, Invalid, Parameter};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

/// A number may stand under the first name and not under the second.
const KNOWN: [Parameter; 2] = [Parameter::number("amount"), Parameter::text("content")];

fuzz_target!(|body: &[u8]| {
    if body.is_empty() {
        return;
    }
    let fields = hongbao_http::fuzzing::body("application/json", body);
    let Ok(text) = str::from_utf8(body) else {
        assert_eq!(fields, Err(Invalid::BodyNotUtf8));
        return;
    };
    // It checks the form of a value, and puts no bound on depth or size.
    let raw = serde_json::from_str::<&RawValue>(text.strip_prefix('\u{feff}').unwrap_or(text)).map(RawValue::get);
    match (fields, raw) {
        (Err(Invalid::Json), Err(_)) => {}
        (Err(Invalid::JsonNotObject), Ok(raw)) => assert!(!raw.starts_with('{')),
        (Err(Invalid::JsonTooDeep), Ok(raw)) => assert!(raw.starts_with('{') && depth(raw) > 65),
        (Ok(fields), Ok(raw)) => {
            assert!(raw.starts_with('{') && depth(raw) <= 65);
            // Not where a name is no text.
            if let Ok(object) = serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(raw) {
                KNOWN.iter().for_each(|known| look(*known, &fields, object.get(known.name).map(|value| value.get())));
            }
        }
        (found, raw) => panic!("{found:?} of {raw:?}"),
    }
});

/// Holds what is picked of a name against the value that another reader finds there. Of two it finds the last.
fn look(known: Parameter, fields: &Fields, value: Option<&str>) {
    let picked = fields.pick(&[known]);
    let found = picked.as_ref().map(|picked| picked.get(known.name)).map_err(|invalid| *invalid);
    if found == Err(Invalid::Ambiguous(known.name)) {
        assert!(value.is_some());
        return;
    }
    let expected = match value.map(|value| (value.as_bytes()[0], value)) {
        None | Some((b'n', _)) => Ok(None),
        Some((b'"', text)) => match serde_json::from_str::<String>(text) {
            Ok(text) => {
                assert_eq!(found, Ok(Some(text.as_str()).filter(|text| !text.is_empty())));
                return;
            }
            Err(_) => Err(Invalid::LoneSurrogate(known.name)),
        },
        Some((b'-' | b'0'..=b'9', number)) if known.may_be_number => Ok(Some(number)),
        Some(_) => Err(Invalid::NotText(known.name)),
    };
    assert_eq!(found, expected);
}

/// Counts how deep brackets are nested outside of strings.
fn depth(json: &str) -> usize {
    let (mut open, mut deepest, mut bytes) = (0_usize, 0, json.bytes());
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes),
            b'[' | b'{' => open += 1,
            b']' | b'}' => open -= 1,
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

fn skip_string(bytes: &mut impl Iterator<Item = u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
}
