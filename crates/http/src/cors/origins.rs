//! The origins whose pages may call.

use std::{error::Error, fmt, sync::Arc};

use actix_web::http::header::{HeaderMap, HeaderValue, ORIGIN};

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

    pub(super) fn is_off(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives the origin of a request if its pages may call.
    pub(super) fn allowed(&self, headers: &HeaderMap) -> Option<HeaderValue> {
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
