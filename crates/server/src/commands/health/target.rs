//! The server to ask.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

use crate::listen::Listen;

/// A server: `http://HOST:PORT`, with nothing behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// A name or an address, of version 6 without its brackets.
    pub(super) host: String,
    pub(super) port: u16,
}

impl Target {
    /// Gives the server that listens there on this machine.
    pub(crate) fn listening_on(listen: &Listen) -> Self {
        let address = match listen {
            Listen::Address(address) => address,
            Listen::Name { host, port } => return Self { host: host.clone(), port: *port },
        };
        let host = match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
        };
        Self { host: host.to_string(), port: address.port() }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let form = || "it is not of the form http://HOST:PORT".to_owned();
        let authority = url.strip_prefix("http://").ok_or_else(form)?;
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        if let Ok(address) = authority.parse::<SocketAddr>() {
            return Ok(Self { host: address.ip().to_string(), port: address.port() });
        }
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| form())?),
            None => (authority, 80),
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if host.is_empty() || !host.bytes().all(is_name) {
            return Err(form());
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "http://[{host}]:{port}") } else { write!(f, "http://{host}:{port}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_over_loopback() {
        let asked = |listen: &str| Target::listening_on(&listen.parse().unwrap()).to_string();
        assert_eq!(asked("0.0.0.0:8080"), "http://127.0.0.1:8080");
        assert_eq!(asked("[::]:8080"), "http://[::1]:8080");
        assert_eq!(asked("10.1.2.3:80"), "http://10.1.2.3:80");
        assert_eq!(asked("localhost:8080"), "http://localhost:8080");
    }

    #[test]
    fn a_url_of_a_server_is_read() {
        let read = |url: &str| url.parse::<Target>().map(|target| target.to_string());
        assert_eq!(read("http://127.0.0.1:8080/"), Ok("http://127.0.0.1:8080".to_owned()));
        assert_eq!(read("http://[::1]:8080"), Ok("http://[::1]:8080".to_owned()));
        assert_eq!(read("http://server"), Ok("http://server:80".to_owned()));
        assert_eq!(read("http://im_server.example:1"), Ok("http://im_server.example:1".to_owned()));
    }

    #[test]
    fn what_is_no_url_of_a_server_is_refused() {
        for url in [
            "",
            "server:80",
            "https://a",
            "http://",
            "http://:80",
            "http://a:b",
            "http://a:65536",
            "http://a/b",
            "http://u@a",
            "http://a\r\nX: y",
        ] {
            assert!(url.parse::<Target>().is_err(), "{url}");
        }
    }
}
