//! Answers in the cloud's own form.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use serde_json::Value;

use crate::api::CloudError;

/// The content type of whatever the cloud says.
pub(super) const JSON: &str = "application/json; charset=utf-8";

/// Answers with the cloud's error body.
pub(super) fn refuse(request: &HttpRequest, error: &CloudError) -> HttpResponse {
    json(error.status(), &error.to_body(request.path()))
}

/// Answers with a body of JSON.
pub(super) fn json(status: StatusCode, body: &Value) -> HttpResponse {
    HttpResponse::build(status).content_type(JSON).body(body.to_string())
}
