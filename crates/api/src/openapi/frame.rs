//! What both documents have around their operations.

use serde_json::{Value, json};

use super::language::described;
use crate::{Sentence, admin::title};

/// Begins a document: the version of OpenAPI, and where to ask: where the document itself is.
pub(super) fn frame(info: &Value, parts: Value) -> Value {
    let mut document = json!({ "openapi": "3.1.0", "info": info, "servers": [{ "url": "/" }] });
    if let (Some(document), Value::Object(parts)) = (document.as_object_mut(), parts) {
        document.extend(parts);
    }
    document
}

/// The headers that an answer may have.
pub(super) fn headers() -> Value {
    json!({
        "RequestId": described(json!({ "schema": { "type": "string" } }), Sentence {
            english: "The name of the request in the server's log.",
            chinese: "请求标识，与服务器日志中的一致。",
        }),
        "RetryAfter": described(json!({ "schema": { "type": "integer", "minimum": 1 } }), Sentence {
            english: "In how many seconds the caller may ask again.",
            chinese: "多少秒之后可以重试。",
        }),
    })
}

/// Describes one answer by its HTTP status.
pub(super) fn response(http_status: u16, media_type: &str, content: &Value) -> Value {
    let mut headers = json!({ "X-Request-Id": { "$ref": "#/components/headers/RequestId" } });
    if matches!(http_status, 409 | 429 | 503) {
        headers["Retry-After"] = json!({ "$ref": "#/components/headers/RetryAfter" });
    }
    json!({ "description": title(http_status), "headers": headers, "content": { media_type: content } })
}
