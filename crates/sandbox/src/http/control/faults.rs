//! What goes wrong, and what is executed late.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Bytes, Data},
};
use serde_json::json;

use super::complain::complain;
use crate::{FaultRule, MAX_FAULTS, Sandbox};

pub(super) async fn armed(sandbox: Data<Sandbox>) -> HttpResponse {
    HttpResponse::Ok().json(sandbox.faults())
}

/// Answers with the fault as it was understood. The content type is not asked for, so that a bare `curl -d` works.
pub(super) async fn arm(body: Bytes, sandbox: Data<Sandbox>) -> HttpResponse {
    match serde_json::from_slice::<FaultRule>(&body) {
        Ok(fault) if sandbox.arm(fault.clone()) => HttpResponse::Ok().json(fault),
        Ok(_) => complain(StatusCode::CONFLICT, &format!("{MAX_FAULTS} faults are armed already")),
        Err(error) => complain(StatusCode::BAD_REQUEST, &error),
    }
}

pub(super) async fn clear(sandbox: Data<Sandbox>) -> HttpResponse {
    sandbox.clear_faults();
    HttpResponse::NoContent().finish()
}

pub(super) async fn late(sandbox: Data<Sandbox>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "waiting": sandbox.late() }))
}

pub(super) async fn release_late(sandbox: Data<Sandbox>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "released": sandbox.release_late() }))
}
