//! Where to listen: an address, or a name that has one.

use std::{
    fmt,
    io::{self, ErrorKind},
    net::{SocketAddr, TcpListener, ToSocketAddrs},
    str::FromStr,
};

use serde::{Deserialize, Serialize};

use crate::error::CliError;

/// Where to listen: `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`. Port 0 takes any that is free.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum Listen {
    /// An address as it is.
    Address(SocketAddr),
    /// A name, which is looked up once, at the start.
    Name {
        /// Letters, digits, `.`, `-` and `_`.
        host: String,
        /// 0 takes any that is free.
        port: u16,
    },
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        let form =
            || format!("`{text}` is not of the form HOST:PORT, like 127.0.0.1:8080, [::1]:8080 or localhost:8080");
        let (host, port) = text.split_once(':').ok_or_else(form)?;
        let port = port.parse().map_err(|_| form())?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if host.is_empty() || !host.bytes().all(is_name) {
            return Err(form());
        }
        Ok(Self::Name { host: host.to_owned(), port })
    }
}

impl TryFrom<String> for Listen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Listen> for String {
    fn from(listen: Listen) -> Self {
        listen.to_string()
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Name { host, port } => write!(f, "{host}:{port}"),
        }
    }
}

impl Listen {
    /// Gives the address to listen on. Of several addresses of a name the first of version 4 is taken, so that
    /// `localhost` is where most clients look for it.
    fn address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Address(address) => Ok(*address),
            Self::Name { host, port } => {
                let found: Vec<_> = (host.as_str(), *port).to_socket_addrs()?.collect();
                let first = found.iter().find(|address| address.is_ipv4()).or(found.first());
                first.copied().ok_or_else(|| ErrorKind::NotFound.into())
            }
        }
    }

    /// Begins to listen. `setting` is the setting or flag that says where.
    pub(crate) fn bind(&self, setting: &str) -> Result<TcpListener, CliError> {
        let address = self.address().map_err(|error| {
            CliError::because(
                format_args!("cannot listen on {self}: the name has no address; set {setting} to another one"),
                &error,
            )
        })?;
        TcpListener::bind(address).map_err(|error| {
            CliError::because(
                format_args!("cannot listen on {self}: {}", cause(error.kind(), address, setting)),
                &error,
            )
        })
    }
}

/// Gives the address that a listener has.
pub(crate) fn address(listener: &TcpListener) -> Result<SocketAddr, CliError> {
    listener.local_addr().map_err(|error| CliError::because("cannot read the own address", &error))
}

/// Says why an address cannot be listened on, and what may be done about it.
fn cause(kind: ErrorKind, address: SocketAddr, setting: &str) -> String {
    let another = format!("set {setting} to another address");
    if kind == ErrorKind::AddrInUse {
        format!("the address is taken; stop the program that listens there, or {another}")
    } else if kind == ErrorKind::PermissionDenied {
        format!(
            "permission denied; a port below 1024 needs the capability CAP_NET_BIND_SERVICE: grant it, or {another}"
        )
    } else if kind == ErrorKind::AddrNotAvailable {
        format!("{} is not an address of this machine; {another}", address.ip())
    } else {
        format!("it did not work; {another}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names_are_read_and_printed_as_they_were_written() {
        for text in ["127.0.0.1:8080", "[::1]:80", "0.0.0.0:0", "localhost:8080", "im_server.example:1"] {
            assert_eq!(text.parse::<Listen>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_place_to_listen_is_refused() {
        for text in
            ["", "localhost", ":8080", "*:8080", "127.0.0.1", "127.0.0.1:65536", "::1:80", "http://a:1", "a b:1"]
        {
            let refused = text.parse::<Listen>().unwrap_err();
            assert!(refused.contains("HOST:PORT"), "{text}: {refused}");
        }
    }

    #[test]
    fn each_cause_has_its_own_sentence() {
        let address = SocketAddr::from(([192, 0, 2, 1], 80));
        let cause = |kind| cause(kind, address, "http.listen");
        assert!(cause(ErrorKind::AddrInUse).contains("taken"));
        let denied = cause(ErrorKind::PermissionDenied);
        assert!(denied.contains("permission denied") && !denied.contains("taken"), "{denied}");
        assert!(cause(ErrorKind::AddrNotAvailable).contains("192.0.2.1 is not an address of this machine"));
        for kind in [ErrorKind::AddrInUse, ErrorKind::PermissionDenied, ErrorKind::AddrNotAvailable, ErrorKind::Other] {
            assert!(cause(kind).contains("set http.listen to another address"), "{kind}");
        }
    }
}
