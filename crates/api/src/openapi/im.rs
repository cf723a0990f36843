//! The document of `im/*`.

use serde_json::{Map, Value, json};

use super::{
    examples::{self, Example},
    frame::{self, frame},
    language::{described, pascal_case, say},
    parameters::{self, Place},
    schemas::Types,
    statuses,
};
use crate::{METHODS, Method, SESSION_KEY, Sentence};

const ABOUT: Sentence = Sentence {
    english: "What an app calls for its logged-in users. Each answer is `{\"status\", \"data\"}`: go by `status`, and by \
              `data.code` where it is not 0. What the contract documents is HTTP 200. Parameters come from the body, which is a \
              form, multipart form data or JSON, and as well from the query; unknown ones are ignored, an empty text and a JSON \
              null count as missing.",
    chinese: "应用为已登录用户调用的接口。响应均为{\"status\", \"data\"}：请依据status判断，非0时再看data.code。文档中的状态\
              一律为HTTP 200。参数可放在请求体（表单、multipart表单或JSON）中，也可放在查询字符串中；未知参数被忽略，空字符串\
              和JSON的null视为未填写。",
};

/// Describes `im/*`.
pub fn document(version: &str) -> Value {
    let (mut types, mut paths) = (Types::default(), Map::new());
    let examples = examples::im();
    for (place, method) in METHODS.iter().enumerate() {
        let own: Vec<_> = examples.iter().filter(|example| example.operation == name(method)).collect();
        paths.insert(method.path.to_owned(), path(method, place, &own, &mut types));
    }
    let info = described(json!({ "title": "Hongbao im/*", "version": version }), ABOUT);
    frame(
        &info,
        json!({
            "security": [{ "bearer": [] }, { "session_key": [] }],
            "paths": paths,
            "components": {
                "schemas": types.into_value(),
                "parameters": parameters::headers(),
                "headers": frame::headers(),
                "securitySchemes": {
                    "bearer": described(json!({ "type": "http", "scheme": "bearer" }), Sentence {
                        english: "The session key as a bearer token.",
                        chinese: "以Bearer方式携带登录凭证。",
                    }),
                    "session_key": described(
                        json!({ "type": "apiKey", "in": "query", "name": SESSION_KEY.name }),
                        Sentence {
                            english: "The session key as a parameter, of the query or of the body. Prefer the header.",
                            chinese: "以参数方式携带登录凭证，放在查询字符串或请求体中；建议使用请求头。",
                        },
                    ),
                },
            },
            "x-invalid-requests": statuses::invalid_requests(),
        }),
    )
}

fn name(method: &Method) -> &'static str {
    method.path.trim_start_matches("/im/")
}

fn path(method: &Method, place: usize, examples: &[&Example], types: &mut Types) -> Value {
    let (name, outcomes) = (name(method), (method.outcomes)());
    let type_name = pascal_case(name);
    let data = types.add_described((method.data)());
    let done = json!({
        "type": "object",
        "required": ["status", "data"],
        "properties": { "status": { "type": "integer", "const": 0 }, "data": data },
    });
    let mut envelopes = statuses::envelopes(&type_name, &outcomes, types);
    envelopes.entry(200).or_default().insert(0, types.add(&format!("{type_name}0"), done));
    let responses: Map<_, _> = envelopes
        .into_iter()
        .map(|(http_status, choices)| (http_status.to_string(), response(http_status, choices, examples)))
        .collect();

    let mut post = json!({ "operationId": name, "tags": ["im"], "x-place": place });
    if let Some(post) = post.as_object_mut() {
        say(post, "summary", method.summary);
        statuses::list(post, &outcomes);
        post.insert("responses".to_owned(), responses.into());
    }
    let mut get = post.clone();
    let mut headers = vec!["RequestId", "AcceptLanguage"];
    if !method.is_read {
        headers.insert(0, "IdempotencyKey");
    }
    let headers = headers.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }));
    let headers: Vec<_> = headers.collect();
    post["parameters"] = headers.clone().into();
    post["requestBody"] = body(method, &type_name, examples, types);
    if !method.is_read {
        return json!({ "post": post });
    }
    let query =
        method.parameters.iter().map(|parameter| parameters::query(parameter, examples::of(examples, parameter.name)));
    get["operationId"] = format!("{name}_by_get").into();
    get["parameters"] = query.chain(headers).collect::<Vec<_>>().into();
    json!({ "get": get, "post": post })
}

fn body(method: &Method, type_name: &str, examples: &[&Example], types: &mut Types) -> Value {
    let all: Vec<_> = [SESSION_KEY].iter().chain(method.parameters).copied().collect();
    // Each has a type of its own, for clients that choose the encoding by the type.
    let mut encoding = |name, place| types.add(&format!("{type_name}{name}"), parameters::body(&all, place));
    let json = encoding("Request", Place::Json);
    let [form, multipart] = ["Form", "Multipart"].map(|name| encoding(name, Place::Text));
    let shown: Map<_, _> = examples.iter().map(|example| (example.name.clone(), example.request_value())).collect();
    json!({
        "required": method.parameters.iter().any(|parameter| parameter.is_required),
        "content": {
            "application/json": { "schema": json, "examples": shown },
            "application/x-www-form-urlencoded": { "schema": form, "examples": shown },
            "multipart/form-data": { "schema": multipart },
        },
    })
}

fn response(http_status: u16, choices: Vec<Value>, examples: &[&Example]) -> Value {
    let schema = match <[Value; 1]>::try_from(choices) {
        Ok([only]) => only,
        Err(choices) => json!({ "oneOf": choices }),
    };
    let shown = examples.iter().filter(|example| example.http_status == http_status);
    let shown: Map<_, _> = shown.map(|example| (example.name.clone(), example.answer_value())).collect();
    let mut content = json!({ "schema": schema });
    if !shown.is_empty() {
        content["examples"] = shown.into();
    }
    frame::response(http_status, "application/json", &content)
}
