//! One line in the access log.

use std::{net::IpAddr, time::Instant};

use actix_web::{
    HttpMessage,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
};
use hongbao_domain::id::UserId;
use tracing::{debug, info};

use crate::{answer::Outcome, health};

/// A request on its way. It is logged exactly once: when it is answered, or when the caller hung up before that.
///
/// Probes come all day long and all say the same, so they are for a reader who looks closely.
pub(crate) struct Line {
    request_id: String,
    method: Method,
    path: String,
    client: IpAddr,
    start: Instant,
    end: End,
}

/// How it ended. Nothing is known of a request whose caller hung up.
#[derive(Default)]
struct End {
    route: Option<String>,
    http_status: Option<u16>,
    outcome: Option<Outcome>,
    user: Option<UserId>,
}

impl Line {
    pub(crate) fn start(request_id: String, request: &ServiceRequest, client: IpAddr) -> Self {
        let (method, path) = (request.method().clone(), request.path().to_owned());
        Self { request_id, method, path, client, start: Instant::now(), end: End::default() }
    }

    pub(crate) fn end<B>(mut self, response: &ServiceResponse<B>) {
        let request = response.request();
        let extensions = request.extensions();
        self.end = End {
            route: request.match_pattern(),
            http_status: Some(response.status().as_u16()),
            outcome: extensions.get::<Outcome>().copied(),
            user: extensions.get::<UserId>().copied(),
        };
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let Self { request_id, method, path, client, start, end: End { route, http_status, outcome, user } } = self;
        if health::is_probe(path) {
            debug!(request.id = request_id, http.status = *http_status, "{method} {path}");
            return;
        }
        let im_cloud = outcome.and_then(|outcome| outcome.im_cloud);
        info!(
            request.id = request_id,
            http.method = %method,
            http.path = path,
            http.route = route.as_deref(),
            http.status = *http_status,
            status = outcome.map(|outcome| outcome.status),
            code = outcome.and_then(|outcome| outcome.code),
            im_cloud.http_status = im_cloud.map(|answer| answer.http_status),
            im_cloud.code = im_cloud.and_then(|answer| answer.code),
            user.id = user.map(tracing::field::display),
            client.address = %client,
            duration_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
            "{method} {path}{}",
            if http_status.is_some() { "" } else { " was given up" },
        );
    }
}
