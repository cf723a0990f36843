//! What the control API says when it cannot do what it is asked.

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::json;

/// Answers with the error in one sentence.
pub(super) fn complain(status: StatusCode, error: &impl ToString) -> HttpResponse {
    HttpResponse::build(status).json(json!({ "error": error.to_string() }))
}
