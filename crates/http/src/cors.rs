//! Which web pages may call the API from a browser (the CORS protocol of <https://fetch.spec.whatwg.org>).
//!
//! A session key is sent by the page itself and never by the browser on its own, so credentials in the sense of CORS,
//! which are cookies, are not allowed and not needed.

use std::{error::Error, fmt, sync::Arc};

use actix_web::{
    HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap,
            HeaderValue, ORIGIN, VARY,
        },
    },
    middleware::Next,
    web::Data,
};

use crate::Settings;

/// Only the methods of the contract are for pages; probes are not.
const PREFIX: &str = "/im/";
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");
const REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, idempotency-key, x-request-id");
const RESPONSE_HEADERS: HeaderValue = HeaderValue::from_static("retry-after, x-request-id");
/// For how long a browser may go by what it was told, in seconds: ten minutes.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// The origins whose pages may call the API. A clone is the same; by default there is none.
#[derive(Debug, Clone, Default)]
pub struct Cors(Arc<[HeaderValue]>);

impl Cors {
    /// Takes origins as browsers write them: `https://app.example.com`, `http://localhost:5173`.
    ///
    /// # Errors
    ///
    /// Names the first that no browser would ever send, or that would let in every page there is.
    pub fn try_new(origins: &[String]) -> Result<Self, OriginError> {
        let origins = origins.iter().map(|origin| parse(origin).ok_or_else(|| OriginError(origin.clone())));
        origins.collect::<Result<Vec<_>, _>>().map(|origins| Self(origins.into()))
    }

    fn is_off(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives the origin of a request if its pages may call.
    fn allowed(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        headers.get(ORIGIN).filter(|origin| self.0.contains(origin)).cloned()
    }
}

/// An origin that cannot be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginError(String);

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(origin) = self;
        if origin == "*" {
            return f.write_str("`*` would let every page call the API; list the origins of your own pages");
        }
        write!(
            f,
            "`{origin}` is no origin as browsers write it: http:// or https://, a host in lower case, and a port \
            unless it is the usual one; no path and no slash at the end"
        )
    }
}

impl Error for OriginError {}

fn parse(origin: &str) -> Option<HeaderValue> {
    let (usual_port, rest) = match origin.split_once("://")? {
        ("http", rest) => ("80", rest),
        ("https", rest) => ("443", rest),
        _ => return None,
    };
    // The colons of an IPv6 address stand in brackets.
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        Some(_) | None => (rest, None),
    };
    let is_port = |port: &str| port != usual_port && !port.starts_with('0') && port.parse::<u16>().is_ok();
    let is_of_host = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_[]:".contains(&byte);
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    let is_host = !host.is_empty() && host.bytes().all(is_of_host) && host.contains([':', '[', ']']) == is_bracketed;
    (is_host && port.is_none_or(is_port)).then(|| HeaderValue::from_str(origin).ok()).flatten()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for origin in [
            "https://app.example.com",
            "http://localhost:5173",
            "https://a-b.example:8443",
            "http://[::1]:3000",
            "http://[::1]",
        ] {
            assert!(Cors::try_new(&[origin.to_owned()]).is_ok(), "{origin}");
        }
        for origin in [
            "",
            "*",
            "null",
            "example.com",
            "https://",
            "https://Example.com",
            "https://example.com/",
            "https://example.com/app",
            "https://example.com:443",
            "http://example.com:80",
            "http://example.com:",
            "http://example.com:08080",
            "http://example.com:99999",
            "https://*.example.com",
            "https://u@example.com",
            "ftp://example.com",
            "https://例子.com",
            "https://a b",
            "http://::1",
        ] {
            assert_eq!(Cors::try_new(&[origin.to_owned()]).unwrap_err(), OriginError(origin.to_owned()), "{origin}");
        }
    }
}
