//! `/metrics`: what the server counts, for Prometheus.
//!
//! It needs no token: there is no user, no id and no text of a user in it.

use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};

use super::AdminShared;

/// Where it is served. A request for it is not counted: it would be the only one on an idle server.
pub(super) const PATH: &str = "/metrics";

/// Version 0.0.4 of the text format: <https://prometheus.io/docs/instrumenting/exposition_formats/>.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn mount(config: &mut ServiceConfig) {
    config.route(PATH, web::get().to(metrics));
}

async fn metrics(shared: Data<AdminShared>) -> HttpResponse {
    HttpResponse::Ok().content_type(TEXT).body((shared.metrics)())
}
