//! One line in the access log, and one request in the metrics.

use std::{borrow::Cow, net::IpAddr, time::Instant};

use actix_web::{
    HttpMessage,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
};
use hongbao_domain::id::UserId;
use hongbao_traces::Answer;
use tracing::{Span, debug, info};

use crate::{
    answer::{Outcome, ProblemCode},
    request_metrics::{Ended, RequestMetrics},
};

/// A request on its way. It is logged and counted exactly once: when it is answered, or when the caller hung up before that.
pub(crate) struct Line {
    request_id: String,
    method: Method,
    path: String,
    client: IpAddr,
    start: Instant,
    counted: Counted,
    /// The request's span of a trace, if it has one.
    traced: Span,
    end: End,
}

/// What is made of a request beside its answer.
pub(crate) enum Counted {
    /// It is logged and counted, by the number that its API calls a status.
    Request(RequestMetrics, Status),
    /// It comes all day long and always says the same, so it is for a reader who looks closely, and is not counted.
    Probe,
}

/// Which number is the status of an answer.
#[derive(Clone, Copy)]
pub(crate) enum Status {
    /// That of the contract's envelope.
    OfContract,
    /// That of HTTP.
    OfHttp,
}

/// How it ended. Nothing is known of a request whose caller hung up.
#[derive(Default)]
struct End {
    route: Option<String>,
    http_status: Option<u16>,
    outcome: Option<Outcome>,
    code: Option<Cow<'static, str>>,
    user: Option<UserId>,
}

impl Line {
    pub(crate) fn start(
        request_id: String,
        request: &ServiceRequest,
        client: IpAddr,
        counted: Counted,
        traced: Span,
    ) -> Self {
        let (method, path) = (request.method().clone(), request.path().to_owned());
        if let Counted::Request(metrics, _) = &counted {
            metrics.begin();
        }
        Self { request_id, method, path, client, start: Instant::now(), counted, traced, end: End::default() }
    }

    pub(crate) fn end<B>(mut self, response: &ServiceResponse<B>) {
        let request = response.request();
        let extensions = request.extensions();
        let outcome = extensions.get::<Outcome>().copied();
        let problem = response.response().extensions().get::<ProblemCode>().cloned();
        self.end = End {
            route: request.match_pattern(),
            http_status: Some(response.status().as_u16()),
            outcome,
            code: outcome.and_then(|outcome| outcome.code).map(Cow::Borrowed).or(problem.map(|ProblemCode(code)| code)),
            user: extensions.get::<UserId>().copied(),
        };
    }
}

impl End {
    /// Notes it in the trace. What was given up has no answer.
    fn trace(&self, traced: &Span) {
        let Some(http_status) = self.http_status else { return hongbao_traces::failed(traced, "given_up") };
        let status = self.outcome.map(|outcome| outcome.status);
        let is_failure = http_status >= 500;
        hongbao_traces::answered(traced, Answer { http_status, status, code: self.code.clone(), is_failure });
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let Self { request_id, method, path, client, start, counted, traced, end } = self;
        end.trace(traced);
        let End { route, http_status, outcome, code, user } = end;
        let (metrics, kind) = match counted {
            Counted::Request(metrics, kind) => (metrics, *kind),
            Counted::Probe => {
                debug!(request.id = request_id, http.status = *http_status, "{method} {path}");
                return;
            }
        };
        let took = start.elapsed();
        let ended = match (*http_status, kind) {
            (None, _) => Ended::GivenUp,
            (Some(_), Status::OfContract) => Ended::Answered(outcome.map(|outcome| outcome.status)),
            (Some(http_status), Status::OfHttp) => Ended::Answered(Some(http_status)),
        };
        metrics.end(method, route.as_deref(), ended, took);
        let im_cloud = outcome.and_then(|outcome| outcome.im_cloud);
        info!(
            request.id = request_id,
            trace.id = hongbao_traces::id(traced),
            http.method = %method,
            http.path = path,
            http.route = route.as_deref(),
            http.status = *http_status,
            status = outcome.map(|outcome| outcome.status),
            code = code.as_deref(),
            im_cloud.http_status = im_cloud.map(|answer| answer.http_status),
            im_cloud.code = im_cloud.and_then(|answer| answer.code),
            user.id = user.map(tracing::field::display),
            client.address = %client,
            duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "{method} {path}{}",
            if http_status.is_some() { "" } else { " was given up" },
        );
    }
}
