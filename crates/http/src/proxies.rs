//! From which address a request comes, also through proxies.
//!
//! What belongs here: who is trusted to say so. How it is written is read in a file of its own.

mod forwarded;

use std::{
    error::Error,
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use actix_web::{
    HttpMessage, HttpRequest,
    http::header::{HeaderMap, HeaderName},
};
use ipnet::IpNet;

/// The header in which proxies say for whom they ask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`: addresses, the nearest at the end.
    #[default]
    XForwardedFor,
    /// `Forwarded`, RFC 7239.
    Forwarded,
}

impl ProxyHeader {
    const fn name(self) -> HeaderName {
        match self {
            Self::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
            Self::Forwarded => HeaderName::from_static("forwarded"),
        }
    }

    /// Reads the addresses of one line, the nearest first; `None` stands for one that cannot be read.
    fn read(self, line: &str) -> Vec<Option<IpAddr>> {
        match self {
            Self::XForwardedFor => line.rsplit(',').map(forwarded::address).collect(),
            Self::Forwarded => forwarded::elements(line).map(forwarded::client).collect(),
        }
    }
}

/// The proxies that are trusted to say for whom they ask. By default there is none, and their headers are not looked at.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    trusted: Vec<IpNet>,
    header: ProxyHeader,
}

/// A network that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkError {
    text: String,
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is neither an address nor a network like 10.0.0.0/8 or fd00::/8", self.text)
    }
}

impl Error for NetworkError {}

impl Proxies {
    /// Trusts the proxies in these networks, each written as `10.0.0.0/8` or as a single address.
    ///
    /// # Errors
    ///
    /// Fails if one of them is no network.
    pub fn try_new(networks: &[String], header: ProxyHeader) -> Result<Self, NetworkError> {
        let network = |text: &String| {
            let single = text.parse::<IpAddr>().map(IpNet::from);
            single.or_else(|_| text.parse()).map_err(|_| NetworkError { text: text.clone() })
        };
        Ok(Self { trusted: networks.iter().map(network).collect::<Result<_, _>>()?, header })
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// Finds the client behind a peer: from the peer on, the first address that is no trusted proxy. If all of them are, it is
    /// the farthest. Where a proxy does not write an address, it is the peer, for nothing beyond that can be believed.
    pub(crate) fn client(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> IpAddr {
        // A connection that is already gone has no peer; nothing is answered to it.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
        if !self.trusts(peer) {
            return peer;
        }
        let lines: Vec<_> = headers.get_all(self.header.name()).collect();
        let mut client = peer;
        for line in lines.into_iter().rev() {
            let Ok(line) = line.to_str() else { return peer };
            for address in self.header.read(line) {
                let Some(address) = address else { return peer };
                client = address;
                if !self.trusts(client) {
                    return client;
                }
            }
        }
        client
    }
}

/// The address of a request's client, where the middleware has put it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl ClientAddress {
    /// Gives the address that was found when the request came in.
    pub(crate) fn of(request: &HttpRequest) -> IpAddr {
        let found = request.extensions().get::<Self>().copied();
        found.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Self(address)| address)
    }
}

#[cfg(test)]
mod tests;
