//! Which web pages may call the API from a browser (the CORS protocol of <https://fetch.spec.whatwg.org>).
//!
//! A session key is sent by the page itself and never by the browser on its own, so credentials in the sense of CORS,
//! which are cookies, are not allowed and not needed.

mod origins;

use actix_web::{
    HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, VARY,
        },
    },
    middleware::Next,
    web::Data,
};

pub use self::origins::{Cors, OriginError};
use crate::Settings;

/// Only the methods of the contract are for pages; probes are not.
const PREFIX: &str = "/im/";
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");
const REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, idempotency-key, x-request-id");
const RESPONSE_HEADERS: HeaderValue = HeaderValue::from_static("retry-after, x-request-id");
/// For how long a browser may go by what it was told, in seconds: ten minutes.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Answers preflights, and tells browsers which pages may read an answer.
pub(crate) async fn cors(
    settings: Data<Settings>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let cors = &settings.cors;
    if cors.is_off() || !request.path().starts_with(PREFIX) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let origin = cors.allowed(request.headers());
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response: ServiceResponse<EitherBody<_>> = if is_preflight && origin.is_some() {
        request.into_response(preflight()).map_into_right_body()
    } else {
        next.call(request).await?.map_into_left_body()
    };
    let headers = response.headers_mut();
    // The answer to one origin is not that to another, even without one.
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
    }
    Ok(response)
}

fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, METHODS))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS))
        .insert_header((ACCESS_CONTROL_MAX_AGE, MAX_AGE))
        .finish()
}
