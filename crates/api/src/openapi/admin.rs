//! The document of the admin API.

use std::collections::BTreeMap;

use hongbao_domain::admin::Scope;
use serde_json::{Map, Value, json};

use super::{
    examples::{self, Example},
    frame::{self, frame},
    glossary,
    language::{described, pascal_case, say, say_both},
    parameters,
    schemas::{Types, value, without_null},
};
use crate::{
    Sentence,
    admin::{ADMIN_METHODS, AdminMethod, Code, HttpMethod, Problem},
    catalogue::describe,
};

const ABOUT: Sentence = Sentence {
    english: "What an app's backend calls: it adds users, logs them in, moves money in and out, and reads who did what. Anything \
              but 200 is a problem of RFC 9457 with a stable `code`. After 500, 503 or no answer the same request with the same \
              `Idempotency-Key` is safe.",
    chinese: "应用后端调用的接口：新增用户、签发登录凭证、充值和提现、查看操作日志。除200以外均为RFC 9457的problem，含固定的\
              code。收到500、503或没有响应时，用同一Idempotency-Key可以安全地重试。",
};

const STATUS: Sentence = Sentence { english: "The status of HTTP.", chinese: "HTTP状态。" };
const CODE: Sentence = Sentence {
    english: "The stable name of the problem, never translated.",
    chinese: "错误的固定名称，不翻译。",
};

/// Describes the admin API.
pub fn document(version: &str) -> Value {
    let (mut types, mut paths) = (Types::default(), Map::new());
    let examples = examples::admin();
    for (place, method) in ADMIN_METHODS.iter().enumerate() {
        let own: Vec<_> = examples.iter().filter(|example| example.operation == method.name).collect();
        let verb = method.method.as_str().to_ascii_lowercase();
        let path = paths.entry(method.path).or_insert_with(|| json!({}));
        path[&verb] = operation(method, &own, &mut types);
        path[&verb]["x-place"] = place.into();
    }
    let info = described(json!({ "title": "Hongbao admin API", "version": version }), ABOUT);
    let mut parameters = parameters::headers();
    if let Some(parameters) = parameters.as_object_mut() {
        parameters.remove("AcceptLanguage");
    }
    frame(
        &info,
        json!({
            "security": [{ "token": [] }],
            "paths": paths,
            "components": {
                "schemas": types.into_value(),
                "parameters": parameters,
                "headers": frame::headers(),
                "securitySchemes": {
                    "token": described(json!({ "type": "http", "scheme": "bearer" }), Sentence {
                        english: "A token made by `hongbao admin token create`. `x-scope` says what it must be good for.",
                        chinese: "由hongbao admin token create生成的令牌；所需权限见x-scope。",
                    }),
                },
            },
        }),
    )
}

fn operation(method: &AdminMethod, examples: &[&Example], types: &mut Types) -> Value {
    let answer = types.add_described((method.answer)());
    let tag = method.path.trim_start_matches("/admin/v1/").split('/').next().unwrap_or_default();
    let mut operation = json!({
        "operationId": method.name,
        "tags": [tag],
        "x-scope": method.scope.as_str(),
        "parameters": [],
    });
    let problems = problems(method);
    if let Some(operation) = operation.as_object_mut() {
        say(operation, "summary", method.summary);
        list(operation, method.scope, &problems);
    }
    input(&mut operation, method, examples, types);
    operation["responses"] = responses(method, &answer, &problems, examples, types);
    operation
}

/// Describes what is asked for: parts of the path first, all else in the query or in the body.
fn input(operation: &mut Value, method: &AdminMethod, examples: &[&Example], types: &mut Types) {
    let mut request = glossary::explained(value((method.request)()));
    let mut members = request["properties"].as_object().cloned().unwrap_or_default();
    let mut required: Vec<_> = request["required"].as_array().cloned().unwrap_or_default();
    let mut parameters = Vec::new();
    for part in method.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        let schema = members.remove(part).unwrap_or_else(|| json!({ "type": "string" }));
        parameters.push(parameter(part, "path", true, &schema, examples));
        required.retain(|name| name != part);
    }
    if method.method.has_body() {
        let is_empty = members.is_empty();
        request["properties"] = members.into();
        let must_have = !required.is_empty();
        request["required"] = required.into();
        if !is_empty {
            let schema = types.add(&format!("{}Request", pascal_case(method.name)), request);
            let shown: Map<_, _> =
                examples.iter().map(|example| (example.name.clone(), example.request_value())).collect();
            let content = json!({ "application/json": { "schema": schema, "examples": shown } });
            operation["requestBody"] = json!({ "required": must_have, "content": content });
        }
    } else {
        for (name, schema) in &members {
            let is_required = required.iter().any(|required| required == name);
            parameters.push(parameter(name, "query", is_required, &without_null(schema), examples));
        }
    }
    let headers = if method.method == HttpMethod::Get { &["RequestId"][..] } else { &["IdempotencyKey", "RequestId"] };
    parameters.extend(headers.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })));
    operation["parameters"] = parameters.into();
}

