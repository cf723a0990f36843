//! What a request may carry.

use serde_json::{Map, Value, json};

use super::language::{described, say};
use crate::{
    Form, Parameter, Sentence,
    pattern::{DECIMAL, ID, LINE, TEXT, TRANSFER, VISIBLE},
};

/// Where a parameter stands: only JSON knows numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The query, and forms of both kinds.
    Text,
    Json,
}

/// Describes the value of a parameter.
pub(super) fn schema(parameter: &Parameter, place: Place) -> Value {
    let text = match parameter.form {
        Form::Text(usize::MAX) => json!({ "type": "string" }),
        Form::Text(most) => json!({ "type": "string", "maxLength": most, "pattern": TEXT }),
        Form::Line(most) => json!({ "type": "string", "maxLength": most, "pattern": LINE }),
        Form::Bytes(most) => json!({ "type": "string", "maxLength": most }),
        Form::Visible(most) => json!({ "type": "string", "minLength": 1, "maxLength": most, "pattern": VISIBLE }),
        Form::Id(most) => json!({ "type": "string", "minLength": 1, "maxLength": most, "pattern": ID }),
        Form::Transfer => json!({ "type": "string", "pattern": TRANSFER }),
        Form::Decimal => json!({ "type": "string", "pattern": DECIMAL }),
        Form::Flag => json!({ "type": "string", "enum": ["0", "1"] }),
    };
    let may_be_number = place == Place::Json && parameter.may_be_number;
    let mut schema = match (may_be_number, parameter.form) {
        (true, Form::Flag) => json!({ "anyOf": [text, { "type": "integer", "enum": [0, 1] }] }),
        (true, _) => json!({ "anyOf": [text, { "type": "number" }] }),
        (false, _) => text,
    };
    if parameter.is_required && matches!(parameter.form, Form::Text(_) | Form::Bytes(_)) {
        schema["minLength"] = 1.into();
    }
    schema
}

/// Describes a body with these parameters.
pub(super) fn body(parameters: &[Parameter], place: Place) -> Value {
    let property =
        |parameter: &Parameter| (parameter.name.to_owned(), described(schema(parameter, place), parameter.about));
    let properties: Map<_, _> = parameters.iter().map(property).collect();
    let required: Vec<_> =
        parameters.iter().filter(|parameter| parameter.is_required).map(|parameter| parameter.name).collect();
    let mut body = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        body["required"] = required.into();
    }
    body
}

/// Describes a parameter of the query.
pub(super) fn query(parameter: &Parameter, examples: Value) -> Value {
    let mut query = json!({
        "name": parameter.name,
        "in": "query",
        "required": parameter.is_required,
        "schema": schema(parameter, Place::Text),
    });
    if let Some(object) = query.as_object_mut() {
        say(object, "description", parameter.about);
        if examples.as_object().is_some_and(|examples| !examples.is_empty()) {
            object.insert("examples".to_owned(), examples);
        }
    }
    query
}

/// The headers that a request may have.
pub(super) fn headers() -> Value {
    json!({
        "IdempotencyKey": header("Idempotency-Key", &json!({ "type": "string", "maxLength": 64, "pattern": VISIBLE }), Sentence {
            english: "A name that the caller gives the request: a repeat with it is answered as the first one, and nothing is done twice.",
            chinese: "调用方为请求起的名字：用同一个值重试时返回首次的结果，不会重复执行。",
        }),
        "RequestId": header("X-Request-Id", &json!({ "type": "string" }), Sentence {
            english: "The caller's own name for the request in the server's log: 1 to 64 letters, digits, `.`, `_`, `-`. It comes \
                          back in the answer; any other is replaced.",
            chinese: "调用方自定的请求标识，1至64个字母、数字、.、_、-，写入服务器日志并在响应中返回；其他值会被替换。",
        }),
        "AcceptLanguage": header("Accept-Language", &json!({ "type": "string", "examples": ["zh-CN", "en"] }), Sentence {
            english: "In which language `detail` is written: Chinese or English.",
            chinese: "detail的语言：中文或英文。",
        }),
    })
}

fn header(name: &str, schema: &Value, about: Sentence) -> Value {
    described(json!({ "name": name, "in": "header", "required": false, "schema": schema }), about)
}
