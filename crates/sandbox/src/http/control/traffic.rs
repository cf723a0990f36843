//! What the cloud was asked.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use serde::Deserialize;

use super::complain::complain;
use crate::Sandbox;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    path: Option<String>,
}

pub(super) async fn requests(request: HttpRequest, sandbox: Data<Sandbox>) -> HttpResponse {
    match Query::<Filter>::from_query(request.query_string()) {
        Ok(wanted) => HttpResponse::Ok().json(sandbox.requests(wanted.path.as_deref())),
        Err(error) => complain(StatusCode::BAD_REQUEST, &error),
    }
}

pub(super) async fn counters(sandbox: Data<Sandbox>) -> HttpResponse {
    HttpResponse::Ok().json(sandbox.counters())
}

pub(super) async fn reset_counters(sandbox: Data<Sandbox>) -> HttpResponse {
    sandbox.reset_counters();
    HttpResponse::NoContent().finish()
}