fn parameter(name: &str, place: &str, is_required: bool, schema: &Value, examples: &[&Example]) -> Value {
    let mut schema = schema.clone();
    let mut parameter = json!({ "name": name, "in": place, "required": is_required });
    if let Some(schema) = schema.as_object_mut() {
        for told in ["description", "x-description-zh"] {
            if let Some(text) = schema.remove(told) {
                parameter[told] = text;
            }
        }
    }
    parameter["schema"] = schema;
    let shown = examples::of(examples, name);
    if shown.as_object().is_some_and(|shown| !shown.is_empty()) {
        parameter["examples"] = shown;
    }
    parameter
}

/// Gives the problems that an endpoint may meet.
fn problems(method: &AdminMethod) -> Vec<Code> {
    let may_meet = |code: &Code| match code {
        Code::MethodNotAllowed => false,
        // A part of the path that is empty, or has a slash in it, makes another path.
        Code::NotFound => method.path.contains('{'),
        Code::BodyTooLarge | Code::UnsupportedMediaType => method.method.has_body(),
        Code::IdempotencyMismatch | Code::IdempotencyInProgress => method.method != HttpMethod::Get,
        Code::InvalidRequest
        | Code::Unauthorized
        | Code::Forbidden
        | Code::Internal
        | Code::Unavailable
        | Code::Refused(_) => true,
    };
    let own = method.refusals.iter().copied().map(Code::Refused);
    own.chain(Code::COMMON.iter().copied().filter(may_meet)).collect()
}

/// Lists all problems: for programs, and as a table in each language for people.
fn list(operation: &mut Map<String, Value>, scope: Scope, problems: &[Code]) {
    let mut listed: Vec<_> = problems.iter().map(|code| (code.http_status(), code.as_str(), code.meaning())).collect();
    listed.sort_unstable();
    let rows = listed.iter().map(|(status, code, meaning)| {
        let mut row = json!({ "http_status": status, "code": code });
        if let Some(row) = row.as_object_mut() {
            say(row, "meaning", *meaning);
        }
        row
    });
    operation.insert("x-statuses".to_owned(), rows.collect::<Vec<_>>().into());
    let table = |title: String, meaning: fn(&Sentence) -> &'static str| {
        let rows = listed.iter().map(|(status, code, said)| format!("| {status} | `{code}` | {} |\n", meaning(said)));
        [title].into_iter().chain(rows).collect::<String>()
    };
    let english = format!("The token needs the scope `{scope}`.\n\n| HTTP | code | meaning |\n|---|---|---|\n");
    let chinese = format!("令牌需要`{scope}`权限。\n\n| HTTP | code | 含义 |\n|---|---|---|\n");
    let (english, chinese) = (table(english, |said| said.english), table(chinese, |said| said.chinese));
    say_both(operation, "description", english, chinese);
}

fn responses(
    method: &AdminMethod,
    answer: &Value,
    problems: &[Code],
    examples: &[&Example],
    types: &mut Types,
) -> Value {
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in problems {
        by_status.entry(code.http_status()).or_default().push(code.as_str());
    }
    let mut responses = Map::new();
    responses.insert("200".to_owned(), response(200, method.media_type, answer, examples));
    for (status, mut codes) in by_status {
        codes.sort_unstable();
        let mut problem = glossary::explained(value(describe::<Problem>().schema));
        problem["properties"]["status"] = described(json!({ "type": "integer", "const": status }), STATUS);
        problem["properties"]["code"] = described(json!({ "type": "string", "enum": codes }), CODE);
        // What each endpoint may meet alike has one type.
        let is_common = codes.iter().all(|code| Code::COMMON.iter().any(|common| common.as_str() == *code));
        let own = if is_common && !matches!(status, 404 | 409) { String::new() } else { pascal_case(method.name) };
        let schema = types.add(&format!("{own}Problem{status}"), problem);
        responses.insert(status.to_string(), response(status, "application/problem+json", &schema, examples));
    }
    responses.into()
}

fn response(status: u16, media_type: &str, schema: &Value, examples: &[&Example]) -> Value {
    let shown = examples.iter().filter(|example| example.http_status == status);
    let shown: Map<_, _> = shown.map(|example| (example.name.clone(), example.answer_value())).collect();
    let mut content = json!({ "schema": schema });
    if !shown.is_empty() {
        content["examples"] = shown.into();
    }
    frame::response(status, media_type, &content)
}
