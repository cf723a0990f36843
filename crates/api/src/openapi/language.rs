//! Texts in both languages.

use serde_json::{Map, Value};

use crate::Sentence;

/// Says something under an English name and a Chinese one: `summary` and `x-summary-zh`.
pub(super) fn say(object: &mut Map<String, Value>, name: &str, text: Sentence) {
    say_both(object, name, text.english.to_owned(), text.chinese.to_owned());
}

/// The same with texts that were made.
pub(super) fn say_both(object: &mut Map<String, Value>, name: &str, english: String, chinese: String) {
    object.insert(name.to_owned(), english.into());
    object.insert(format!("x-{name}-zh"), chinese.into());
}

/// Gives an object with a description in both languages.
pub(super) fn described(value: Value, text: Sentence) -> Value {
    let mut value = value;
    if let Some(object) = value.as_object_mut() {
        say(object, "description", text);
    }
    value
}

/// Gives the name of a type for clients in other languages: `msg_redpack_publish` is `MsgRedpackPublish`.
pub(super) fn pascal_case(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('_').map(capital).collect()
}
