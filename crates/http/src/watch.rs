//! Around every request: its name, its deadline, the headers of every answer, one line in the access log, and its count.
//!
//! Queries and bodies are never logged, for session keys may be in them.

mod line;
mod spans;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType,
        header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::Next,
    web::Data,
};
use hongbao_app::Deadline;
use hongbao_ports::Ids;
use tracing::Instrument;

use crate::{Settings, Shared, health, proxies::ClientAddress};
pub(crate) use line::{Counted, Line, Status};
pub(crate) use spans::Spans;

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest name of a request that a caller may choose, in bytes.
const MAX_REQUEST_ID_LENGTH: usize = 64;

pub(crate) async fn watch(
    shared: Data<Shared>,
    settings: Data<Settings>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    request.extensions_mut().insert(Deadline::after(settings.deadline));
    let id = sane_request_id(request.headers()).unwrap_or_else(|| fresh_request_id(shared.ids.as_ref()));
    let request_id = HeaderValue::from_str(&id)?;
    let client = settings.proxies.client(request.peer_addr(), request.headers());
    request.extensions_mut().insert(ClientAddress(client));
    let counted = if health::is_probe(request.path()) {
        Counted::Probe
    } else {
        Counted::Request(shared.requests.clone(), Status::OfContract)
    };
    let Spans { logged, traced } = Spans::of(&request, &id, &counted);
    let line = Line::start(id, &request, client, counted, traced.clone());
    let mut response = next.call(request).instrument(logged).instrument(traced).await?;
    line.end(&response);
    if shared.health.is_stopping() {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_REQUEST_ID, request_id);
    Ok(response)
}

/// Gives the caller's own name for the request, if it can do no harm in a log or a header.
pub(crate) fn sane_request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(X_REQUEST_ID)?.to_str().ok()?;
    let is_sane = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    ((1..=MAX_REQUEST_ID_LENGTH).contains(&id.len()) && id.bytes().all(is_sane)).then(|| id.to_owned())
}

/// Any name that was never used before will do.
pub(crate) fn fresh_request_id(ids: &dyn Ids) -> String {
    ids.command().to_string()
}
