//! One line in the access log.

use std::time::Instant;

use actix_web::{
    HttpMessage,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
};
use hongbao_domain::id::UserId;
use tracing::{debug, info};

use crate::{answer::Status, health};

/// A request on its way. It is logged exactly once: when it is answered, or when the caller hung up before that.
///
/// Probes come all day long and all say the same, so they are for whoever looks closely.
pub(super) struct Line {
    request_id: String,
    method: Method,
    path: String,
    start: Instant,
    outcome: Outcome,
}

#[derive(Default)]
struct Outcome {
    route: Option<String>,
    status: Option<u16>,
    http_status: Option<u16>,
    user: Option<UserId>,
}

impl Line {
    pub(super) fn start(request_id: String, request: &ServiceRequest) -> Self {
        let (method, path) = (request.method().clone(), request.path().to_owned());
        Self { request_id, method, path, start: Instant::now(), outcome: Outcome::default() }
    }

    pub(super) fn end<B>(mut self, response: &ServiceResponse<B>) {
        let request = response.request();
        let extensions = request.extensions();
        self.outcome = Outcome {
            route: request.match_pattern(),
            status: extensions.get::<Status>().map(|status| status.0),
            http_status: Some(response.status().as_u16()),
            user: extensions.get::<UserId>().copied(),
        };
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let Self { request_id, method, path, start, outcome } = self;
        if health::is_probe(path) {
            debug!(request.id = request_id, http.status = outcome.http_status, "{method} {path}");
            return;
        }
        info!(
            request.id = request_id,
            http.method = %method,
            http.path = path,
            http.route = outcome.route,
            http.status = outcome.http_status,
            status = outcome.status,
            user.id = outcome.user.map(tracing::field::display),
            duration_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
            "{method} {path}{}",
            if outcome.http_status.is_some() { "" } else { " was given up" },
        );
    }
}
