//! What a handler answers instead of a success.

use std::fmt;

use actix_web::{HttpResponse, ResponseError};

/// What is answered with HTTP 500.
#[derive(Debug)]
pub(super) struct HandlerError(pub(super) String);

impl fmt::Display for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ResponseError for HandlerError {}

impl From<sqlx::Error> for HandlerError {
    fn from(error: sqlx::Error) -> Self {
        Self(format!("database: {error}"))
    }
}

impl From<reqwest::Error> for HandlerError {
    fn from(error: reqwest::Error) -> Self {
        Self(format!("im cloud: {error}"))
    }
}

/// Answers with a status of the contract.
pub(super) fn refused(status: u16) -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": status, "data": {} }))
}
