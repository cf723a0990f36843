//! How much may be asked for.

use actix_web::{HttpResponse, web::Data};

use crate::Sandbox;

pub(super) async fn enforce(sandbox: Data<Sandbox>) -> HttpResponse {
    sandbox.enforce_quotas(true);
    HttpResponse::NoContent().finish()
}

pub(super) async fn lift(sandbox: Data<Sandbox>) -> HttpResponse {
    sandbox.enforce_quotas(false);
    HttpResponse::NoContent().finish()
}
