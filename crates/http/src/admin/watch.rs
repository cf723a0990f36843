//! Around every request: its name, the headers of every answer, one line in the log, and its count.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{CACHE_CONTROL, HeaderValue, X_CONTENT_TYPE_OPTIONS},
    middleware::Next,
    web::Data,
};
use tracing::Instrument;

use super::{AdminShared, metrics};
use crate::watch::{Counted, Line, Spans, Status, X_REQUEST_ID, fresh_request_id, sane_request_id};

/// The name of a request.
#[derive(Clone)]
pub(super) struct RequestId(String);

impl RequestId {
    pub(super) fn of(request: &HttpRequest) -> String {
        request.extensions().get::<Self>().map(|id| id.0.clone()).unwrap_or_default()
    }
}

pub(super) async fn watch(
    shared: Data<AdminShared>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = sane_request_id(request.headers()).unwrap_or_else(|| fresh_request_id(shared.ids.as_ref()));
    let header = HeaderValue::from_str(&id)?;
    request.extensions_mut().insert(RequestId(id.clone()));
    let client = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let counted = if request.path() == metrics::PATH {
        Counted::Probe
    } else {
        Counted::Request(shared.requests.clone(), Status::OfHttp)
    };
    let Spans { logged, traced } = Spans::of(&request, &id, &counted);
    let line = Line::start(id, &request, client, counted, traced.clone());
    let mut response = next.call(request).instrument(logged).instrument(traced).await?;
    line.end(&response);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_REQUEST_ID, header);
    Ok(response)
}
